//! What is known of the machine, for whoever reads the numbers later.

use serde::{Deserialize, Serialize};

/// A machine and how busy it was; `None` where the system does not tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Name of the processor.
    pub processor: Option<String>,
    /// Cores that this process may use.
    pub cores: usize,
    /// Memory of the machine.
    pub memory_bytes: Option<u64>,
    /// Memory that was available before the first run.
    pub available_bytes: Option<u64>,
    /// Processes that wanted to run in the minute before the first run, on average: above zero, others
    /// were busy.
    pub load: Option<f64>,
}

impl Machine {
    /// This machine, now.
    pub fn here() -> Machine {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let memory = read("/proc/meminfo");
        let bytes = |key: &str| {
            let kibibytes = field(&memory, key)?.split_whitespace().next()?;
            kibibytes.parse::<u64>().ok().map(|k| k * 1024)
        };
        let load = read("/proc/loadavg");
        Machine {
            processor: field(&read("/proc/cpuinfo"), "model name").map(str::to_owned),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_bytes: bytes("MemTotal"),
            available_bytes: bytes("MemAvailable"),
            load: load.split_whitespace().next().and_then(|load| load.parse().ok()),
        }
    }

    /// One line for tables and pictures.
    pub fn describe(&self) -> String {
        let mut parts =
            vec![format!("{} core{}", self.cores, if self.cores == 1 { "" } else { "s" })];
        parts.extend(self.processor.clone());
        parts.extend(self.load.map(|load| format!("load {load:.1} before")));
        parts.join(", ")
    }
}

/// What stands after `key:` in a file of the kernel.
fn field<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let value = |line: &'t str| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == key).then_some(value.trim())
    };
    text.lines().find_map(value)
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn fields_of_the_kernel() {
        let text = "processor\t: 0\nmodel name\t: A: B\nMemTotal:   12 kB\n";
        assert_eq!(field(text, "model name"), Some("A: B"));
        assert_eq!(field(text, "MemTotal"), Some("12 kB"));
        assert_eq!(field(text, "Mem"), None);
    }
}
