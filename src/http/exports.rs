//! Exports as downloads: the formats of other tools, and ledgers one by one. They are sent as they are written.

use std::io::{self, Write};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde::Deserialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::App;
use super::file::{NoFile, made, sight};
use crate::access::Access;
use crate::exchange::{self, Base, Format, LeftOut, Part, without_small_counts};
use crate::graph::Graph;
use crate::ledger::{Ledger, LedgerFormat, write_ledger};
use crate::model::{AttributeCatalog, KindSet, OrganizationKind, parse_date};

/// So many are written at a time; each has a processor to itself, and a client may take long to read it.
pub(super) const EXPORTS: usize = 2;

/// How much is written before it is sent.
const PIECE: usize = 1 << 16;

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
pub(super) async fn export(
    State(app): State<App>,
    Path(file): Path<String>,
    headers: HeaderMap,
    options: Result<Query<Options>, QueryRejection>,
) -> Response {
    let access = match sight(&app, &headers).await {
        Ok(access) => access,
        Err(refused) => return refused,
    };
    // Waiting for others to be written counts as time of the request.
    let place = match timeout(app.limits().time, Arc::clone(&app.exports).acquire_owned()).await {
        Ok(Ok(place)) => place,
        _ => {
            let message = "the server is writing as many exports as it does at a time; try again later";
            return NoFile::new(StatusCode::SERVICE_UNAVAILABLE, message).into_response();
        }
    };
    let (asked, name) = (app.clone(), file.clone());
    let export = match made(&app, move || prepare(&asked, &access, &name, options)).await {
        Ok(export) => export,
        Err(no_file) => return no_file.into_response(),
    };
    let head = export.head(&file);
    let (pieces, sent) = channel::<io::Result<Bytes>>(2);
    spawn_blocking(move || {
        let _place = place;
        let mut to = Pieces { filled: Vec::with_capacity(PIECE), pieces };
        if let Err(cause) = export.write(&mut to).and_then(|()| to.flush()) {
            // Nobody reads on, or is told by a file that ends early.
            let _ = to.pieces.blocking_send(Err(cause));
        }
    });
    let next = async |mut sent: Receiver<_>| sent.recv().await.map(|piece| (piece, sent));
    let body = Body::from_stream(unfold(sent, next));
    (head, body).into_response()
}

fn prepare(
    app: &App,
    access: &Access,
    file: &str,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<Export, NoFile> {
    let Query(options) = options.map_err(|rejection| NoFile::refused(rejection.body_text()))?;
    let base = options.base.as_deref().map(str::parse::<Base>).transpose();
    let base = base.map_err(|error| NoFile::refused(format!("base: {error}")))?.unwrap_or_default();
    let content = content(file, base, options.spreadsheet_safe)?;
    let snapshot = app.atlas.snapshot().seen_by(access);
    let part = part(options)?;
    let (graph, mut left_out) = match part.is_whole() {
        true => (snapshot.graph.clone(), LeftOut::default()),
        false => part.of(&snapshot.graph).map_err(|error| NoFile::missing(error.to_string()))?,
    };
    let (graph, kept_back) = without_small_counts(graph, snapshot.kept_back_below()).map_err(|broken| {
        NoFile::refused(broken.first().map_or_else(String::new, |(_, violation)| violation.to_string()))
    })?;
    left_out.extend(kept_back);
    if let Content::Graph(format) = &content {
        left_out.extend(format.left_out(&graph));
        left_out.extend(LeftOut::of_definitions(&snapshot.graph));
    }
    let (attributes, classification) =
        (Arc::clone(&snapshot.attributes), snapshot.disclosure.classification.clone());
    Ok(Export { content, graph, attributes, classification, left_out })
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
    let as_of = options.as_of.as_deref().map(parse_date).transpose();
    Ok(Part {
        root: options.root,
        depth: options.depth,
        kinds: options.kinds.as_deref().map(read_kinds).transpose()?,
        as_of: as_of.map_err(|error| NoFile::refused(format!("as-of: {error}")))?,
    })
}

/// Kinds, separated by commas.
pub(super) fn read_kinds(names: &str) -> Result<KindSet, NoFile> {
    let unknown = |name: &str| NoFile::refused(format!("kinds: \"{name}\" is no kind of organisation"));
    let kind = |name: &str| name.parse().map_err(|_| unknown(name));
    let kinds: Vec<OrganizationKind> = names.split(',').map(kind).collect::<Result<_, _>>()?;
    Ok(KindSet::of(&kinds))
}

impl Export {
    fn write(&self, to: &mut Pieces) -> io::Result<()> {
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

/// A file on its way to a client, who sets the pace; writing fails when he has gone.
struct Pieces {
    filled: Vec<u8>,
    pieces: Sender<io::Result<Bytes>>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.filled.extend_from_slice(bytes);
        if self.filled.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.filled.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.filled, Vec::with_capacity(PIECE));
        self.pieces.blocking_send(Ok(piece.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
