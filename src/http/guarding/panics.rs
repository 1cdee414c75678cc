use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;

use super::refusal::{Form, Refused};
use crate::graphql::log_failure;

/// Answers a request in which the program fails, so that nobody else hears of it: by an id, under which the operator
/// finds the cause, and never by the cause.
pub(super) async fn isolated(request: Request, next: Next) -> Response {
    let form = Form::at(request.uri().path());
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(cause) => {
            let id = log_failure(&text(&*cause));
            let message = format!(
                "the server failed to answer this request; its operator finds the cause in its log under {id}"
            );
            Refused::new(StatusCode::INTERNAL_SERVER_ERROR, message).answer(form)
        }
    }
}

fn text(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_default();
    format!("a request panicked: {text}")
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::get;

    use super::*;

    fn ask(address: std::net::SocketAddr, path: &str) -> String {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_panic_ends_one_request_and_is_told_by_an_id_alone() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let routes = Router::new()
            .route("/graphql", get(async || -> &'static str { panic!("the secret") }))
            .route("/", get(async || "well"))
            .layer(from_fn(isolated));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async { axum::serve(listener, routes).await });
        for _ in 0..3 {
            let failed = ask(address, "/graphql");
            assert!(
                failed.starts_with("HTTP/1.1 500 ") && failed.contains("INTERNAL_SERVER_ERROR"),
                "{failed}"
            );
            assert!(failed.contains("in its log under ") && !failed.contains("secret"), "{failed}");
            assert!(ask(address, "/").ends_with("well"));
        }
    }
}
