//! Exports as downloads: the formats of other tools, and ledgers one by one.

use std::io::{self, Write};
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::file::{Asked, NoFile, read_day, read_kinds};
use super::spool::Place;
use crate::exchange::{self, Base, Format, LeftOut, Part, without_small_counts};
use crate::graph::Graph;
use crate::ledger::{Ledger, LedgerFormat, write_ledger};
use crate::model::AttributeCatalog;
use crate::work::{Stopped, cancellable};

/// What the file does not hold.
const NOT_IN_IT: HeaderName = HeaderName::from_static("orgatlas-not-in-it");

/// The options of an export in its address.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Options {
    root: Option<String>,
    depth: Option<u32>,
    kinds: Option<String>,
    as_of: Option<String>,
    base: Option<String>,
    #[serde(default)]
    spreadsheet_safe: bool,
}

/// What is written.
enum Content {
    Graph(Format),
    Ledger(Ledger, LedgerFormat),
}

/// What is sent, ready to be written.
struct Export {
    content: Content,
    graph: Graph,
    attributes: Arc<AttributeCatalog>,
    classification: Option<String>,
    left_out: LeftOut,
}

/// An export as a file, such as `/exports/graph.graphml` or `/exports/organizations.csv`.
pub(super) async fn export(asked: Asked<Options>) -> Result<Response, NoFile> {
    let (app, file) = (asked.app.clone(), asked.file.clone());
    // Waiting for others to be written counts as time of the request.
    let place = Place::wait(&app).await?;
    let export = asked.made(prepare).await?;
    let head = export.head(&file);
    let written = place.write(move |to| export.write(to)).await?;
    Ok((head, written).into_response())
}

fn prepare(asked: Asked<Options>) -> Result<Export, NoFile> {
    let snapshot = asked.snapshot();
    let Asked { file, options, .. } = asked;
    let base = options.base.as_deref().map(str::parse::<Base>).transpose();
    let base = base.map_err(|error| NoFile::refused(format!("base: {error}")))?.unwrap_or_default();
    let content = content(&file, base, options.spreadsheet_safe)?;
    let part = part(options)?;
    let (graph, mut left_out) = match part.is_whole() {
        true => (snapshot.graph.clone(), LeftOut::default()),
        false => cancelled(cancellable(|| part.of(&snapshot.graph)))?
            .map_err(|error| NoFile::missing(error.to_string()))?,
    };
    let (graph, kept_back) =
        cancelled(cancellable(|| without_small_counts(graph, snapshot.kept_back_below())))?;
    left_out.extend(kept_back);
    if let Content::Graph(format) = &content {
        left_out.extend(format.left_out(&graph));
        left_out.extend(LeftOut::of_definitions(&snapshot.graph));
    }
    let (attributes, classification) =
        (Arc::clone(&snapshot.attributes), snapshot.disclosure.classification.clone());
    Ok(Export { content, graph, attributes, classification, left_out })
}

/// What a computation gave, unless it was cancelled; whoever asked waits no more then.
fn cancelled<T>(outcome: Result<T, Stopped>) -> Result<T, NoFile> {
    outcome.map_err(|stopped| NoFile::new(StatusCode::SERVICE_UNAVAILABLE, stopped.to_string()))
}

/// What a file of this name holds.
fn content(file: &str, base: Base, spreadsheet_safe: bool) -> Result<Content, NoFile> {
    let ledger = file.rsplit_once('.').and_then(|(name, extension)| {
        let format = match (extension, spreadsheet_safe) {
            ("csv", false) => LedgerFormat::Csv,
            ("csv", true) => LedgerFormat::SpreadsheetSafeCsv,
            ("jsonl", false) => LedgerFormat::JsonLines,
            _ => return None,
        };
        Some(Content::Ledger(name.parse().ok()?, format))
    });
    if let Some(ledger) = ledger {
        return Ok(ledger);
    }
    if spreadsheet_safe {
        return Err(NoFile::refused("spreadsheet-safe is for ledgers as .csv"));
    }
    Ok(Content::Graph(match file {
        "graph.graphml" => Format::GraphMl,
        "graph.gexf" => Format::Gexf,
        "graph.cyjs" => Format::Cytoscape,
        "graph.ttl" => Format::Turtle(base),
        "graph.jsonld" => Format::JsonLd(base),
        _ => {
            return Err(NoFile::missing(format!(
                "there is no export \"{file}\"; there are graph.graphml, graph.gexf, graph.cyjs, graph.ttl, \
                 graph.jsonld, and organizations, relations, exemptions and values, each as .csv and .jsonl"
            )));
        }
    }))
}

fn part(options: Options) -> Result<Part, NoFile> {
    Ok(Part {
        kinds: read_kinds(options.kinds.as_deref())?,
        as_of: read_day("as-of", options.as_of.as_deref())?,
        root: options.root,
        depth: options.depth,
    })
}

impl Export {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match &self.content {
            Content::Graph(format) => {
                let classification = self.classification.as_deref();
                exchange::write_to(&self.graph, &self.attributes, format, classification, to).map(|_| ())
            }
            Content::Ledger(ledger, format) => {
                write_ledger(&self.graph, &self.attributes, *ledger, *format, to)
            }
        }
    }

    fn head(&self, file: &str) -> HeaderMap {
        let media_type = match &self.content {
            Content::Graph(format) => format.media_type(),
            Content::Ledger(_, LedgerFormat::JsonLines) => "application/jsonl; charset=utf-8",
            Content::Ledger(..) => "text/csv; charset=utf-8; header=present",
        };
        let mut head = HeaderMap::new();
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{file}\""));
        head.extend(disposition.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
        if !self.left_out.is_empty() {
            let left_out = HeaderValue::from_str(&self.left_out.to_string());
            head.extend(left_out.ok().map(|value| (NOT_IN_IT, value)));
        }
        head
    }
}
