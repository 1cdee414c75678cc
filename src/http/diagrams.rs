use std::str::FromStr;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use strum::IntoEnumIterator;

use super::file::{Asked, NoFile, read_day, read_kinds};
use crate::diagram::{Detail, Fit, Flow, Links, PngError};
use crate::drawing::{self, Drawing, DrawingError, Format};
use crate::model::today;

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
pub(super) async fn diagram(asked: Asked<Options>) -> Result<Response, NoFile> {
    let (format, bytes) = asked.made(draw).await?;
    Ok(([(header::CONTENT_TYPE, format.media_type())], bytes).into_response())
}

fn draw(asked: Asked<Options>) -> Result<(Format, Vec<u8>), NoFile> {
    let snapshot = asked.snapshot();
    let Asked { file, options, .. } = asked;
    let formats =
        || Format::iter().map(|format| format!(".{}", format.extension())).collect::<Vec<_>>().join(", ");
    let (id, extension) = file
        .rsplit_once('.')
        .ok_or_else(|| NoFile::missing(format!("\"{file}\" has no format; there are {}", formats())))?;
    let format = Format::of_extension(extension).ok_or_else(|| {
        NoFile::missing(format!("there is no format \".{extension}\"; there are {}", formats()))
    })?;
    let mut drawing = read_drawing(id, options)?;
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
    let drawn = drawing.draw(
        &snapshot.graph,
        &snapshot.indicators,
        format,
        |slot| snapshot.holds(slot),
        drawing::font,
    );
    let drawn = drawn.map_err(|cause| match cause {
        DrawingError::Root(_) => NoFile::missing(cause.to_string()),
        // Nothing that the client could mend; whoever asked for what was cancelled waits no more.
        DrawingError::Font(_) => NoFile::new(StatusCode::SERVICE_UNAVAILABLE, cause.to_string()),
        DrawingError::Png(PngError::OutOfMemory(cause)) => NoFile::out_of_memory(&cause),
        other => NoFile::refused(other.to_string()),
    })?;
    Ok((format, drawn.bytes))
}

/// Reads the options; what is wrong is said with the choices there are.
fn read_drawing(id: &str, options: Options) -> Result<Drawing, NoFile> {
    let date = read_day("as-of", options.as_of.as_deref())?;
    let mut drawing = Drawing::of(id, date.unwrap_or_else(today));
    set(&mut drawing.view, "view", options.view)?;
    drawing.flow = options.flow.map(|text| read::<Flow>("flow", &text)).transpose()?;
    set(&mut drawing.theme, "theme", options.theme)?;
    set(&mut drawing.paper, "paper", options.paper)?;
    drawing.depth = options.depth.unwrap_or(drawing.depth);
    drawing.limit = options.limit.unwrap_or(drawing.limit);
    drawing.kinds = read_kinds(options.kinds.as_deref())?;
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
    drawing.links = Links::beside();
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
