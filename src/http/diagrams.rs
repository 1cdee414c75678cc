use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::App;
use super::authentication::{authenticate, challenge};
use crate::access::Access;
use crate::diagram::{ChartOptions, View, chart, dot, mermaid};
use crate::model::{parse_date, today};

/// The options of a chart in its address.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Options {
    view: Option<String>,
    depth: Option<u32>,
    limit: Option<usize>,
    as_of: Option<String>,
}

/// A chart as a file: `/diagrams/{id}.dot` or `/diagrams/{id}.mmd`.
pub(super) async fn diagram(
    State(app): State<App>,
    Path(file): Path<String>,
    headers: HeaderMap,
    options: Result<Query<Options>, QueryRejection>,
) -> Response {
    let access = match authenticate(&app, &headers).await {
        Ok(caller) => caller.access,
        Err(refused) => {
            let headers = [(header::WWW_AUTHENTICATE, challenge(refused))];
            return (StatusCode::UNAUTHORIZED, headers, format!("{refused}\n")).into_response();
        }
    };
    // A large chart takes its time; the workers go on answering others meanwhile.
    match spawn_blocking(move || draw(&app, &access, &file, options)).await {
        Ok(Ok((media_type, text))) => ([(header::CONTENT_TYPE, media_type)], text).into_response(),
        Ok(Err((status, message))) => (status, format!("{message}\n")).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn draw(
    app: &App,
    access: &Access,
    file: &str,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<(&'static str, String), (StatusCode, String)> {
    let refused = |message: String| (StatusCode::BAD_REQUEST, message);
    let missing = |message: String| (StatusCode::NOT_FOUND, message);
    let Query(options) = options.map_err(|rejection| refused(rejection.body_text()))?;
    let (id, format) = file
        .rsplit_once('.')
        .ok_or_else(|| missing(format!("\"{file}\" has no format such as .dot or .mmd")))?;
    let snapshot = app.atlas.snapshot().seen_by(access);
    let root = snapshot
        .graph
        .slot(id)
        .ok_or_else(|| missing(format!("there is no organisation with the id \"{id}\"")))?;
    let view = options.view.as_deref().unwrap_or("hierarchy");
    let view: View =
        view.parse().map_err(|_| refused(format!("view is \"{view}\", but may be hierarchy or party")))?;
    let date = match options.as_of {
        Some(text) => parse_date(&text).map_err(|error| refused(format!("as-of: {error}")))?,
        None => today(),
    };
    let depth = options.depth.unwrap_or(ChartOptions::DEPTH);
    let limit = options.limit.unwrap_or(ChartOptions::LIMIT);
    let chart = chart(&snapshot.graph, &ChartOptions { view, root, depth, limit, date });
    match format {
        "dot" => Ok(("text/vnd.graphviz; charset=utf-8", dot(&chart))),
        "mmd" => Ok(("text/vnd.mermaid; charset=utf-8", mermaid(&chart))),
        other => Err(missing(format!("there is no format \".{other}\"; there are .dot and .mmd"))),
    }
}
