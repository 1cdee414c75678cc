use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::refusal::Refusal;

/// A media type in which requests are answered; always in UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum AnswerType {
    /// `application/json`, of clients that know no other: a request that can be read is answered by 200,
    /// whatever became of it.
    #[default]
    Json,
    /// `application/graphql-response+json`: the status says whether the request was executed.
    GraphqlResponse,
}

impl AnswerType {
    /// The media type as a header has it.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        })
    }

    /// The media type that a client accepts most gladly.
    ///
    /// Where it accepts both equally, the newer one if it names that, else `application/json`: `*/*` is what
    /// clients send that have never heard of the newer one.
    ///
    /// # Errors
    /// 406 where it accepts neither.
    pub(super) fn negotiate(headers: &HeaderMap) -> Result<Self, Refusal> {
        let accept = accept(headers);
        if accept.trim_matches([' ', ',']).is_empty() {
            return Ok(Self::Json);
        }
        let ranges: Vec<_> = accept.split(',').filter_map(Range::read).collect();
        let json = Range::best(&ranges, "json");
        let newer = Range::best(&ranges, "graphql-response+json");
        if newer.quality > 0.0 && (newer.quality, newer.specificity == 2) > (json.quality, false) {
            Ok(Self::GraphqlResponse)
        } else if json.quality > 0.0 {
            Ok(Self::Json)
        } else {
            Err(Refusal::new(
                StatusCode::NOT_ACCEPTABLE,
                "answers are application/graphql-response+json or application/json in UTF-8, or \
                 text/event-stream; accept one of them",
            ))
        }
    }
}

/// Whether a client accepts server-sent events. It has to name them: others would wait for the end of an answer.
pub(super) fn accepts_events(headers: &HeaderMap) -> bool {
    let named = |range: Range<'_>| {
        range.quality > 0.0
            && range.main.eq_ignore_ascii_case("text")
            && range.sub.eq_ignore_ascii_case("event-stream")
    };
    accept(headers).split(',').filter_map(Range::read).any(named)
}

fn accept(headers: &HeaderMap) -> String {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    headers.get_all(header::ACCEPT).iter().map(text).collect::<Vec<_>>().join(",")
}

/// A range of media types that a client accepts.
#[derive(Clone, Copy, Debug)]
struct Range<'a> {
    main: &'a str,
    sub: &'a str,
    quality: f32,
}

/// How gladly a media type is accepted, and how closely it is named: 0 by `*/*` to 2 in full.
#[derive(Clone, Copy, Debug)]
struct Acceptance {
    quality: f32,
    specificity: u8,
}

impl<'a> Range<'a> {
    /// One range of an `Accept` header; none where it is malformed or asks for another encoding.
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (main, sub) = parts.next()?.split_once('/')?;
        let mut quality = 1.0;
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            if name.eq_ignore_ascii_case("q") {
                quality = value.parse().ok().filter(|q| (0.0..=1.0).contains(q))?;
            } else if name.eq_ignore_ascii_case("charset") && !is_utf8(value) {
                return None;
            }
        }
        Some(Self { main, sub, quality })
    }

    /// What the closest of some ranges says of `application/{sub}`.
    fn best(ranges: &[Self], sub: &str) -> Acceptance {
        let of = |range: &Self| {
            let specificity = match (range.main, range.sub) {
                ("*", "*") => 0,
                (main, "*") if main.eq_ignore_ascii_case("application") => 1,
                (main, named)
                    if main.eq_ignore_ascii_case("application") && named.eq_ignore_ascii_case(sub) =>
                {
                    2
                }
                _ => return None,
            };
            Some(Acceptance { quality: range.quality, specificity })
        };
        let none = Acceptance { quality: 0.0, specificity: 0 };
        ranges.iter().filter_map(of).max_by_key(|found| found.specificity).unwrap_or(none)
    }
}

/// Refuses a body that is not JSON in UTF-8.
///
/// # Errors
/// 415, also where the media type is missing: a page of another site can send that without being asked.
pub(super) fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = given.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let mut parameters = parts.filter_map(|part| part.split_once('='));
    let other_encoding =
        parameters.any(|(name, value)| name.eq_ignore_ascii_case("charset") && !is_utf8(value));
    if is_json && !other_encoding {
        return Ok(());
    }
    let message =
        format!("the body is \"{given}\"; send application/json in UTF-8 and say so in Content-Type");
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiate(accept: &str) -> Option<AnswerType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        AnswerType::negotiate(&headers).ok()
    }

    #[test]
    fn the_answer_type_is_the_one_that_is_accepted_most_gladly() {
        let json = Some(AnswerType::Json);
        let newer = Some(AnswerType::GraphqlResponse);
        let table = [
            ("", json),
            ("*/*", json),
            ("application/*", json),
            ("application/json", json),
            ("Application/JSON; charset=\"UTF-8\"", json),
            ("application/graphql-response+json", newer),
            ("application/graphql-response+json; charset=utf-8", newer),
            ("application/graphql-response+json, application/json", newer),
            ("application/json, application/graphql-response+json", newer),
            ("application/json, application/graphql-response+json;q=0.9", json),
            ("application/json;q=0.9, application/graphql-response+json", newer),
            ("application/json;q=0.5, */*", newer),
            ("application/graphql-response+json, application/json;q=0.9, */*;q=0.1", newer),
            ("text/html, application/xhtml+xml, */*;q=0.8", json),
            ("application/json;q=0, */*", newer),
            ("application/graphql-response+json;q=0, */*", json),
            ("application/json;q=0", None),
            ("application/json; charset=utf-16", None),
            ("text/html", None),
            ("application/xml;q=0.9, image/*", None),
            ("nonsense", None),
        ];
        for (accept, expected) in table {
            assert_eq!(negotiate(accept), expected, "{accept}");
        }
    }
}
