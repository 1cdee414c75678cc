//! GraphiQL, an editor of queries, with the main questions as examples; it asks no other host.
//!
//! The build script bundles it from npm packages into the program, where Node is there.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::classified::classified;

/// The script and the style sheet of the page.
struct Bundle {
    script: &'static [u8],
    style: &'static [u8],
}

/// The bundle, or why the build left it out.
const BUNDLE: Result<Bundle, &str> = include!(concat!(env!("OUT_DIR"), "/graphiql_bundle.rs"));

const PAGE: &str = include_str!("../../web/graphiql/index.html");

/// What the page says where there is nothing to try out.
const TRUSTED: &str = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>GraphiQL is off</title>\
    <body><h1>GraphiQL is off</h1><p>This server runs registered documents only, each by its id: queries of one's own are \
    refused. Whoever writes queries starts a server without <code>--trusted-documents</code>.</p></html>";

/// Everything from this server; fonts are written into the style sheet. The one style that the page writes into
/// itself, which keeps it from scrolling behind a dialog, is known by its hash; another one that comes with a newer
/// library would be refused and not missed, for the page does not scroll.
const POLICY: [(HeaderName, HeaderValue); 2] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; style-src 'self' 'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; \
             img-src 'self' data:; font-src 'self' data:; object-src 'none'; frame-ancestors 'none'; \
             base-uri 'none'; form-action 'none'",
        ),
    ),
    // The same for everybody until the program is another one.
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
];

/// The page, or one that says what is missing.
pub(super) async fn page(State(app): State<App>) -> Response {
    match BUNDLE {
        _ if app.documents.are_trusted() => {
            (StatusCode::FORBIDDEN, POLICY, classified(&app, TRUSTED)).into_response()
        }
        Ok(_) => (POLICY, classified(&app, PAGE)).into_response(),
        Err(missing) => {
            (StatusCode::NOT_IMPLEMENTED, POLICY, classified(&app, &absent(missing))).into_response()
        }
    }
}

/// Its script.
pub(super) async fn script() -> Response {
    file(BUNDLE.map(|bundle| bundle.script), "text/javascript; charset=utf-8")
}

/// Its style.
pub(super) async fn style() -> Response {
    file(BUNDLE.map(|bundle| bundle.style), "text/css; charset=utf-8")
}

fn file(bytes: Result<&'static [u8], &str>, media_type: &'static str) -> Response {
    match bytes {
        Ok(bytes) => (POLICY, [(header::CONTENT_TYPE, media_type)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What the page says where the program was built without it.
fn absent(missing: &str) -> String {
    let missing = missing.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>GraphiQL is missing</title>\
         <body><h1>GraphiQL is missing</h1><p>This program was built without it: {missing}.</p>\
         <p>To have it, build the program where Node 20 or later and its npm are installed and npm reaches a \
         registry: <code>ORGATLAS_WEB=required cargo build --release</code>.</p>\
         <p>All else works: <code>POST /graphql</code> answers any client.</p></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_a_bundle_says_what_is_missing_and_how_to_get_it() {
        let page = absent("npm cannot be run: <not found>");
        assert!(page.contains("npm cannot be run: &lt;not found>"), "{page}");
        assert!(page.contains("ORGATLAS_WEB=required cargo build"), "{page}");
    }
}
