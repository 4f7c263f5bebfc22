//! `natrolite bench predict`: what a larger machine should need, from what was measured on a smaller one.

mod model;

use super::machine::Machine;
use super::report;
use super::series::Series;
use crate::cli::print;
use crate::commands::align_numbers;
use crate::failure::Failure;
use clap::Args;
use model::{Constants, Hardware, Terms, rows};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Options of `natrolite bench predict`.
#[derive(Clone, Debug, Args)]
pub struct PredictOptions {
    /// What `mpirun -n N natrolite bench scaling --json FILE` wrote
    pub file: PathBuf,
    /// Unknowns of the problem
    #[arg(long, value_name = "N", default_value = "1e9", value_parser = positive)]
    pub unknowns: f64,
    /// Numbers of nodes, separated by commas
    #[arg(
        long,
        value_name = "N,N",
        value_delimiter = ',',
        default_value = "1,4,16,64,256,1024,4096",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub nodes: Vec<u32>,
    /// Ranks of a node
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    pub ranks_per_node: u32,
    /// Speed of a node's memory, all cores at once (STREAM triad) [GB/s]
    #[arg(long, value_name = "GB/S", default_value = "200", value_parser = positive)]
    pub memory: f64,
    /// Latency of a small message between nodes [us]
    #[arg(long, value_name = "US", default_value = "1.5", value_parser = positive)]
    pub latency: f64,
    /// What a node sends while it receives as much [GB/s]
    #[arg(long, value_name = "GB/S", default_value = "12.5", value_parser = positive)]
    pub link: f64,
    /// Write all numbers to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

fn positive(text: &str) -> Result<f64, String> {
    let value = text.parse().unwrap_or(f64::NAN);
    match value > 0.0 && value < 1e18 {
        true => Ok(value),
        false => Err("wanted a positive number, such as 200 or 1e9".into()),
    }
}

/// What is read of the file.
#[derive(Deserialize)]
struct Measured {
    machine: Machine,
    series: Vec<Series>,
}

/// What the model says of one number of nodes.
#[derive(Debug, Serialize)]
struct Predicted {
    nodes: u32,
    ranks: f64,
    /// Time of an iteration, in parts \[s\].
    seconds: Terms,
    seconds_per_iteration: f64,
    /// Speed-up over the fewest nodes, over how many times more nodes there are.
    efficiency: f64,
    iterations: f64,
    /// All iterations \[s\].
    iterate_seconds: f64,
    memory_per_node_bytes: f64,
}

/// All that is told.
#[derive(Debug, Serialize)]
struct Prediction {
    unknowns: f64,
    hardware: Hardware,
    constants: Constants,
    rows: Vec<Predicted>,
}

/// Prints what the model says of the wanted machine, after what it says of the rows it was fitted to.
///
/// # Errors
/// [`Failure::Input`] for a file that is missing, is something else, or has not what the model needs.
pub fn predict(options: &PredictOptions) -> Result<(), Failure> {
    let shown = options.file.display();
    let wrong = |why: String| Failure::Input(format!("{shown}: {why}"));
    let text = std::fs::read_to_string(&options.file).map_err(|error| wrong(error.to_string()))?;
    let wanted = "wanted what `mpirun -n 4 natrolite bench scaling --json FILE` writes";
    let measured: Measured =
        serde_json::from_str(&text).map_err(|error| wrong(format!("{error}; {wanted}")))?;
    let constants = Constants::fit(&measured.series);
    let missing = || {
        wrong(format!(
            "there are no runs on one rank and on several, with iterations and memory; {wanted}"
        ))
    };
    let constants = constants.ok_or_else(missing)?;
    if let Some(path) = &options.json {
        report::check_files(&[path.as_path()])?;
    }
    let hardware = Hardware {
        ranks_per_node: f64::from(options.ranks_per_node),
        memory: 1e9 * options.memory,
        latency: 1e-6 * options.latency,
        link: 1e9 * options.link,
    };
    let prediction = Prediction::new(options, hardware, constants);
    print(&fit_table(&measured, &constants))?;
    print(&prediction.table())?;
    if let Some(path) = &options.json {
        // Plain numbers: serialisation into memory cannot fail.
        let json = serde_json::to_string_pretty(&prediction).expect("numbers are always JSON");
        report::write(path, &(json + "\n"))?;
    }
    Ok(())
}

/// How the model does where it was fitted.
fn fit_table(measured: &Measured, constants: &Constants) -> String {
    let heads = ["ranks", "unknowns", "ms/it", "model", "of memory", "of messages"];
    let mut table = vec![heads.map(str::to_owned).to_vec()];
    for row in rows(&measured.series) {
        let Some((seconds, terms)) = constants.compare(row) else { continue };
        let messages = terms.total() - terms.memory;
        let mut cells = vec![row.workers().count().to_string(), row.dofs.to_string()];
        let times = [seconds, terms.total(), terms.memory, messages];
        cells.extend(times.map(|seconds| format!("{:.3}", 1e3 * seconds)));
        table.push(cells);
    }
    let c = constants;
    format!(
        "fitted to {}\n{}  {:.0} bytes an unknown and iteration, {:.1} exchanges a level and {:.1} sums an \
         iteration,\n  {:.1} m^(2/3) copies on a rank of m unknowns, {:.2} us for each exchange \
         beyond its messages, iterations {:.1} n^{:.3}\n",
        measured.machine.describe(),
        align_numbers(&table, 2),
        c.bytes_per_unknown,
        c.exchanges,
        c.sums,
        c.ghosts,
        1e6 * c.overhead,
        c.iterations,
        c.growth,
    )
}

impl Prediction {
    fn new(options: &PredictOptions, hardware: Hardware, constants: Constants) -> Self {
        let mut nodes = options.nodes.clone();
        nodes.sort_unstable();
        nodes.dedup();
        let unknowns = options.unknowns;
        let time = |nodes: u32| {
            let ranks = f64::from(nodes) * hardware.ranks_per_node;
            (ranks, constants.time(&hardware, unknowns, ranks))
        };
        let first = nodes.first().copied().unwrap_or(1);
        let fewest = time(first).1.total() * f64::from(first);
        let iterations = constants.iterations(unknowns);
        let row = |&nodes: &u32| {
            let (ranks, seconds) = time(nodes);
            let total = seconds.total();
            Predicted {
                nodes,
                ranks,
                seconds,
                seconds_per_iteration: total,
                efficiency: fewest / (total * f64::from(nodes)),
                iterations,
                iterate_seconds: iterations * total,
                memory_per_node_bytes: hardware.ranks_per_node * constants.memory[0]
                    + constants.memory[1] * unknowns / f64::from(nodes),
            }
        };
        Prediction { unknowns, hardware, constants, rows: nodes.iter().map(row).collect() }
    }

    fn table(&self) -> String {
        let Hardware { ranks_per_node, memory, latency, link } = self.hardware;
        let mut out = format!(
            "\npredicted: {:.3e} unknowns on nodes of {ranks_per_node} ranks, {:.0} GB/s of memory, \
             {:.2} us, {:.1} GB/s of network\n",
            self.unknowns,
            1e-9 * memory,
            1e6 * latency,
            1e-9 * link
        );
        let heads = [
            "nodes",
            "unknowns a rank",
            "GiB a node",
            "ms/it",
            "memory",
            "halo",
            "latency",
            "sums",
            "efficiency",
            "iterations",
            "iterate s",
        ];
        let mut table = vec![heads.map(str::to_owned).to_vec()];
        for row in &self.rows {
            let s = row.seconds;
            let mut cells = vec![
                row.nodes.to_string(),
                format!("{:.0}", self.unknowns / row.ranks),
                format!("{:.1}", row.memory_per_node_bytes / f64::from(1_u32 << 30)),
            ];
            let times = [row.seconds_per_iteration, s.memory, s.halo, s.latency, s.sums];
            cells.extend(times.map(|seconds| format!("{:.3}", 1e3 * seconds)));
            cells.push(format!("{:.0} %", 100.0 * row.efficiency));
            cells.push(format!("{:.0}", row.iterations));
            cells.push(format!("{:.3}", row.iterate_seconds));
            table.push(cells);
        }
        out += &align_numbers(&table, 2);
        out
    }
}
