use std::io::Read;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use flate2::read::MultiGzDecoder;

use super::refusal::Refusal;

/// How UTF-8 text may begin on some systems; JSON does not.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads the body of a request, `limit` bytes at the most, before and after it is unpacked.
///
/// # Errors
/// 413 where it is larger: at once where its length is told, else when the limit is reached; 415 where it is packed in a
/// way that is not known; 400 where the client breaks off, or it is not packed as it says.
pub(super) async fn read(headers: &HeaderMap, mut request: Request, limit: usize) -> Result<Bytes, Refusal> {
    let told = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let is_packed = is_packed(headers)?;
    // The rest of a larger body stays unread.
    DefaultBodyLimit::max(limit).apply(&mut request);
    let read = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(limit),
        _ => Refusal::malformed(rejection.body_text()),
    })?;
    let text = if is_packed { unpack(&read, limit)? } else { read };
    without_mark(text)
}

/// Whether a body is packed with gzip.
fn is_packed(headers: &HeaderMap) -> Result<bool, Refusal> {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let (first, more) = (encodings.next(), encodings.next());
    let name = first.map_or(Ok(""), |value| value.to_str()).map(str::trim).map(str::to_ascii_lowercase);
    match (name.as_deref(), more) {
        (Ok("" | "identity"), None) => Ok(false),
        (Ok("gzip" | "x-gzip"), None) => Ok(true),
        _ => {
            let message = "the content-encoding of the body is not known; send it plain or as gzip";
            Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
        }
    }
}

/// Unpacks a body, and no more of it than the limit allows.
fn unpack(packed: &[u8], limit: usize) -> Result<Bytes, Refusal> {
    let mut text = Vec::new();
    let most = (limit as u64).saturating_add(1);
    MultiGzDecoder::new(packed).take(most).read_to_end(&mut text).map_err(|cause| {
        Refusal::malformed(format!("the body is not gzip, as its content-encoding says: {cause}"))
    })?;
    if text.len() > limit { Err(too_large(limit)) } else { Ok(text.into()) }
}

/// The text behind a byte order mark, if it has one.
fn without_mark(text: Bytes) -> Result<Bytes, Refusal> {
    if text.starts_with(b"\xFF\xFE") || text.starts_with(b"\xFE\xFF") {
        return Err(Refusal::malformed("the body is UTF-16, by its byte order mark; send UTF-8"));
    }
    let is_marked = text.starts_with(BYTE_ORDER_MARK);
    Ok(if is_marked { text.slice(BYTE_ORDER_MARK.len()..) } else { text })
}

fn too_large(limit: usize) -> Refusal {
    let message = format!("the body is larger than {limit} bytes; send a smaller request");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use axum::http::HeaderValue;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_packed_body_is_limited_by_what_it_holds() {
        let unpacked = |body: &[u8], limit| match unpack(body, limit) {
            Ok(text) => String::from_utf8(text.to_vec()).unwrap(),
            Err(refusal) => refusal.message().to_owned(),
        };
        let hello = packed(b"{\"a\": 1}");
        assert_eq!(unpacked(&hello, 8), "{\"a\": 1}");
        assert_eq!(unpacked(&hello, 7), "the body is larger than 7 bytes; send a smaller request");
        assert_eq!(unpacked(&[packed(b"{"), packed(b"}")].concat(), 8), "{}");
        let bomb = packed(&vec![b' '; 50 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(unpacked(&bomb, 1 << 20), "the body is larger than 1048576 bytes; send a smaller request");
        let not_gzip = "the body is not gzip, as its content-encoding says: ";
        assert!(unpacked(b"{}", 8).starts_with(not_gzip));
        assert!(unpacked(&hello[..12], 8).starts_with(not_gzip));
    }

    #[test]
    fn a_body_says_how_it_is_packed() {
        let check = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            is_packed(&headers).map_err(|refusal| refusal.message().to_owned())
        };
        let unknown = "the content-encoding of the body is not known; send it plain or as gzip";
        assert_eq!(check(&[]), Ok(false));
        assert_eq!(check(&["identity"]), Ok(false));
        assert_eq!(check(&["GZip"]), Ok(true));
        assert_eq!(check(&["x-gzip"]), Ok(true));
        for other in [&["br"][..], &["gzip, gzip"], &["gzip", "gzip"], &["deflate"]] {
            assert_eq!(check(other), Err(unknown.to_owned()), "{other:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let read = |text: &'static [u8]| {
            without_mark(Bytes::from_static(text)).map_err(|refusal| refusal.message().to_owned())
        };
        assert_eq!(read(b"\xEF\xBB\xBF{}"), Ok(Bytes::from_static(b"{}")));
        assert_eq!(read(b"{}"), Ok(Bytes::from_static(b"{}")));
        assert_eq!(
            read(b"\xFF\xFE{\0}\0"),
            Err("the body is UTF-16, by its byte order mark; send UTF-8".to_owned())
        );
    }
}
