//! Scaling over the ranks that a launcher started: groups of the first 1, 2, 4 ... of them do the runs,
//! while the others sleep.

use super::child::measure_solve;
use super::measure::{Plan, Run, Workers, measure, triad};
use super::options::{ScalingOptions, powers_of_two};
use super::series::Series;
use super::{check, publish, strong_and_weak};
use crate::commands::{report_ranks, set_threads};
use crate::failure::Failure;
use crate::launch::{Ranks, Traffic};
use crate::run::forget_peak_memory;
use crate::run::ranks::solve_refined;
use std::path::Path;
use std::time::Instant;

/// Measures strong and weak scaling over ranks; the first of them prints and writes.
///
/// # Errors
/// As [`super::bench`], on all ranks alike.
pub fn scaling(options: &ScalingOptions, world: &Ranks) -> Result<(), Failure> {
    let cores = world.cores();
    let shared_out = cores.as_ref().map_or(1, |cores| cores.threads() as u32);
    let common = &options.common;
    let threads = match common.threads[..] {
        [] => Ok(shared_out),
        [threads] => Ok(threads),
        _ => Err(Failure::Input(
            "--threads: under mpirun one number is wanted, that of each rank".into(),
        )),
    };
    let threads = world.agree(threads)?;
    world.agree(set_threads(Some(threads)))?;
    let speaks = world.rank() == 0;
    if let (true, Some(engine), Some(cores)) = (speaks, world.engine(), &cores) {
        report_ranks(engine, cores, common.quiet, &mut |warning| {
            eprintln!("warning: {warning}");
        });
    }
    let counts = powers_of_two(world.size() as u32).into_iter();
    let workers: Vec<Workers> = counts.map(|ranks| Workers::Ranks(ranks, threads)).collect();
    let series = world.agree(strong_and_weak(options, &workers))?;
    // One of them looks at the files; all learn of it.
    let machine = world.agree(if speaks { check(common, &series).map(Some) } else { Ok(None) })?;
    let mut measured = Vec::new();
    for (kind, cells, plans) in series {
        let once = &mut |plan: &Plan| run_on_group(plan, world);
        let rows = measure(&plans, common.repeat, common.quiet, once)?;
        measured.push(Series::new(kind, cells, plans, rows));
    }
    let published = match machine {
        Some(machine) => publish(options.problem, common, machine, measured),
        None => Ok(()),
    };
    world.agree(published)
}

/// One run on the first ranks of `world`, with the triad on all of these at once before and after it; the
/// first has what it took.
fn run_on_group(plan: &Plan, world: &Ranks) -> Result<Option<Run>, Failure> {
    let takes_part = world.rank() < plan.workers.count() as usize;
    let group = world.split(u32::from(!takes_part))?;
    let run = if takes_part { run(plan, &group) } else { Ok(None) };
    world.wait()?;
    world.agree(run)
}

fn run(plan: &Plan, group: &Ranks) -> Result<Option<Run>, Failure> {
    let text = &plan.sized.text;
    let case = crate::case::read(Path::new("bench.toml"), text, &[], crate::registry::laws());
    let case = group.agree(case.map_err(Failure::from))?;
    let engine = group.agree(group.engine_for(&case))?;
    let engine = engine.ok_or_else(|| Failure::System("MPI was not started".into()));
    let engine = group.agree(engine)?;
    let triads = || -> Result<f64, Failure> {
        group.wait()?;
        let mut sum = [group.agree(triad(plan.workers.threads()))?];
        engine.comm().sum(&mut sum);
        Ok(sum[0])
    };
    let stream_before = triads()?;
    let network = group.network()?;

    let before = group.traffic();
    group.give_back_memory();
    forget_peak_memory();
    let start = Instant::now();
    let measured = measure_solve(start, &case, engine.comm(), |case, listener| {
        let solved = solve_refined(case, plan.sized.refinement, engine, listener);
        Ok(solved?.1)
    });
    let process_seconds = start.elapsed().as_secs_f64();
    let measured = group.agree(measured)?;
    let after = group.traffic();
    let sent = [
        after.messages - before.messages,
        after.bytes - before.bytes,
        after.reductions - before.reductions,
    ];
    let all = engine.comm().gather_all(&sent.map(f64::to_bits));
    let most = |k: usize| all.iter().map(|words| f64::from_bits(words[k])).fold(0.0, f64::max);
    let traffic = Traffic { messages: most(0), bytes: most(1), reductions: most(2) };
    let stream = [stream_before, triads()?];
    let run = |measurement| Run { measurement, process_seconds, network, traffic, stream };
    Ok(measured.map(run))
}
