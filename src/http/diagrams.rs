use std::str::FromStr;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use strum::IntoEnumIterator;

use super::App;
use super::authentication::{authenticate, challenge};
use super::turn::{AskOnDrop, in_turn};
use crate::access::Access;
use crate::diagram::{Detail, Flow};
use crate::drawing::{self, Drawing, DrawingError, Format};
use crate::graphql::log_failure;
use crate::model::{KindSet, OrganizationKind, parse_date, today};
use crate::work::Stop;

/// The options of a chart in its address.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Options {
    view: Option<String>,
    depth: Option<u32>,
    limit: Option<usize>,
    kinds: Option<String>,
    as_of: Option<String>,
    indicator: Option<String>,
    details: Option<String>,
    flow: Option<String>,
    theme: Option<String>,
    paper: Option<String>,
    scale: Option<f32>,
}

/// A chart as a file, such as `/diagrams/{id}.svg`.
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
    // Also where the client goes away and this future is dropped.
    let abandoned = AskOnDrop(Stop::default());
    let own = app.clone();
    match in_turn(&app, &abandoned.0, move || draw(&own, &access, &file, options)).await {
        Ok(Some(Ok((format, bytes)))) => {
            ([(header::CONTENT_TYPE, format.media_type())], bytes).into_response()
        }
        Ok(Some(Err((status, message)))) => (status, format!("{message}\n")).into_response(),
        Ok(None) => {
            let seconds = app.limits().time.as_secs_f64();
            let message = format!("drawing took longer than {seconds} s; ask for a smaller chart\n");
            (StatusCode::SERVICE_UNAVAILABLE, message).into_response()
        }
        Err(error) => {
            let id = log_failure(&error);
            let message = format!(
                "the server failed to draw this; its operator finds the cause in its log under {id}\n"
            );
            (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
        }
    }
}

fn draw(
    app: &App,
    access: &Access,
    file: &str,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<(Format, Vec<u8>), (StatusCode, String)> {
    let refused = |message: String| (StatusCode::BAD_REQUEST, message);
    let missing = |message: String| (StatusCode::NOT_FOUND, message);
    let Query(options) = options.map_err(|rejection| refused(rejection.body_text()))?;
    let formats =
        || Format::iter().map(|format| format!(".{}", format.extension())).collect::<Vec<_>>().join(", ");
    let (id, extension) = file
        .rsplit_once('.')
        .ok_or_else(|| missing(format!("\"{file}\" has no format; there are {}", formats())))?;
    let format = Format::of_extension(extension)
        .ok_or_else(|| missing(format!("there is no format \".{extension}\"; there are {}", formats())))?;
    let mut drawing = read_drawing(id, options).map_err(refused)?;
    let snapshot = app.atlas.snapshot().seen_by(access);
    drawing.kept_back_below = snapshot.kept_back_below();
    drawing.classification.clone_from(&snapshot.disclosure.classification);
    let drawn = drawing.draw(&snapshot.graph, &snapshot.indicators, format, drawing::font);
    let bytes = drawn.map_err(|cause| match cause {
        DrawingError::Root(_) => missing(cause.to_string()),
        // Nothing that the client could mend.
        DrawingError::Font(_) => (StatusCode::SERVICE_UNAVAILABLE, cause.to_string()),
        other => refused(other.to_string()),
    })?;
    Ok((format, bytes))
}

/// Reads the options; what is wrong is said with the choices there are.
fn read_drawing(id: &str, options: Options) -> Result<Drawing, String> {
    let date = match options.as_of {
        Some(text) => parse_date(&text).map_err(|error| format!("as-of: {error}"))?,
        None => today(),
    };
    let mut drawing = Drawing::of(id, date);
    set(&mut drawing.view, "view", options.view)?;
    drawing.flow = options.flow.map(|text| read::<Flow>("flow", &text)).transpose()?;
    set(&mut drawing.theme, "theme", options.theme)?;
    set(&mut drawing.paper, "paper", options.paper)?;
    drawing.depth = options.depth.unwrap_or(drawing.depth);
    drawing.limit = options.limit.unwrap_or(drawing.limit);
    if let Some(kinds) = options.kinds {
        let kind =
            |name: &str| name.parse().map_err(|_| format!("kinds: \"{name}\" is no kind of organisation"));
        let kinds: Vec<OrganizationKind> = kinds.split(',').map(kind).collect::<Result<_, _>>()?;
        drawing.kinds = Some(KindSet::of(&kinds));
    }
    if let Some(details) = options.details {
        let named = details.split(',').filter(|name| !name.is_empty());
        drawing.details = named.map(|name| read::<Detail>("details", name)).collect::<Result<_, _>>()?;
    }
    drawing.indicator = options.indicator;
    drawing.scale = match options.scale {
        Some(scale) if !(scale > 0.0 && scale <= 16.0) => {
            return Err("scale is a number above 0, and at most 16".to_owned());
        }
        scale => scale,
    };
    // A box leads to the chart of its own organisation.
    drawing.link = String::new();
    Ok(drawing)
}

fn set<T: FromStr + IntoEnumIterator + Into<&'static str>>(
    option: &mut T,
    of: &str,
    text: Option<String>,
) -> Result<(), String> {
    if let Some(text) = text {
        *option = read(of, &text)?;
    }
    Ok(())
}

fn read<T: FromStr + IntoEnumIterator + Into<&'static str>>(of: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| choices::<T>(of, text))
}

fn choices<T: IntoEnumIterator + Into<&'static str>>(of: &str, text: &str) -> String {
    let names: Vec<&str> = T::iter().map(Into::into).collect();
    format!("{of} is \"{text}\", but may be {}", names.join(", "))
}
