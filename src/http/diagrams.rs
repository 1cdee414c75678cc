use std::str::FromStr;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use strum::IntoEnumIterator;

use super::App;
use super::exports::read_kinds;
use super::file::{NoFile, made, sight};
use crate::access::Access;
use crate::diagram::{Detail, Fit, Flow};
use crate::drawing::{self, Drawing, DrawingError, Format};
use crate::model::{parse_date, today};

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
    fit: Option<u32>,
    scale: Option<f32>,
}

/// A chart as a file, such as `/diagrams/{id}.svg`.
pub(super) async fn diagram(
    State(app): State<App>,
    Path(file): Path<String>,
    headers: HeaderMap,
    options: Result<Query<Options>, QueryRejection>,
) -> Response {
    let access = match sight(&app, &headers).await {
        Ok(access) => access,
        Err(refused) => return refused,
    };
    let asked = app.clone();
    match made(&app, move || draw(&asked, &access, &file, options)).await {
        Ok((format, bytes)) => ([(header::CONTENT_TYPE, format.media_type())], bytes).into_response(),
        Err(no_file) => no_file.into_response(),
    }
}

fn draw(
    app: &App,
    access: &Access,
    file: &str,
    options: Result<Query<Options>, QueryRejection>,
) -> Result<(Format, Vec<u8>), NoFile> {
    let Query(options) = options.map_err(|rejection| NoFile::refused(rejection.body_text()))?;
    let formats =
        || Format::iter().map(|format| format!(".{}", format.extension())).collect::<Vec<_>>().join(", ");
    let (id, extension) = file
        .rsplit_once('.')
        .ok_or_else(|| NoFile::missing(format!("\"{file}\" has no format; there are {}", formats())))?;
    let format = Format::of_extension(extension).ok_or_else(|| {
        NoFile::missing(format!("there is no format \".{extension}\"; there are {}", formats()))
    })?;
    let mut drawing = read_drawing(id, options)?;
    let snapshot = app.atlas.snapshot().seen_by(access);
    drawing.kept_back_below = snapshot.kept_back_below();
    drawing.classification.clone_from(&snapshot.disclosure.classification);
    if drawing.indicator.is_some() && snapshot.territories().is_some() {
        // States are counted, so that the chart has to lie where all is seen.
        let held = snapshot.graph.slot(&drawing.root).is_some_and(|root| snapshot.holds(root));
        if !held {
            let message =
                "states are counted within the territories that are seen as a whole, and the root is not";
            return Err(NoFile::new(StatusCode::FORBIDDEN, message));
        }
    }
    let drawn = drawing.draw(&snapshot.graph, &snapshot.indicators, format, drawing::font);
    let bytes = drawn.map_err(|cause| match cause {
        DrawingError::Root(_) => NoFile::missing(cause.to_string()),
        // Nothing that the client could mend.
        DrawingError::Font(_) => NoFile::new(StatusCode::SERVICE_UNAVAILABLE, cause.to_string()),
        other => NoFile::refused(other.to_string()),
    })?;
    Ok((format, bytes))
}

/// Reads the options; what is wrong is said with the choices there are.
fn read_drawing(id: &str, options: Options) -> Result<Drawing, NoFile> {
    let date = match options.as_of {
        Some(text) => parse_date(&text).map_err(|error| NoFile::refused(format!("as-of: {error}")))?,
        None => today(),
    };
    let mut drawing = Drawing::of(id, date);
    set(&mut drawing.view, "view", options.view)?;
    drawing.flow = options.flow.map(|text| read::<Flow>("flow", &text)).transpose()?;
    set(&mut drawing.theme, "theme", options.theme)?;
    set(&mut drawing.paper, "paper", options.paper)?;
    drawing.depth = options.depth.unwrap_or(drawing.depth);
    drawing.limit = options.limit.unwrap_or(drawing.limit);
    drawing.kinds = options.kinds.as_deref().map(read_kinds).transpose()?;
    if let Some(details) = options.details {
        let named = details.split(',').filter(|name| !name.is_empty());
        drawing.details = named.map(|name| read::<Detail>("details", name)).collect::<Result<_, _>>()?;
    }
    drawing.indicator = options.indicator;
    drawing.fit = match options.fit {
        Some(0 | 401..) => return Err(NoFile::refused("fit is a number of sheets from 1 to 400")),
        sheets => sheets.map(Fit),
    };
    drawing.scale = match options.scale {
        Some(scale) if !(scale > 0.0 && scale <= 16.0) => {
            return Err(NoFile::refused("scale is a number above 0, and at most 16"));
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
) -> Result<(), NoFile> {
    if let Some(text) = text {
        *option = read(of, &text)?;
    }
    Ok(())
}

fn read<T: FromStr + IntoEnumIterator + Into<&'static str>>(of: &str, text: &str) -> Result<T, NoFile> {
    text.parse().map_err(|_| NoFile::refused(choices::<T>(of, text)))
}

fn choices<T: IntoEnumIterator + Into<&'static str>>(of: &str, text: &str) -> String {
    let names: Vec<&str> = T::iter().map(Into::into).collect();
    format!("{of} is \"{text}\", but may be {}", names.join(", "))
}
