//! Exchange: a graph, or a part of it, as files that other tools open.
//!
//! Floor 2. One plain stream, [`Contents`](contents::Contents), says what is to be written, in the order of ids, so that the same
//! graph gives the same bytes; each format is a file that writes it. What a format has no place for is listed in
//! [`LeftOut`], for whoever exports and, where the format has comments, in the file. Ledgers, which come back as they
//! went, are written by [`crate::ledger`].

mod contents;
mod cytoscape;
mod field;
mod gexf;
mod graphml;
mod kept_back;
mod left_out;
mod parquet;
mod part;
mod rdf;
#[cfg(test)]
mod tests;
mod xml;

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use contents::Contents;

use crate::graph::Graph;
use crate::model::AttributeCatalog;
use crate::new_file::{NewFile, WriteError};

pub use kept_back::without_small_counts;
pub use left_out::LeftOut;
pub use part::{Part, PartError};
pub use rdf::{Base, BaseError};

/// A format that other tools open; one file each but for Parquet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// GraphML with typed keys, and labels for yEd and Gephi.
    GraphMl,
    /// GEXF 1.3, validity as spells.
    Gexf,
    /// JSON of Cytoscape.
    Cytoscape,
    /// Turtle on the W3C Organization ontology; names begin with a base.
    Turtle(Base),
    /// JSON-LD of the same triples, with its context inside.
    JsonLd(Base),
    /// A folder of Parquet files: organisations, relations, exemptions and dated values.
    Parquet,
}

/// Writes a graph to a file, of Parquet to a folder, and says what of it the format could not hold.
///
/// Where a format has a place for what is said of the whole, it says the classification of the store and that some is
/// generated. Files that were there are replaced once the new ones are written.
///
/// # Errors
/// [`WriteError`] when the system does not let us write.
pub fn write(
    graph: &Graph,
    catalog: &AttributeCatalog,
    format: &Format,
    classification: Option<&str>,
    path: &Path,
) -> Result<LeftOut, WriteError> {
    let contents = Contents::new(graph, catalog, classification);
    let file = |write: &dyn Fn(&mut BufWriter<File>) -> io::Result<LeftOut>| {
        let mut left_out = LeftOut::default();
        NewFile::at(path, |to| {
            left_out = write(to)?;
            Ok(())
        })?
        .publish()?;
        Ok(left_out)
    };
    match format {
        Format::GraphMl => file(&|to| graphml::write(&contents, to)),
        Format::Gexf => file(&|to| gexf::write(&contents, to)),
        Format::Cytoscape => file(&|to| cytoscape::write(&contents, to)),
        Format::Turtle(base) => file(&|to| rdf::write_turtle(&contents, base, to)),
        Format::JsonLd(base) => file(&|to| rdf::write_json_ld(&contents, base, to)),
        Format::Parquet => parquet::write(&contents, path),
    }
}
