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

use std::io::{self, Write};
use std::path::Path;

use contents::Contents;

use crate::graph::Graph;
use crate::model::AttributeCatalog;
use crate::new_file::{NewFile, WriteError};

pub use kept_back::without_small_counts;
pub use left_out::LeftOut;
pub use part::{Part, PartError};
pub use rdf::{Base, BaseError};

/// A format that other tools open, of one file.
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
}

impl Format {
    /// What it is called on the wire.
    pub fn media_type(&self) -> &'static str {
        match self {
            Self::GraphMl => "application/graphml+xml",
            Self::Gexf => "application/gexf+xml",
            Self::Cytoscape => "application/json",
            Self::Turtle(_) => "text/turtle; charset=utf-8",
            Self::JsonLd(_) => "application/ld+json",
        }
    }

    /// What of a graph it has no place for.
    pub fn left_out(&self, graph: &Graph) -> LeftOut {
        let (exemptions, values) = match self {
            Self::GraphMl => (false, false),
            Self::Gexf => (false, true),
            Self::Cytoscape | Self::Turtle(_) | Self::JsonLd(_) => (true, true),
        };
        LeftOut::but(graph, exemptions, values)
    }
}

/// Writes a graph to a file, and says what of it the format could not hold.
///
/// Where a format has a place for what is said of the whole, it says the classification of the store and that some is
/// generated. A file that was there is replaced once the new one is written.
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
    let mut left_out = LeftOut::default();
    NewFile::at(path, |to| {
        left_out = write_to(graph, catalog, format, classification, to)?;
        Ok(())
    })?
    .publish()?;
    Ok(left_out)
}

/// Writes a graph in a format, from its beginning to its end, and says what of it the format could not hold.
///
/// # Errors
/// Those of writing.
pub fn write_to(
    graph: &Graph,
    catalog: &AttributeCatalog,
    format: &Format,
    classification: Option<&str>,
    to: &mut impl Write,
) -> io::Result<LeftOut> {
    let contents = Contents::new(graph, catalog, classification);
    match format {
        Format::GraphMl => graphml::write(&contents, to),
        Format::Gexf => gexf::write(&contents, to),
        Format::Cytoscape => cytoscape::write(&contents, to),
        Format::Turtle(base) => rdf::write_turtle(&contents, base, to),
        Format::JsonLd(base) => rdf::write_json_ld(&contents, base, to),
    }
}

/// Writes a graph as a folder of Parquet files: organisations, relations, exemptions and dated values.
///
/// Files that were there are replaced once all are written.
///
/// # Errors
/// [`WriteError`] when the system does not let us write.
pub fn write_parquet(
    graph: &Graph,
    catalog: &AttributeCatalog,
    classification: Option<&str>,
    folder: &Path,
) -> Result<LeftOut, WriteError> {
    parquet::write(&Contents::new(graph, catalog, classification), folder)
}
