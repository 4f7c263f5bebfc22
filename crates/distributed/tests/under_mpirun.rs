//! A known vector is found again on 1, 2 and 4 ranks, with matrices of several kinds. Without `mpirun` around it the
//! program starts itself under one.

use algebra::{AmgProblem, Comm, Csr, Halo, IndexMap, Lattice, LinearSolver};
use distributed::{Defaults, Mpi, PetscSolver};
use std::ops::Range;
use std::process::Command;

/// Points along a side of the grid.
const SIDE: usize = 30;

fn main() {
    match std::env::var(TASK).as_deref() {
        Ok("panic") => return panic_alone(),
        Ok(_) => return work(),
        Err(_) => {}
    }
    let (crl, sell) = ("-mat_type aijcrl", "-mat_type aijsell");
    let plain = [(1, ""), (2, ""), (4, ""), (1, "-mat_type mpiaij")];
    for (ranks, options) in plain.into_iter().chain([(1, crl), (4, crl), (1, sell), (4, sell)]) {
        let (success, said) = match run(ranks, "work", options) {
            Ok(ended) => ended,
            Err(error) => return println!("skipped: mpirun cannot be started ({error})"),
        };
        assert!(success, "{ranks} ranks {options}: {said}");
        assert!(said.contains(&format!("found on {ranks} ranks")), "{said}");
        println!("{ranks} ranks {options} ... ok");
    }
    for (ranks, options) in [(1, "-mat_type baij"), (2, "-mat_type sbaij"), (2, "-mat_type dense")]
    {
        let (success, said) = run(ranks, "work", options).expect("it was started before");
        assert!(!success && said.contains("PETSc: matrix: No support"), "{options}: {said}");
    }
    println!("other kinds of matrices are refused ... ok");
    let (success, said) = run(2, "panic", "").expect("it was started before");
    assert!(!success && said.contains("alone on rank 1"), "{said}");
    println!("a panic ends all ranks ... ok");
}

/// The variable that tells a rank what to do.
const TASK: &str = "NATROLITE_RANK_OF_A_TEST";

/// Starts this program on ranks with options of PETSc; whether it succeeded, and all that it said.
fn run(ranks: usize, task: &str, options: &str) -> std::io::Result<(bool, String)> {
    let output = Command::new("mpirun")
        .args(["--bind-to", "none", "-n", &ranks.to_string()])
        .arg(std::env::current_exe().expect("a test knows its program"))
        .env(TASK, task)
        .env("PETSC_OPTIONS", options)
        .envs([("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")])
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .output()?;
    let all = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&all).into_owned()))
}

/// One rank panics; the other waits for words that never come.
fn panic_alone() {
    let mpi = Mpi::start().expect("nobody started it").expect("MPI runs");
    assert_ne!(mpi.rank(), 1, "alone on rank 1");
    mpi.gather_all(&[1]);
    unreachable!("rank 1 sent nothing");
}

/// Neighbours of a point of the grid.
fn neighbours(g: usize) -> impl Iterator<Item = usize> {
    let (i, j) = (g % SIDE, g / SIDE);
    [
        (i > 0).then(|| g - 1),
        (i + 1 < SIDE).then(|| g + 1),
        (j > 0).then(|| g - SIDE),
        (j + 1 < SIDE).then(|| g + SIDE),
    ]
    .into_iter()
    .flatten()
}

/// The five-point Laplacian with zero around the grid, and x(i, j) = sin(i) + cos(2 j).
fn work() {
    let mpi = Mpi::start().expect("nobody started it").expect("MPI runs");
    let (rank, ranks, all) = (mpi.rank(), mpi.size(), SIDE * SIDE);
    assert!(Mpi::start().is_none());

    let mine = rank * all / ranks..(rank + 1) * all / ranks;
    let (mut start, mut list) = (vec![0i64], Vec::new());
    for g in mine.clone() {
        list.extend(neighbours(g).map(|n| n as u32));
        start.push(list.len() as i64);
    }
    check_weights(&mpi, (all, mine.clone()), (&start, &list));
    let part = mpi.partition(all, &start, &list, None).expect("a partition");
    let words: Vec<u64> = part.into_iter().map(u64::from).collect();
    let owner: Vec<u64> = mpi.gather_all(&words).concat();
    let sizes: Vec<usize> =
        (0..ranks).map(|r| owner.iter().filter(|&&o| o == r as u64).count()).collect();
    assert!(sizes.iter().all(|&n| n > all / ranks * 8 / 10), "{sizes:?}");

    let first: usize = sizes[..rank].iter().sum();
    let mut number = vec![0; all];
    let mut next: Vec<usize> = (0..ranks).map(|r| sizes[..r].iter().sum()).collect();
    for g in 0..all {
        let next = &mut next[owner[g] as usize];
        number[g] = *next as u64;
        *next += 1;
    }
    let owned: Vec<usize> = (0..all).filter(|&g| owner[g] == rank as u64).collect();
    let mut ghosts: Vec<usize> = owned.iter().flat_map(|&g| neighbours(g)).collect();
    ghosts.retain(|&g| owner[g] != rank as u64);
    // Copies need no order.
    ghosts.sort_unstable_by_key(|&g| std::cmp::Reverse(g));
    ghosts.dedup();
    let local: Vec<usize> = owned.iter().chain(&ghosts).copied().collect();
    let place = |g: usize| local.iter().position(|&l| l == g).expect("a local point") as u32;

    // A row for each local point; those of the ghosts are not looked at.
    let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for (k, &g) in local.iter().enumerate() {
        let mut row = vec![(k as u32, 4.0)];
        if k < owned.len() {
            row.extend(neighbours(g).map(|n| (place(n), -1.0)));
        }
        row.sort_unstable_by_key(|entry| entry.0);
        columns.extend(row.iter().map(|entry| entry.0));
        values.extend(row.iter().map(|entry| entry.1));
        starts.push(columns.len());
    }
    let mut a = Csr::new(starts, columns, values, local.len()).expect("a matrix");
    let wanted = |g: usize| ((g % SIDE) as f64).sin() + (2.0 * (g / SIDE) as f64).cos();
    let exact: Vec<f64> = local.iter().map(|&g| wanted(g)).collect();
    let mut b = vec![0.0; local.len()];
    a.apply(&exact, &mut b);

    let range = first as u64..(first + owned.len()) as u64;
    let map = IndexMap::new(range, ghosts.iter().map(|&g| number[g]).collect());
    // Neighbours of neighbours, which ranks tell each other of, are not in the rows of this grid.
    let places = (0..).zip(&local).map(|(k, &g)| (k, g as u32));
    let lattice = Some(Lattice::new([SIDE as u32, 1], false, places));
    let with_lattice = AmgProblem { lattice, ..AmgProblem::default() };
    let nowhere = Some(Lattice::new([SIDE as u32, 1], false, std::iter::empty()));
    let off_lattice = AmgProblem { lattice: nowhere, ..AmgProblem::default() };
    for (defaults, problem, name) in [
        (Defaults::Direct, AmgProblem::default(), "sparse direct (PETSc)"),
        (Defaults::Multigrid, AmgProblem::default(), "cg with hypre (PETSc)"),
        (Defaults::Multigrid, with_lattice, "cg with geometric multigrid (PETSc)"),
        (Defaults::Multigrid, off_lattice, "cg with hypre (PETSc)"),
    ] {
        let halo = Halo::new(&mpi, map.clone());
        let mut solver = PetscSolver::new(&mpi, halo, defaults, problem).expect("a solver");
        // Twice, with other values: the matrix is not made anew.
        for scale in [1.0, 0.25] {
            a.values_mut().iter_mut().for_each(|v| *v *= scale);
            b.iter_mut().for_each(|v| *v *= scale);
            solver.prepare(&a).unwrap_or_else(|error| panic!("{error}"));
            let mut x = vec![0.0; local.len()];
            let info = solver.solve(&a, &b, &mut x, 1e-12).expect("solved");
            let error = x.iter().zip(&exact).fold(0.0, |e: f64, (x, y)| e.max((x - y).abs()));
            assert!(error < 1e-9, "{}: {error:e} after {}", solver.name(), info.iterations);
            // The tolerance is that of the natural norm.
            assert!(info.residual <= 1e-11 && info.iterations < 40, "{info:?}");
            assert_eq!(solver.name(), name);
        }
    }
    groups(&mpi);
    let wrong = mpi.set_options("-pc_type soap").unwrap_err().to_string();
    assert!(wrong.contains("soap"), "{wrong}");
    if rank == 0 {
        println!("found on {ranks} ranks, {}", mpi.versions());
    }
}

/// Where the points of the lower half of the grid weigh seven times as much, parts have about the same weight.
fn check_weights(mpi: &Mpi, (all, mine): (usize, Range<usize>), (start, list): (&[i64], &[u32])) {
    let weights: Vec<u32> = mine.map(|g| if g < all / 2 { 7 } else { 1 }).collect();
    let part = mpi.partition(all, start, list, Some(&weights)).expect("a partition");
    let mut sums = vec![0.0; mpi.size()];
    part.iter().zip(&weights).for_each(|(&to, &weight)| sums[to as usize] += f64::from(weight));
    mpi.sum(&mut sums);
    let mean = 4.0 * all as f64 / mpi.size() as f64;
    assert!(sums.iter().all(|sum| (sum / mean - 1.0).abs() < 0.05), "{sums:?}");
}

/// Even and odd ranks work apart, and meet again.
fn groups(mpi: &Mpi) {
    let (rank, ranks) = (mpi.rank(), mpi.size());
    let group = mpi.split((rank % 2) as u32).expect("a group");
    assert_eq!((group.rank(), group.size()), (rank / 2, (ranks + 1 - rank % 2) / 2));
    let there = group.gather_all(&[rank as u64]).concat();
    assert!(there.iter().enumerate().all(|(k, &r)| r as usize == 2 * k + rank % 2), "{there:?}");

    // 2 x = 2 + rank / 2 on each rank of a group.
    let owned = group.rank() as u64..group.rank() as u64 + 1;
    let halo = Halo::new(&group, IndexMap::new(owned, Vec::new()));
    let a = Csr::new(vec![0, 1], vec![0], vec![2.0], 1).expect("a matrix");
    let mut solver =
        PetscSolver::new(&group, halo, Defaults::Direct, AmgProblem::default()).expect("a solver");
    solver.prepare(&a).expect("prepared");
    let (b, mut x) = ([2.0 + group.rank() as f64], [0.0]);
    solver.solve(&a, &b, &mut x, 1e-12).expect("solved");
    assert!((2.0 * x[0] - b[0]).abs() < 1e-14, "{x:?}");
    drop(solver);

    let network = group.network().expect("measured");
    assert!(network.latency > 0.0 && network.reduction > 0.0 && network.bandwidth > 1e6);
    if rank > 0 {
        mpi.send(&vec![rank as u64; rank], 0).expect("sent");
    } else {
        let mut sum = 0;
        while sum < ranks * (ranks - 1) / 2 {
            sum += mpi.poll().expect("asked").map_or(0, |words| {
                assert_eq!(words, vec![words[0]; words[0] as usize]);
                words.len()
            });
        }
        assert_eq!(mpi.poll(), Ok(None));
    }
    let before = mpi.traffic();
    mpi.wait().expect("all come");
    assert!(ranks == 1 || (before.reductions > 0.0 && before.messages > 0.0), "{before:?}");
    drop(group);
    assert_eq!(mpi.gather_all(&[1]).len(), ranks);
}
