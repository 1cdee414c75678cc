use async_graphql::{Pos, ServerError};

use super::MAX_NESTING;
use crate::graphql::error::{Code, coded};

/// How many bytes a text may have for each token that it may have.
const BYTES_A_TOKEN: usize = 16;

/// Walks the tokens of a text without parsing it.
///
/// # Errors
/// The place at which there are more tokens than `max_tokens`, or brackets nest too deeply; the beginning of a
/// text that is too long for so many.
pub(in crate::graphql) fn scan(text: &str, max_tokens: usize) -> Result<(), ServerError> {
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut nesting) = (0, 0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        let start = at;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at += length_while(&bytes[at..], |byte| !matches!(byte, b'\r' | b'\n'));
                continue;
            }
            b'"' => at += string_length(&bytes[at..]),
            b'{' | b'[' | b'(' => {
                nesting += 1;
                at += 1;
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                at += 1;
            }
            byte if is_of_word(*byte) => at += length_while(&bytes[at..], is_of_word),
            _ => at += 1,
        }
        tokens += 1;
        if tokens > max_tokens {
            let message = format!("the query has more than {max_tokens} tokens; ask for less at a time");
            return Err(refused(text, start, message));
        }
        if nesting > MAX_NESTING {
            let message = format!("brackets nest more deeply than {MAX_NESTING}; ask for less at a time");
            return Err(refused(text, start, message));
        }
    }
    // The parser takes its time with what is between tokens, and with long strings, too.
    let most = max_tokens.saturating_mul(BYTES_A_TOKEN);
    if text.len() > most {
        let message = format!("the query is longer than {most} bytes; give long values as variables");
        return Err(refused(text, 0, message));
    }
    Ok(())
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn length_while(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !holds(*byte)).unwrap_or(bytes.len())
}

/// How long a string is that starts here. One that does not end is read as the parser reads it: as a shorter
/// one, so that no bracket hides behind a quotation mark.
fn string_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\"\"") {
        return block_length(bytes).unwrap_or(2);
    }
    let mut at = 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            None | Some(b'\r' | b'\n') => return 1,
            Some(_) => at += 1,
        }
    }
}

fn block_length(bytes: &[u8]) -> Option<usize> {
    const MARKS: &[u8] = b"\"\"\"";
    let mut at = bytes.starts_with(MARKS).then_some(MARKS.len())?;
    loop {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        if rest.starts_with(MARKS) {
            return Some(at + MARKS.len());
        }
        at += if rest.starts_with(b"\\\"\"\"") { 4 } else { 1 };
    }
}

fn refused(text: &str, at: usize, message: String) -> ServerError {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    coded(Code::LimitExceeded, ServerError::new(message, Some(Pos { line, column })))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, max_tokens: usize) -> String {
        match scan(text, max_tokens) {
            Ok(()) => "sound".to_owned(),
            Err(e) => format!("{}:{} {}", e.locations[0].line, e.locations[0].column, e.message),
        }
    }

    #[test]
    fn tokens_are_counted_but_not_what_is_between_them() {
        assert_eq!(check("{ a, b }\n# c d e\n", 4), "sound");
        let long = "1:1 the query is longer than 64 bytes; give long values as variables";
        assert_eq!(check(&format!("{{ a, b }} #{}", "c".repeat(64)), 4), long);
        let refused = "2:3 the query has more than 3 tokens; ask for less at a time";
        assert_eq!(check("{ a\n, b }", 2), refused.replace("than 3", "than 2"));
        assert_eq!(check("{ a(b: \"} } {{ \\\" [[\") }", 8), "sound");
        assert_eq!(check("{ a(b: \"\"\" \" {{ \\\"\"\" [[ \"\"\") }", 8), "sound");
    }

    #[test]
    fn brackets_may_nest_so_deeply_and_no_deeper() {
        let nested = |n: usize| format!("{}a{}", "{ a(b: [".repeat(n), "]) }".repeat(n));
        assert_eq!(check(&nested(21), 1_000), "sound");
        assert_eq!(
            check(&nested(22), 1_000),
            "1:172 brackets nest more deeply than 64; ask for less at a time"
        );
        let hidden = format!("{{ a(b: [\"\"\" x\" {}", "[".repeat(100));
        assert!(check(&hidden, 1_000).contains("brackets nest more deeply"), "{}", check(&hidden, 1_000));
    }

    #[test]
    fn a_megabyte_of_brackets_is_refused_and_overflows_no_stack() {
        for text in ["{a", "[", "{a(b:[", "{...{", "(", "query($a:["] {
            assert_ne!(check(&text.repeat((1 << 20) / text.len()), usize::MAX), "sound");
        }
    }

    proptest! {
        /// What the parser takes for a bracket the scan takes for one too, whatever quotation marks and comments
        /// stand before it.
        #[test]
        fn no_bracket_hides_from_the_scan(parts in prop::collection::vec(
            prop::sample::select(vec![
                "\"", "\"\"\"", "\\", "\\\"", "\\\"\"\"", "#", "\n", "x", " ", "\"x\"", "\"\"\"x\"\"\"",
            ]),
            0..8,
        )) {
            let deep = format!("{{ a(b: [{} {}1{}]) }}", parts.concat(), "[".repeat(70), "]".repeat(70));
            if let Ok(document) = parse_query(&deep) {
                let nesting = format!("{document:?}").matches("List([").count();
                prop_assert!(nesting < MAX_NESTING || scan(&deep, usize::MAX).is_err(), "{}", deep);
            }
        }
    }
}
