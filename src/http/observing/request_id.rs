use std::hash::{BuildHasher, RandomState};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header by which a client names a request, and is told its name.
pub(in crate::http) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long the name that a client gives may be.
const MAX_LENGTH: usize = 64;

/// The id of a request: the one that its client or a proxy gave it, else a new one.
pub(super) fn of(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(REQUEST_ID).filter(|given| is_id(given.as_bytes()));
    given.cloned().unwrap_or_else(|| {
        // Every state of the hasher is another one, and unpredictable.
        let id = format!("{:016x}", RandomState::new().hash_one(()));
        HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none"))
    })
}

/// Whether a text is fit to stand in logs.
fn is_id(text: &[u8]) -> bool {
    let fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=MAX_LENGTH).contains(&text.len()) && text.iter().all(fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_id_is_kept_if_it_can_stand_in_logs_and_each_made_one_is_new() {
        let of_given = |id: &str| of(&HeaderMap::from_iter([(REQUEST_ID, id.parse().unwrap())]));
        assert_eq!(of_given("a-1_B.c"), "a-1_B.c");
        let mut made: Vec<_> = ["", "a b", "a\"b", "{}", &"x".repeat(65)].map(of_given).to_vec();
        made.push(of(&HeaderMap::new()));
        assert!(made.iter().all(|id| id.len() == 16), "{made:?}");
        made.sort_by_key(|id| id.as_bytes().to_vec());
        made.dedup();
        assert_eq!(made.len(), 6);
    }
}
