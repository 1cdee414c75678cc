use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::bundle::base_ledgers;
use crate::atlas::bundled_attributes;
use crate::generate::{Base, Generated, Options, generate};
use crate::graph::Graph;
use crate::ledger::{read_sent, write_stated_csv};
use crate::model::{AttributeCatalog, Change};
use crate::work::cancellable;

/// The arguments of `generate`.
#[derive(Debug, Args)]
pub(super) struct Generate {
    /// How many organisations to make up
    #[arg(long, value_name = "N")]
    organizations: u64,
    /// The same number and seed give the same bytes
    #[arg(long, value_name = "S")]
    seed: u64,
    /// The folder to write organizations.csv and relations.csv to
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

impl Generate {
    pub(super) fn run(self) -> Result<(), Failure> {
        let attributes = bundled_attributes()?;
        let mut graph = base(&attributes)?;
        let base = Base {
            organizations: graph.organizations().collect(),
            relations: graph.stated_relations().collect(),
        };
        let options = Options { organizations: self.organizations, seed: self.seed };
        let Generated { organizations, relations, village_values } = generate(&base, options)?;
        let puts = organizations.into_iter().chain(village_values);
        let mut changes: Vec<_> = puts.map(|o| Change::PutOrganization(Box::new(o))).collect();
        changes.extend(relations.into_iter().map(Change::PutRelation));
        apply(&mut graph, &changes)?;
        write_stated_csv(&graph, &attributes, &self.output)?;
        let folder = self.output.display();
        eprintln!("wrote {} organisations and their relations to {folder}", graph.organization_count());
        Ok(())
    }
}

/// The real territories and the bodies that the facts name, from the ledgers that the program carries.
fn base(attributes: &AttributeCatalog) -> Result<Graph, Failure> {
    let mut graph = Graph::new();
    let reading = read_sent(base_ledgers(), &graph, attributes)?;
    apply(&mut graph, &reading.changes)?;
    Ok(graph)
}

fn apply(graph: &mut Graph, changes: &[Change]) -> Result<(), Failure> {
    cancellable(|| graph.apply(changes))?.map_err(|violations| {
        let first = violations.first().map_or_else(String::new, |(_, violation)| violation.to_string());
        Failure::new(format!("{} records break a rule, the first: {first}", violations.len()))
    })
}
