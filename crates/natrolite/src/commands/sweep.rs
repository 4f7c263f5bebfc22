//! `natrolite sweep`.

use super::mesh_file::mesh_file_fingerprint;
use super::progress::Counter;
use super::run::{folder_for, report_ranks};
use super::{interrupt, set_threads};
use crate::cli::{SweepOptions, print};
use crate::failure::Failure;
use crate::figure::drawings_of_sweep;
use crate::launch::{Launcher, Ranks, on_ranks};
use crate::output::{
    Folder, OutputError, PARTIAL_SWEEP_FILE, REPORT_FILE, SWEEP_FILE, write_file, write_sweep,
};
use crate::report::{SweepRun, sweep_report};
use crate::sweep::{
    Crew, Identity, Journal, Method, Plan, PointStatus, Points, Row, Rows, SweepResults,
    fingerprint, read_journal, solve_points, solve_points_on_ranks, write_table,
};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Each point as soon as it is solved.
const JOURNAL: &str = "sweep.journal";
/// The numbers over the grid.
const RESULTS: &str = SWEEP_FILE;
/// The numbers as a table.
const TABLE: &str = "results.csv";
/// What the same files are called while points are missing.
const PARTIAL: [&str; 2] = [PARTIAL_SWEEP_FILE, "results.partial.csv"];
/// What a file is called while it is written.
const BESIDE: &str = "results.part";
/// Time between two writings of partial results.
const INTERVAL: Duration = Duration::from_secs(30);

/// Solves every point of the sweep of a case and writes the results.
///
/// # Errors
/// As the exit codes of [`Failure`] say; when points failed or did not converge, everything is written
/// all the same.
pub fn sweep(options: &SweepOptions, launcher: Launcher) -> Result<(), Failure> {
    let start = Instant::now();
    on_ranks(launcher, |world| solve_and_write(start, options, world))
}

fn solve_and_write(start: Instant, options: &SweepOptions, world: &Ranks) -> Result<(), Failure> {
    let run = &options.run;
    let points = || Ok(Points::new(crate::case::read_file(&run.case, &run.set)?)?);
    let points = world.agree(points())?;
    let group_size = world.agree(group_size(options, world.size()))?;
    let cores = world.cores();
    let shared_out = cores.as_ref().map(|cores| cores.threads() as u32);
    world.agree(set_threads(run.threads.or(shared_out)))?;
    let folder = folder_for(&run.case, run.output.as_deref());
    // One rank looks into the folder, and all learn what it saw.
    let speaks = world.rank() == 0;
    let identity = if speaks { identity(&points, run.refine).map(Some) } else { Ok(None) };
    let identity = world.agree(identity)?;
    let has_report = points.case.output.report;
    let finished = match &identity {
        Some(identity) if !run.force => is_finished(&folder, identity, has_report),
        _ => Ok(false),
    };
    let finished = world.agree(finished)?;
    if world.told_by_first(&finished.to_string()) == "true" {
        if speaks {
            print(&format!("  {} has all {} points\n", folder.display(), points.len()))?;
        }
        return Ok(());
    }
    let plan = world.agree(Plan::new(&points).map_err(Failure::from))?;
    let crew = (rayon::current_num_threads(), run.refine);
    let Some(identity) = identity else {
        world.agree(Ok(()))?;
        let done = done_of(&world.told_by_first(""));
        let nothing = &mut |_| Ok(());
        let ranks = (world, group_size);
        let solved = solve_points_on_ranks(&points, &plan, &done, crew, ranks, nothing);
        solved.map_err(|failure| world.end_for(failure))?;
        return world.agree(Ok(()));
    };
    if let (Some(engine), Some(cores)) = (world.engine(), &cores) {
        report_ranks(engine, cores, run.quiet, &mut |warning| log::warn!("{warning}"));
    }
    let (journal, mut rows) = world.agree(open(&folder, &identity, options))?;
    interrupt::say_on_interrupt("interrupted; `natrolite sweep --resume` continues");
    let failed = plan.failed.iter().filter(|(index, _)| !rows.is_known(*index));
    let failed: Vec<(usize, Row)> = failed.cloned().collect();
    let known = rows.status().iter().flatten().count();
    let mut counter = Counter::new(run.quiet, rows.len(), known);
    if known > 0 {
        counter.say(&format!("{known} of {} points are there already", rows.len()));
    }
    log::info!("{}", describe(&plan));
    let done = done_of(&world.told_by_first(&text_of(&rows)));
    let mut keeper = Keeper { folder: &folder, points: &points, journal, written: Instant::now() };
    counter.count(failed.len());
    // From here on the others can only be told of a failure by ending them.
    let end = |failure| world.end_for(failure);
    keeper.keep(&mut rows, failed).map_err(end)?;
    let mut record = |found: Vec<(usize, Row)>| {
        counter.count(found.len());
        keeper.keep(&mut rows, found)
    };
    let (threads, refinements) = crew;
    let method = match world.engine() {
        None => solve_points(&points, &plan, &done, Crew::alone(threads, refinements), &mut record),
        Some(_) => {
            let ranks = (world, group_size);
            solve_points_on_ranks(&points, &plan, &done, crew, ranks, &mut record)
        }
    };
    let method = method.map_err(end)?;
    let solved = done.iter().filter(|done| !**done).count();
    let shared = describe(&plan);
    let method = describe_method(&method);
    let facts = |seconds| SweepRun {
        shared: shared.clone(),
        solved,
        method: method.clone(),
        seconds,
        threads,
    };
    let ends = Ends::of(&rows);
    let finished = keeper.finish(rows, &|| facts(start.elapsed().as_secs_f64()));
    counter.finish();
    let told = |()| report(&facts(start.elapsed().as_secs_f64()), &ends, &folder);
    world.agree(finished.and_then(told))
}

/// Ranks that solve a point together.
fn group_size(options: &SweepOptions, ranks: usize) -> Result<usize, Failure> {
    let wanted = options.ranks_per_point as usize;
    if wanted <= ranks {
        return Ok(wanted);
    }
    Err(Failure::Input(format!(
        "--ranks-per-point {wanted}: there are {ranks}; `mpirun -n N natrolite sweep` starts N"
    )))
}

/// For each point 1 where its row is known, for other ranks.
fn text_of(rows: &Rows) -> String {
    rows.status().iter().map(|status| if status.is_some() { '1' } else { '0' }).collect()
}

/// Which rows are known, from such a text.
fn done_of(text: &str) -> Vec<bool> {
    text.bytes().map(|byte| byte == b'1').collect()
}

/// What the sweep is.
fn identity(points: &Points, refinements: u32) -> Result<Identity, Failure> {
    let mut case = points.case.resolved();
    if let Some(file) = mesh_file_fingerprint(&points.case) {
        case += &format!("mesh {file:016x}\n");
    }
    case += &format!("refine {refinements}\n");
    let mut axes = format!("{:?}\n", points.sweep.mode);
    for axis in &points.sweep.axes {
        let values: Vec<f64> = axis.values.iter().map(|value| value.si).collect();
        axes += &format!("{} {values:?}\n", axis.key);
    }
    Ok(Identity {
        version: crate::VERSION_AND_COMMIT.to_owned(),
        case: fingerprint(case.as_bytes()),
        points: fingerprint(axes.as_bytes()),
        count: points.len(),
    })
}

/// True when the folder holds all results of the same sweep, and its report if it is to have one.
fn is_finished(folder: &Path, identity: &Identity, has_report: bool) -> Result<bool, Failure> {
    let path = folder.join(JOURNAL);
    let found = read_journal(&path).map_err(OutputError::io("read", &path))?;
    let complete =
        found.is_some_and(|f| f.identity == *identity && f.rows.iter().all(Option::is_some));
    // The report is written last.
    let last = if has_report { REPORT_FILE } else { TABLE };
    Ok(complete && [RESULTS, TABLE, last].iter().all(|name| folder.join(name).is_file()))
}

/// The journal to write and the rows that are there already: of the same sweep, unless `--force` asks for a
/// new beginning; else those of another sweep are replaced, or refused with `--resume`.
fn open(
    folder: &Path,
    identity: &Identity,
    options: &SweepOptions,
) -> Result<(Journal, Rows), Failure> {
    let path = folder.join(JOURNAL);
    if !options.run.force && path.is_file() {
        let found = Journal::resume(&path).map_err(OutputError::io("continue", &path))?;
        if let Some((journal, found)) = found {
            if !options.resume && found.identity != *identity {
                return begin(folder, identity, options);
            }
            let what = match &found.identity {
                same if same == identity => return Ok((journal, found.into_rows())),
                other if other.version != identity.version => "another version of the program",
                other if other.case != identity.case => "another case",
                _ => "other points",
            };
            return Err(Failure::Input(format!(
                "{}: the sweep there is of {what}, and cannot be continued; without --resume it is \
                 replaced",
                folder.display()
            )));
        }
        if options.resume && Journal::is_begun(&path).map_err(OutputError::io("read", &path))? {
            return Err(Failure::Input(format!(
                "{}: the sweep there is of another version of the program, or damaged, and cannot be \
                 continued; without --resume it is replaced",
                folder.display()
            )));
        }
    }
    begin(folder, identity, options)
}

/// A new folder with a new journal, in place of what stood there.
fn begin(
    folder: &Path,
    identity: &Identity,
    options: &SweepOptions,
) -> Result<(Journal, Rows), Failure> {
    let prepared = Folder::prepare(folder, options.run.force)?;
    let inside = prepared.path().join(JOURNAL);
    let journal = Journal::create(&inside, identity).map_err(OutputError::io("write", &inside))?;
    prepared.commit()?;
    Ok((journal, Rows::new(identity.count)))
}

/// Keeps rows in the journal, and now and then in files that can be looked at.
struct Keeper<'a> {
    folder: &'a Path,
    points: &'a Points,
    journal: Journal,
    written: Instant,
}

impl Keeper<'_> {
    fn keep(&mut self, rows: &mut Rows, found: Vec<(usize, Row)>) -> Result<(), Failure> {
        let path = self.folder.join(JOURNAL);
        let found_rows = found.iter().map(|(index, row)| (*index, row));
        self.journal.record(found_rows).map_err(OutputError::io("write", &path))?;
        found.into_iter().for_each(|(index, row)| rows.insert(index, row));
        if self.written.elapsed() > INTERVAL {
            self.write(rows, PARTIAL)?;
            self.written = Instant::now();
        }
        Ok(())
    }

    /// Writes the results and the report of them, and takes away what stood for them.
    fn finish(&self, rows: Rows, run: &dyn Fn() -> SweepRun) -> Result<(), Failure> {
        self.write(&rows, [RESULTS, TABLE])?;
        if self.points.case.output.report {
            let results = SweepResults::from_rows(self.points, rows);
            let figures = drawings_of_sweep(&results);
            let (case, run, beside) = (&self.points.case, run(), self.folder.join(BESIDE));
            write_file(&beside, |out| sweep_report(case, &results, &run, &figures, out))?;
            rename(&beside, &self.folder.join(REPORT_FILE))?;
        }
        for name in PARTIAL {
            // They may never have been written.
            let _ = fs::remove_file(self.folder.join(name));
        }
        Ok(())
    }

    /// Writes the results.
    fn write(&self, rows: &Rows, names: [&str; 2]) -> Result<(), Failure> {
        self.journal.sync().map_err(OutputError::io("write", &self.folder.join(JOURNAL)))?;
        let [results, table] = names.map(|name| self.folder.join(name));
        let beside = self.folder.join(BESIDE);
        write_sweep(self.points, rows, &beside)?;
        rename(&beside, &results)?;
        write_file(&beside, |out| write_table(self.points, rows, out))?;
        rename(&beside, &table)
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::rename(from, to).map_err(|source| OutputError::io("create", to)(source).into())
}

/// What points share: nothing here depends on threads or interruptions.
fn describe(plan: &Plan) -> String {
    let meshes = plan.rim_sizes.len();
    let mut text = format!("{meshes} mesh{}", if meshes == 1 { "" } else { "es" });
    if let [Some(size)] = plan.rim_sizes[..] {
        text += &format!(", cell size at the rim {}", crate::units::display(size, "m"));
    }
    text
}

/// How points were solved just now.
fn describe_method(method: &Method) -> String {
    let [condensed, full, kept] = method.counts();
    let mut parts = Vec::new();
    if condensed > 0 {
        parts.push(format!("{condensed} points condensed onto {kept} unknowns of the surfaces"));
    }
    if full > 0 {
        parts.push(format!("{full} points by full runs"));
    }
    parts.join("; ")
}

/// How the points of a sweep ended.
struct Ends {
    /// Number of points that did so, in the order of [`PointStatus::ALL`].
    counts: [usize; 3],
    /// Number of points.
    all: usize,
    /// The first that did not converge, and why.
    first: Option<(usize, String)>,
}

impl Ends {
    fn of(rows: &Rows) -> Ends {
        let is_bad =
            |status: &Option<PointStatus>| status.is_some_and(|s| s != PointStatus::Converged);
        let first = rows.status().iter().position(is_bad);
        Ends {
            counts: PointStatus::ALL.map(|status| rows.count(status)),
            all: rows.len(),
            first: first.map(|point| (point, rows.reason(point).to_owned())),
        }
    }
}

/// Prints how many points ended how.
fn report(run: &SweepRun, ends: &Ends, folder: &Path) -> Result<(), Failure> {
    let [converged, stuck, failed] = ends.counts;
    let how = [&run.shared, &run.method].map(String::as_str);
    let how: Vec<&str> = how.into_iter().filter(|part| !part.is_empty()).collect();
    print(&format!(
        "{converged} of {} points converged, {:.2} s\n  {}\n  written to {}\n",
        ends.all,
        run.seconds,
        how.join("; "),
        folder.display()
    ))?;
    let Some((first, reason)) = &ends.first else { return Ok(()) };
    Err(Failure::NotConverged(format!(
        "{failed} points failed and {stuck} did not converge; {TABLE} says why; the first is point \
         {first}: {reason}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::read;
    use crate::sweep::Row;

    #[test]
    fn partial_results_are_taken_away_at_the_end() {
        let text = "[mesh.defect]\nsymmetry = \"planar\"\nshape = \"disc\"\nradius = \"2 um\"\n\
                    [region]\nelectrolyte = \"Na3PS4\"\n[boundary.anode]\npotential = \"0 V\"\n\
                    [[sweep.axis]]\nkey = \"temperature\"\nvalues = [\"300 K\", \"310 K\"]\n";
        let case = read(Path::new("case.toml"), text, &[], crate::registry::laws()).unwrap();
        let points = Points::new(case).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL);
        let journal = Journal::create(&path, &identity(&points, 0).unwrap()).unwrap();
        let written = Instant::now();
        let mut keeper = Keeper { folder: folder.path(), points: &points, journal, written };
        let mut rows = Rows::new(2);
        keeper.keep(&mut rows, vec![(1, Row::failed("no".into()))]).unwrap();
        keeper.write(&rows, PARTIAL).unwrap();
        let names = || {
            let entries = fs::read_dir(folder.path()).unwrap();
            let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(names(), [PARTIAL[1], PARTIAL[0], JOURNAL]);
        let partial = fs::read_to_string(folder.path().join(PARTIAL[1])).unwrap();
        assert_eq!(partial, "index,temperature,status,reason\n1,310,failed,no\n");
        keeper.keep(&mut rows, vec![(0, Row::failed("no".into()))]).unwrap();
        keeper.finish(rows, &SweepRun::default).unwrap();
        assert_eq!(names(), [REPORT_FILE, TABLE, RESULTS, JOURNAL]);
        let is_finished = |refinements, has_report| {
            let identity = identity(&points, refinements).unwrap();
            is_finished(folder.path(), &identity, has_report).unwrap()
        };
        assert!(is_finished(0, true));
        assert!(!is_finished(1, true));
        fs::remove_file(folder.path().join(REPORT_FILE)).unwrap();
        assert!(is_finished(0, false) && !is_finished(0, true));
    }
}
