use axum::extract::State;

use super::App;

/// Says that the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Says that the graph is there, and at which version.
pub(super) async fn readyz(State(app): State<App>) -> String {
    format!("ready at version {}\n", app.atlas.snapshot().version)
}
