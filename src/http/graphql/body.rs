use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};

use super::refusal::Refusal;

/// Reads the body of a request, `limit` bytes at the most.
///
/// # Errors
/// 413 where it is larger: at once where its length is told, else when the limit is reached; 400 where the
/// client breaks off.
pub(super) async fn read(headers: &HeaderMap, mut request: Request, limit: usize) -> Result<Bytes, Refusal> {
    let told = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    // The rest of a larger body stays unread.
    DefaultBodyLimit::max(limit).apply(&mut request);
    Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(limit),
        _ => Refusal::malformed(rejection.body_text()),
    })
}

fn too_large(limit: usize) -> Refusal {
    let message = format!("the body is larger than {limit} bytes; send a smaller request");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}
