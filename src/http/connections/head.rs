use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::http::guarding::set_headers;

/// Whether the head of a request, as HTTP/1.1 writes it, has more bytes than it may.
///
/// The library counts what it happens to have read at once, which may be much more than the head.
pub(super) fn is_too_large<B>(request: &Request<B>, most: usize) -> bool {
    let uri = request.uri();
    let address = uri.path_and_query().map_or(0, |path| path.as_str().len())
        + uri.scheme_str().map_or(0, |scheme| scheme.len() + "://".len())
        + uri.authority().map_or(0, |authority| authority.as_str().len());
    let line = request.method().as_str().len() + address + "  HTTP/1.1\r\n\r\n".len();
    let headers = request.headers().iter();
    let headers: usize =
        headers.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum();
    line + headers > most
}

/// The answer to a request with such a head, after which the connection is closed.
pub(super) fn refuse(most: usize) -> Response {
    let message =
        format!("the address and the headers of a request may have {most} bytes, and these have more\n");
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let mut response = (status, [(header::CONNECTION, "close")], message).into_response();
    set_headers(&mut response);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_of_a_head_counts() {
        let table = [
            ("GET", "/a?b=c", vec![], "GET /a?b=c HTTP/1.1\r\n\r\n"),
            ("GET", "http://h:1/a", vec![("host", "h:1")], "GET http://h:1/a HTTP/1.1\r\nhost: h:1\r\n\r\n"),
            ("POST", "/", vec![("a", "b"), ("a", "")], "POST / HTTP/1.1\r\na: b\r\na: \r\n\r\n"),
        ];
        for (method, address, headers, written) in table {
            let request = Request::builder().method(method).uri(address);
            let request =
                headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
            let request = request.body(()).unwrap();
            assert!(!is_too_large(&request, written.len()), "{written}");
            assert!(is_too_large(&request, written.len() - 1), "{written}");
        }
    }
}
