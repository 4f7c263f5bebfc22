//! Laws of all kinds on bodies that share what bodies can share: random networks of slabs. The current in a slab is
//! uniform, so that the potentials of the program must satisfy Ohm's law, the kinetics and the balances one by one,
//! as numbers: each law is written here once more, as the theory gives it.

use natrolite::case;
use natrolite::results::{Results, Status};
use natrolite::run::{Silent, solve_case};
use natrolite::sweep::{Crew, Plan, Points, solve_points};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;

/// F / RT at 298.15 K \[1/V\].
const PER_THERMAL: f64 = 96_485.332_12 / (8.314_462_618 * 298.15);

/// SplitMix64, Steele, Lea and Flood, OOPSLA (2014) 453.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    /// One of a thousand numbers from `low` to `high`.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.below(1001) as f64 / 1000.0
    }
}

#[derive(Clone, Copy, Debug)]
enum Kinetics {
    /// Charge-transfer resistance \[ohm cm2\].
    Linear(f64),
    /// Exchange current density \[mA/cm2\] and transfer coefficients.
    ButlerVolmer(f64, [f64; 2]),
}

/// Kinetics with an equilibrium potential \[V\] and a film \[ohm cm2\].
#[derive(Clone, Copy, Debug)]
struct Electrode {
    kinetics: Kinetics,
    equilibrium: f64,
    film: f64,
}

impl Electrode {
    fn any(random: &mut Random) -> Self {
        let kinetics = match random.below(2) {
            0 => Kinetics::Linear(random.between(1.0, 50.0)),
            _ => {
                let coefficients = [random.between(0.3, 0.6), random.between(0.3, 0.6)];
                Kinetics::ButlerVolmer(10f64.powf(random.between(-1.0, 1.0)), coefficients)
            }
        };
        let some = |number: f64, is_there: bool| if is_there { number } else { 0.0 };
        let equilibrium = some(random.between(-2.0, 2.0), random.below(2) == 0);
        let film = some(random.between(1.0, 30.0), random.below(2) == 0);
        Electrode { kinetics, equilibrium, film }
    }

    /// In a case file; `more` keys may follow.
    fn text(&self, more: &str) -> String {
        let law = match self.kinetics {
            Kinetics::Linear(r) => {
                format!("linear_kinetics = {{ charge_transfer_resistance = \"{r} ohm cm^2\"")
            }
            Kinetics::ButlerVolmer(i0, [a, c]) => format!(
                "butler_volmer = {{ exchange_current_density = \"{i0} mA/cm^2\", \
                 anodic_transfer = {a}, cathodic_transfer = {c}"
            ),
        };
        let Electrode { equilibrium, film, .. } = self;
        format!(
            "{law}, equilibrium_potential = \"{equilibrium} V\", film_resistance = \"{film} ohm cm^2\"{more} }}\n"
        )
    }

    /// i \[A/m2\] at an overpotential \[V\].
    fn current(&self, eta: f64) -> f64 {
        match self.kinetics {
            Kinetics::Linear(r) => eta / (r * 1e-4),
            Kinetics::ButlerVolmer(i0, [a, c]) => {
                10.0 * i0 * ((a * PER_THERMAL * eta).exp() - (-c * PER_THERMAL * eta).exp())
            }
        }
    }

    /// Between metal and electrolyte when i \[A/m2\] passes \[V\].
    fn jump(&self, i: f64) -> f64 {
        let (mut low, mut high) = (-3.0, 3.0);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if self.current(middle) < i { low = middle } else { high = middle }
        }
        low + self.equilibrium + self.film * 1e-4 * i
    }

    /// What is lost in the charge transfer and in the film when i \[A/m2\] passes into the metal \[W/m2\].
    fn losses(&self, i: f64) -> [f64; 2] {
        let film = self.film * 1e-4 * i * i;
        [-i * (self.jump(-i) - self.equilibrium) - film, film]
    }
}

/// What a boundary has; potentials in V, current densities in mA/cm2.
#[derive(Clone, Copy, Debug)]
enum Role {
    Potential(f64),
    Uniform(f64),
    Equipotential(f64),
    Electrode(Electrode, f64),
    Floating(Electrode, f64),
}

impl Role {
    fn reference(random: &mut Random) -> Role {
        let potential = random.between(-0.2, 0.2);
        match random.below(2) {
            0 => Role::Potential(potential),
            _ => {
                let electrode = Electrode::any(random);
                Role::Electrode(electrode, potential + electrode.equilibrium)
            }
        }
    }

    fn any(random: &mut Random) -> Role {
        let current = random.between(-1.0, 1.0);
        match random.below(5) {
            0 => Role::Uniform(current),
            1 => Role::Equipotential(current),
            2 => Role::Floating(Electrode::any(random), current),
            _ => Role::reference(random),
        }
    }

    /// True where a current is given.
    fn is_driven(&self) -> bool {
        matches!(self, Role::Uniform(_) | Role::Equipotential(_) | Role::Floating(..))
    }

    fn text(&self) -> String {
        let current = |i: f64| format!("current = {{ density = \"{i} mA/cm^2\"");
        match self {
            Role::Potential(potential) => format!("potential = \"{potential} V\"\n"),
            Role::Uniform(i) => current(*i) + " }\n",
            Role::Equipotential(i) => current(*i) + ", distribution = \"equipotential\" }\n",
            Role::Electrode(electrode, potential) => {
                electrode.text(&format!(", electrode_potential = \"{potential} V\""))
            }
            Role::Floating(electrode, i) => electrode.text("") + &current(*i) + " }\n",
        }
    }
}

/// Between two regions: the one with the smaller number is the electrolyte.
#[derive(Clone, Copy, Debug)]
enum Joint {
    Kinetics(Electrode),
    /// Resistance \[ohm cm2\].
    Resistance(f64),
}

/// Regions on top of each other, one cell each.
struct Stack {
    /// \[10 um\]
    width: f64,
    /// Number of the region, and height \[10 um\].
    slabs: Vec<(usize, f64)>,
    /// The boundaries below and above.
    ends: [Option<&'static str>; 2],
}

struct Network {
    stacks: Vec<Stack>,
    roles: BTreeMap<&'static str, Role>,
    /// By the numbers of both regions; nothing where they are in perfect contact.
    joints: BTreeMap<[usize; 2], Joint>,
    /// Of the regions \[mS/cm\].
    conductivity: [f64; 3],
}

impl Network {
    fn any(random: &mut Random) -> Self {
        let below = ["left", "right"];
        let above = ["first", "second", "third"];
        let mut roles: BTreeMap<_, _> =
            below.iter().map(|&name| (name, Role::reference(random))).collect();
        roles.extend(above.iter().map(|&name| (name, Role::any(random))));
        let mut joints = BTreeMap::new();
        for pair in [[0, 1], [0, 2], [1, 2]] {
            let joint = match random.below(3) {
                0 => Joint::Kinetics(Electrode::any(random)),
                1 => Joint::Resistance(random.between(1.0, 50.0)),
                _ => continue,
            };
            joints.insert(pair, joint);
        }
        let stack = |random: &mut Random| {
            let mut region = random.below(3) as usize;
            let slabs = (0..1 + random.below(3)).map(|_| {
                region = (region + 1 + random.below(2) as usize) % 3;
                (region, 1.0 + random.below(6) as f64)
            });
            let slabs = slabs.collect();
            let top = above.get(random.below(4) as usize).copied();
            let ends = [Some(below[random.below(2) as usize]), top];
            Stack { width: 1.0 + random.below(4) as f64, slabs, ends }
        };
        let mut stacks: Vec<Stack> = (0..1 + random.below(4)).map(|_| stack(random)).collect();
        for k in 0..stacks.len() {
            // What is above may connect it to a reference, alone or through another stack.
            let top = stacks[k].ends[1];
            let is_shared = |other: &Stack| other.ends[0].is_some() && other.ends[1] == top;
            let carries = top.is_some_and(|top| !matches!(roles[top], Role::Uniform(_)));
            if carries && stacks.iter().filter(|other| is_shared(other)).count() > 1 {
                stacks[k].ends[0] = None;
            }
        }
        roles.retain(|name, _| stacks.iter().any(|stack| stack.ends.contains(&Some(name))));
        let regions: Vec<usize> =
            stacks.iter().flat_map(|stack| &stack.slabs).map(|slab| slab.0).collect();
        let meet = |pair: &[usize; 2]| {
            let all = stacks.iter().flat_map(|stack| stack.slabs.windows(2));
            all.into_iter().any(|slabs| pair_of(slabs) == *pair)
        };
        joints.retain(|pair, _| regions.contains(&pair[0]) && meet(pair));
        let conductivity = [0; 3].map(|_| 10f64.powf(random.between(-1.0, 1.0)));
        Network { stacks, roles, joints, conductivity }
    }

    fn has_region(&self, region: usize) -> bool {
        self.stacks.iter().any(|stack| stack.slabs.iter().any(|slab| slab.0 == region))
    }

    fn case(&self) -> String {
        let mut text =
            "temperature = \"298.15 K\"\n[mesh]\nfile = \"slabs.msh\"\nunit = \"10 um\"\n\
                        [discretization]\norder = 1\n"
                .to_owned();
        let regions: Vec<usize> = (0..3).filter(|&region| self.has_region(region)).collect();
        for &region in &regions {
            let conductivity = self.conductivity[region];
            let _ = writeln!(
                text,
                "[material.M{region}]\nohm = {{ conductivity = \"{conductivity} mS/cm\" }}"
            );
        }
        text += "[region]\n";
        for region in &regions {
            let _ = writeln!(text, "r{region} = \"M{region}\"");
        }
        for ([first, second], joint) in &self.joints {
            let _ = writeln!(
                text,
                "[interface.i{first}{second}]\nbetween = [\"r{first}\", \"r{second}\"]"
            );
            text += &match joint {
                Joint::Kinetics(electrode) => electrode.text(""),
                Joint::Resistance(r) => format!("contact_resistance = \"{r} ohm cm^2\"\n"),
            };
        }
        for (name, role) in &self.roles {
            let _ = write!(text, "[boundary.{name}]\n{}", role.text());
        }
        text
    }

    /// One quadrilateral for each slab, stacks 10 units apart.
    fn mesh(&self) -> String {
        let (mut nodes, mut elements, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let mut group = |dimension: usize, name: String| {
            let name = (dimension, name);
            let known = names.iter().position(|known| *known == name);
            1 + known.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        for (s, stack) in self.stacks.iter().enumerate() {
            let (x, mut y) = (10.0 * s as f64, 0.0);
            let mut line = |name: String, at: usize, elements: &mut Vec<String>| {
                let group = group(1, name);
                elements.push(format!("1 2 {group} {group} {at} {}", at + 1));
            };
            for (k, &(region, height)) in stack.slabs.iter().enumerate() {
                let at = nodes.len() + 1;
                if k == 0 {
                    stack.ends[0].iter().for_each(|name| line((*name).into(), at, &mut elements));
                    nodes.extend([[x, y], [x + stack.width, y]]);
                }
                y += height;
                nodes.extend([[x, y], [x + stack.width, y]]);
                let [a, b] = [nodes.len() - 3, nodes.len() - 1];
                if let Some(above) = stack.slabs.get(k + 1) {
                    let pair = pair_of(&[stack.slabs[k], *above]);
                    if self.joints.contains_key(&pair) {
                        line(format!("i{}{}", pair[0], pair[1]), b, &mut elements);
                    }
                } else {
                    stack.ends[1].iter().for_each(|name| line((*name).into(), b, &mut elements));
                }
                elements.push(format!("3 2 R{region} R{region} {a} {} {} {b}", a + 1, b + 1));
            }
        }
        let regions = [0, 1, 2].map(|region| match self.has_region(region) {
            true => group(2, format!("r{region}")),
            false => 0,
        });
        let mut text = "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n".to_owned();
        let _ = writeln!(text, "{}", names.len());
        for (k, (dimension, name)) in names.iter().enumerate() {
            let _ = writeln!(text, "{dimension} {} \"{name}\"", k + 1);
        }
        let _ = writeln!(text, "$EndPhysicalNames\n$Nodes\n{}", nodes.len());
        for (k, [x, y]) in nodes.iter().enumerate() {
            let _ = writeln!(text, "{} {x} {y} 0", k + 1);
        }
        let _ = writeln!(text, "$EndNodes\n$Elements\n{}", elements.len());
        for (k, element) in elements.iter().enumerate() {
            let mut element = element.clone();
            for (region, tag) in regions.iter().enumerate() {
                element = element.replace(&format!("R{region}"), &tag.to_string());
            }
            let _ = writeln!(text, "{} {element}", k + 1);
        }
        text + "$EndElements\n"
    }

    /// The case with its mesh, and what is made of it.
    fn with_case<T>(&self, more: &str, work: impl FnOnce(case::Case) -> T) -> T {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("case.toml");
        std::fs::write(folder.path().join("slabs.msh"), self.mesh()).expect("a mesh is written");
        std::fs::write(&path, self.case() + more).expect("a case is written");
        work(case::read_file(&path, &[]).unwrap_or_else(|e| panic!("{}", e.render(false))))
    }

    fn solve(&self) -> Results {
        self.with_case("", |case| {
            let results = solve_case(&case, 0, &mut Silent);
            results.unwrap_or_else(|e| panic!("{e}\n{}", self.case()))
        })
    }

    /// The quantities as a sweep finds them that begins at another temperature and ends at this one, and how many of its
    /// points were condensed.
    fn sweep(&self) -> (BTreeMap<String, f64>, usize) {
        let axis = "[[sweep.axis]]\nkey = \"temperature\"\nvalues = [\"310 K\", \"298.15 K\"]\n";
        self.with_case(axis, |case| {
            let points = Points::new(case).unwrap_or_else(|e| panic!("{}", e.render(false)));
            let plan = Plan::new(&points).unwrap_or_else(|e| panic!("{}", e.render(false)));
            let mut last = BTreeMap::new();
            let mut take = |rows: Vec<(usize, natrolite::sweep::Row)>| {
                for (_, row) in rows.into_iter().filter(|(index, _)| *index == 1) {
                    assert_eq!(row.reason, "", "{}", self.case());
                    let names = row.layout.iter().map(|(name, _)| name.clone());
                    last = names.zip(row.values).collect();
                }
                Ok::<(), Infallible>(())
            };
            let Ok(method) =
                solve_points(&points, &plan, &[false; 2], Crew::alone(1, 0), &mut take);
            (last, method.counts()[0])
        })
    }

    /// Potentials below and above each slab of each stack \[V\].
    fn potentials(&self, results: &Results) -> Vec<Vec<[f64; 2]>> {
        let values = &results.field("potential").expect("a potential").values;
        let mut all: Vec<_> =
            self.stacks.iter().map(|stack| vec![[f64::NAN; 2]; stack.slabs.len()]).collect();
        for nodes in results.mesh.blocks.iter().flat_map(|block| block.cells()) {
            let points =
                || nodes.iter().map(|&n| (results.mesh.points[n as usize], values[n as usize]));
            let x = points().map(|(p, _)| p[0]).fold(f64::INFINITY, f64::min);
            let low = points().map(|(p, _)| p[1]).fold(f64::INFINITY, f64::min);
            let stack = (x / 1e-4).round() as usize;
            let heights = self.stacks[stack].slabs.iter().map(|slab| slab.1 * 1e-5);
            let mut below = heights.scan(0.0, |y, height| Some(std::mem::replace(y, *y + height)));
            let slab = below.position(|y| (y - low).abs() < 1e-7).expect("a slab begins there");
            for (p, value) in points() {
                all[stack][slab][usize::from(p[1] > low + 1e-7)] = value;
            }
        }
        all
    }
}

fn pair_of(slabs: &[(usize, f64)]) -> [usize; 2] {
    let [a, b] = [slabs[0].0, slabs[1].0];
    [a.min(b), a.max(b)]
}

/// Potentials that differ by rounding, and by what Newton's method leaves.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn potentials_satisfy_each_law_of_a_network() {
    let mut seen = BTreeMap::new();
    let (mut condensed, mut parts) = (0, [0; 2]);
    for seed in 0..150 {
        let network = Network::any(&mut Random(seed));
        let results = network.solve();
        let why = || format!("seed {seed}\n{}", network.case());
        assert_eq!(results.summary.status, Status::Converged, "{}", why());
        let potentials = network.potentials(&results);
        // For each boundary: width, potential of the body, current density into it [A/m2].
        let mut ends: BTreeMap<&str, Vec<[f64; 3]>> = BTreeMap::new();
        // For each surface its width, the current that leaves the body, on interfaces the first region, and what is
        // lost in the charge transfer and in a film.
        let mut through: BTreeMap<String, [f64; 4]> = BTreeMap::new();
        let mut pass = |name: String, width: f64, i: f64, [kinetic, film]: [f64; 2]| {
            let sums = through.entry(name).or_default();
            let more = [1.0, i, kinetic, film];
            sums.iter_mut().zip(more).for_each(|(sum, x)| *sum += width * x);
        };
        let mut largest = 1.0_f64;
        for (stack, potentials) in network.stacks.iter().zip(&potentials) {
            let up = stack.slabs.iter().zip(potentials).map(|(&(region, height), [low, high])| {
                0.1 * network.conductivity[region] * (low - high) / (height * 1e-5)
            });
            let up: Vec<f64> = up.collect();
            let small = 1e-8 * up.iter().fold(1.0, |largest: f64, i| largest.max(i.abs()));
            assert!(up.iter().all(|i| (i - up[0]).abs() < small), "{up:?} {}", why());
            let i = up[0];
            largest = largest.max(i.abs());
            for (slabs, sides) in stack.slabs.windows(2).zip(potentials.windows(2)) {
                let (below, above) = (sides[0][1], sides[1][0]);
                let expected = match network.joints.get(&pair_of(slabs)) {
                    None => 0.0,
                    Some(Joint::Resistance(r)) => r * 1e-4 * i,
                    // Anodic from the metal, the region of the larger number, into the other.
                    Some(Joint::Kinetics(electrode)) if slabs[0].0 > slabs[1].0 => {
                        electrode.jump(i)
                    }
                    Some(Joint::Kinetics(electrode)) => -electrode.jump(-i),
                };
                assert!(same(below - above, expected), "{below} {above} {expected} {}", why());
                let pair = pair_of(slabs);
                let out = if slabs[0].0 == pair[0] { i } else { -i };
                let losses = match network.joints.get(&pair) {
                    None => [0.0; 2],
                    Some(Joint::Resistance(r)) => [0.0, r * 1e-4 * i * i],
                    Some(Joint::Kinetics(electrode)) => electrode.losses(out),
                };
                pass(format!("i{}{}", pair[0], pair[1]), stack.width, out, losses);
            }
            let outer = [(potentials[0][0], i), (potentials[potentials.len() - 1][1], -i)];
            for (end, (potential, into)) in stack.ends.iter().zip(outer) {
                match end {
                    None => assert!(into.abs() < small, "{into} {}", why()),
                    Some(end) => {
                        ends.entry(end).or_default().push([stack.width, potential, into]);
                        let losses = match network.roles[end] {
                            Role::Electrode(electrode, _) | Role::Floating(electrode, _) => {
                                electrode.losses(-into)
                            }
                            _ => [0.0; 2],
                        };
                        pass((*end).to_owned(), stack.width, -into, losses);
                    }
                }
            }
        }
        let full = results.summary.quantities.iter().map(|(name, q)| (name.to_owned(), q.value));
        let (swept, count) = network.sweep();
        condensed += count;
        let driven: Vec<_> = network.roles.iter().filter(|(_, role)| role.is_driven()).collect();
        let counter = match driven[..] {
            [(name, _)] => -through.get(*name).map_or(0.0, |sums| sums[1]),
            _ => f64::NAN,
        };
        let widths: f64 = network.stacks.iter().map(|stack| stack.width).sum();
        for (k, quantities) in [full.collect(), swept].iter().enumerate() {
            for (name, [width, sum, kinetic, film]) in &through {
                let close = |what: &str, wanted: f64, error: f64| {
                    let got = quantities.get(&format!("{what}.{name}"));
                    let is_close = got.is_none_or(|got| (got - wanted).abs() < error);
                    assert!(is_close, "{k}: {what}.{name}: {got:?} {wanted} {}", why());
                    usize::from(got.is_some())
                };
                close("mean_current_density", sum / width, 1e-8 * largest);
                let error = 1e-8 * widths * largest / counter.abs();
                parts[0] += close("overpotential_kinetic", kinetic / counter, error);
                parts[1] += close("overpotential_film", film / counter, error);
            }
        }
        for (name, ends) in ends {
            let role = network.roles[name];
            let width: f64 = ends.iter().map(|end| end[0]).sum();
            let mean = ends.iter().map(|[width, _, into]| width * into).sum::<f64>() / width;
            let largest = ends.iter().fold(1.0, |largest: f64, end| largest.max(end[2].abs()));
            let balances = |i: f64| (mean - 10.0 * i).abs() < 1e-8 * largest;
            let have_one = |potential: &dyn Fn(&[f64; 3]) -> f64| {
                ends.iter().all(|end| same(potential(end), potential(&ends[0])))
            };
            let holds = match role {
                Role::Potential(potential) => ends.iter().all(|end| same(end[1], potential)),
                Role::Uniform(i) => {
                    ends.iter().all(|end| (end[2] - 10.0 * i).abs() < 1e-8 * largest)
                }
                Role::Equipotential(i) => balances(i) && have_one(&|end| end[1]),
                Role::Electrode(electrode, potential) => {
                    ends.iter().all(|end| same(potential, end[1] + electrode.jump(end[2])))
                }
                Role::Floating(electrode, i) => {
                    balances(i) && have_one(&|end| end[1] + electrode.jump(end[2]))
                }
            };
            assert!(holds, "{name}: {ends:?} {}", why());
            let kind = match role {
                Role::Potential(_) => "potential",
                Role::Uniform(_) => "uniform",
                Role::Equipotential(_) => "equipotential",
                Role::Electrode(..) => "electrode",
                Role::Floating(..) => "floating",
            };
            *seen.entry((kind, ends.len().min(2))).or_insert(0) += 1;
        }
    }
    // Each kind of boundary came up, on one body and on several.
    assert!(seen.len() == 10 && seen.values().all(|count| *count >= 10), "{seen:?}");
    // Most networks have kinetics, onto which they are condensed.
    assert!(condensed >= 200, "{condensed}");
    assert!(parts.iter().all(|count| *count >= 20), "{parts:?}");
}
