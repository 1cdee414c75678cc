use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::Failure;
use super::import::import;
use super::output::line;
use super::store::StoreFolder;
use crate::bench::{Parameters, Report, Rule, measure, resident_mib};
use crate::model;

/// The arguments of `bench`.
#[derive(Debug, Args)]
pub(super) struct Bench {
    #[command(flatten)]
    store: StoreFolder,
    /// The parameters of the questions: a JSON object with lists of ids for Q1 to Q6
    #[arg(long, value_name = "FILE")]
    params: PathBuf,
    /// The folder for orgatlas.json and orgatlas.answers.json
    #[arg(long, value_name = "DIR")]
    results: PathBuf,
    /// First import these ledgers into the store, which must be new, and measure that too
    #[arg(long, num_args = 1.., value_name = "FILE|DIR")]
    import: Vec<PathBuf>,
    /// How often each question is asked again with each of its parameters
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
}

impl Bench {
    pub(super) fn run(self) -> Result<(), Failure> {
        let parameters = Parameters::read(&self.params)?;
        let folder = &self.results;
        fs::create_dir_all(folder).map_err(|cause| Failure::file(folder, &cause))?;
        let imported = self.imported()?;
        let started = Instant::now();
        let atlas = self.store.open()?;
        let snapshot = atlas.snapshot();
        let opened = started.elapsed().as_secs_f64();
        let notes = match imported {
            Some(_) => "load_s: importing the ledgers, durably; open_s: opening that store again",
            None => "load_s: opening the store; nothing was imported",
        };
        let mut report = Report {
            peer: "orgatlas",
            version: env!("CARGO_PKG_VERSION"),
            load_s: imported.unwrap_or(opened),
            open_s: opened,
            disk_mib: bytes_under(self.store.path()) >> 20,
            notes: notes.to_owned(),
            ..Report::default()
        };
        let rule = Rule::on(model::today());
        let digests = measure(&snapshot.graph, &rule, &parameters, self.rounds, &mut report)?;
        report.rss_mib = resident_mib();
        write(folder, "orgatlas.json", &report)?;
        write(folder, "orgatlas.answers.json", &digests)?;
        line(serde_json::to_string_pretty(&report)?)?;
        Ok(())
    }

    /// Seconds that the import took, from the ledgers to a store that can be asked; `None` without ledgers.
    fn imported(&self) -> Result<Option<f64>, Failure> {
        if self.import.is_empty() {
            return Ok(None);
        }
        if self.store.path().exists() {
            let dir = self.store.path().display();
            return Err(Failure::new(format!(
                "{dir} is there already, and an import is measured into a new store; name another folder"
            )));
        }
        let started = Instant::now();
        let atlas = self.store.open_or_create()?;
        import(&atlas, &self.import)?;
        Ok(Some(started.elapsed().as_secs_f64()))
    }
}

fn write(folder: &Path, name: &str, content: &impl Serialize) -> Result<(), Failure> {
    let file = folder.join(name);
    let text = serde_json::to_string_pretty(content)?;
    fs::write(&file, text).map_err(|cause| Failure::file(&file, &cause))
}

/// The bytes of all files under a folder; what cannot be read counts nothing.
fn bytes_under(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_under(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    bytes.sum()
}
