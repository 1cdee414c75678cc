use axum::http::{HeaderMap, HeaderValue, header};

use crate::model::Language;

/// The language that a client reads most gladly of those that names are written in; simplified Chinese where it
/// reads none of them, or does not say.
pub(super) fn preferred(headers: &HeaderMap) -> Language {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let accepted = headers.get_all(header::ACCEPT_LANGUAGE).iter().map(text).collect::<Vec<_>>().join(",");
    let mut best = (0.0, Language::default());
    for (language, quality) in accepted.split(',').filter_map(range) {
        // Of equals the first, as it is written.
        if quality > best.0 {
            best = (quality, language);
        }
    }
    best.1
}

/// A language that a range of the header means, and how gladly it is read.
fn range(text: &str) -> Option<(Language, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?.to_ascii_lowercase();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let quality = quality.map_or(Some(1.0), |text| text.parse().ok().filter(|q| (0.0..=1.0).contains(q)))?;
    let mut subtags = tag.split('-');
    let language = match subtags.next()? {
        "en" => Language::En,
        "zh" => chinese(&subtags.collect::<Vec<_>>()),
        "*" => Language::default(),
        _ => return None,
    };
    Some((language, quality))
}

/// The writing of Chinese: by its script, where none is named by its region.
fn chinese(subtags: &[&str]) -> Language {
    let names = |wanted: &[&str]| subtags.iter().any(|subtag| wanted.contains(subtag));
    let traditional = names(&["hant"]) || (!names(&["hans"]) && names(&["tw", "hk", "mo"]));
    if traditional { Language::ZhHant } else { Language::ZhHans }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_that_is_read_most_gladly() {
        let table = [
            ("", Language::ZhHans),
            ("zh", Language::ZhHans),
            ("zh-CN", Language::ZhHans),
            ("zh-Hans", Language::ZhHans),
            ("zh-Hans-HK", Language::ZhHans),
            ("zh-SG,zh;q=0.9", Language::ZhHans),
            ("zh-Hant", Language::ZhHant),
            ("ZH-TW", Language::ZhHant),
            ("zh-HK, en;q=0.8", Language::ZhHant),
            ("zh-Hant-CN", Language::ZhHant),
            ("en", Language::En),
            ("en-GB,en;q=0.9,zh-CN;q=0.8", Language::En),
            ("en;q=0.5, zh-TW;q=0.7", Language::ZhHant),
            ("en;q=0.8,zh;q=0.8", Language::En),
            ("de, fr;q=0.9", Language::ZhHans),
            ("de, en;q=0.1", Language::En),
            ("*", Language::ZhHans),
            ("en;q=0, zh-TW;q=0.1", Language::ZhHant),
            ("en;q=NaN", Language::ZhHans),
            ("en;q=2, zh-TW", Language::ZhHant),
            ("en;q=x", Language::ZhHans),
            (";;,,=", Language::ZhHans),
        ];
        for (accepted, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(accepted).unwrap());
            assert_eq!(preferred(&headers), expected, "{accepted}");
        }
        assert_eq!(preferred(&HeaderMap::new()), Language::ZhHans);
    }
}
