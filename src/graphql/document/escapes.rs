use std::borrow::Cow;

use async_graphql::{Pos, ServerError};
use memchr::memmem;

use crate::graphql::error::{Code, coded};

/// The one escape of block strings.
const MARKS_ESCAPED: &str = "\\\"\"\"";

/// Writes `\u{…}` and surrogate pairs in strings as the characters that they mean.
///
/// The parser of async-graphql 8.0.0-rc.5 knows `\uXXXX` alone, and refuses the other escapes of the specification; in block
/// strings it leaves `\"""` as it is.
///
/// # Errors
/// The place of an escape that means no character.
pub(in crate::graphql) fn plain_escapes(text: &str) -> Result<Cow<'_, str>, ServerError> {
    if memmem::find(text.as_bytes(), b"\\u").is_none() && !text.contains(MARKS_ESCAPED) {
        return Ok(text.into());
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '"' if rest.starts_with("\"\"\"") => {
                let length = block_length(rest);
                match rest[..length].strip_prefix("\"\"\"").and_then(|block| block.strip_suffix("\"\"\"")) {
                    Some(block) if block.contains(MARKS_ESCAPED) => {
                        plain.push('"');
                        block_value(block).chars().for_each(|character| push(character, &mut plain));
                        plain.push('"');
                    }
                    _ => plain.push_str(&rest[..length]),
                }
                rest = &rest[length..];
                continue;
            }
            '"' => {
                let length = string_length(rest);
                let before = text.len() - rest.len();
                decode(&rest[..length], &mut plain).map_err(|at| meaningless(text, before + at))?;
                rest = &rest[length..];
                continue;
            }
            other => other.len_utf8(),
        };
        plain.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    Ok(plain.into())
}

/// How long a block string is; it has no escapes but that of its own marks.
fn block_length(text: &str) -> usize {
    let mut at = 3;
    loop {
        let Some(end) = text[at..].find("\"\"\"") else { return text.len() };
        let is_escaped = text[..at + end].ends_with('\\');
        at += end + 3;
        if !is_escaped {
            return at;
        }
    }
}

/// BlockStringValue of the specification: lines without the indentation that all but the first share.
fn block_value(block: &str) -> String {
    let text = block.replace(MARKS_ESCAPED, "\"\"\"").replace("\r\n", "\n").replace('\r', "\n");
    let indentation = |line: &str| line.find(|c| c != ' ' && c != '\t');
    let common = text.split('\n').skip(1).filter_map(indentation).min().unwrap_or(0);
    let lines = text.split('\n').enumerate();
    let lines: Vec<_> = lines
        .map(|(number, line)| if number == 0 { line } else { line.get(common..).unwrap_or_default() })
        .collect();
    let has_text = |line: &&str| indentation(line).is_some();
    let first = lines.iter().position(has_text).unwrap_or(lines.len());
    let end = lines.iter().rposition(has_text).map_or(first, |last| last + 1);
    lines[first..end].join("\n")
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'\n' | b'\r' => return at,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Writes a string with the escapes that the parser knows; the place of one that means no character is the error.
fn decode(string: &str, plain: &mut String) -> Result<(), usize> {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &string.as_bytes()[at..]) {
        let escape = at + found;
        plain.push_str(&string[at..escape]);
        let rest = &string[escape..];
        let Some(unicode) = rest.strip_prefix("\\u") else {
            // Whatever is escaped, it begins no escape itself.
            let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            plain.push_str(&rest[..length]);
            at = escape + length;
            continue;
        };
        let (character, length) = match unicode.strip_prefix('{') {
            Some(digits) => {
                let end = digits.find('}').ok_or(escape)?;
                (hexadecimal(&digits[..end]).and_then(char::from_u32), end + 4)
            }
            None => four_digits(unicode),
        };
        push(character.ok_or(escape)?, plain);
        at = escape + length;
    }
    plain.push_str(&string[at..]);
    Ok(())
}

/// The character of `XXXX`, or of `XXXX\uXXXX` where these are a surrogate pair, and the length of the whole escape.
fn four_digits(text: &str) -> (Option<char>, usize) {
    let unit = |text: &str| u16::try_from(hexadecimal(text.get(..4)?)?).ok();
    let Some(first) = unit(text) else { return (None, 2) };
    let second = text[4..].strip_prefix("\\u").and_then(unit);
    let mut characters = char::decode_utf16([Some(first), second].into_iter().flatten());
    let character = characters.next().and_then(Result::ok);
    (character, if (0xD800..0xDC00).contains(&first) { 12 } else { 6 })
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let are_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = digits.trim_start_matches('0');
    // More than seven digits are no character.
    (are_digits && digits.len() < 8).then(|| u32::from_str_radix(&format!("0{digits}"), 16).ok())?
}

fn push(character: char, plain: &mut String) {
    if character.is_control() || matches!(character, '"' | '\\') {
        plain.push_str(&format!("\\u{:04X}", u32::from(character)));
    } else {
        plain.push(character);
    }
}

fn meaningless(text: &str, at: usize) -> ServerError {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let message = "this escape means no character; write \\u{…} with the number of a character, or a whole surrogate pair";
    coded(Code::GraphqlParseFailed, ServerError::new(message, Some(Pos { line, column })))
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::Selection;
    use proptest::prelude::*;

    use super::*;

    /// What the parser reads of a string literal, or the place of what it cannot.
    fn read(literal: &str) -> String {
        let text = format!("{{ a(b: {literal}) }}");
        let plain = match plain_escapes(&text) {
            Ok(plain) => plain,
            Err(error) => return format!("{}:{}", error.locations[0].line, error.locations[0].column),
        };
        let document = parse_query(plain).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else { panic!() };
        match &field.node.arguments[0].1.node.clone().into_const().unwrap() {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    #[test]
    fn escapes_mean_what_the_specification_says() {
        let table = [
            (r#""\u{1F600}""#, "😀"),
            (r#""\u{0001F600} \u{7AE0}丘""#, "😀 章丘"),
            (r#""\uD83D\uDE00!""#, "😀!"),
            (r#""\u7AE0\u4E18""#, "章丘"),
            (r#""\u{22}\u{5C}\u{A}\n\"\\u{41}""#, "\"\\\n\n\"\\u{41}"),
            (r#""""\u{1F600} \uD83D""""#, r"\u{1F600} \uD83D"),
            (r#""""\"""\u{41}""""#, r#""""\u{41}"#),
            ("\"\"\"\n  a\n    \\\"\"\" b\r\n\n  \t\n\"\"\"", "a\n  \"\"\" b"),
            ("\"\"\"\\\"\"\" \n  a\n b\"\"\"", "\"\"\" \n a\nb"),
            (r#""\u{110000}""#, "1:9"),
            (r#""x\u{D83D}""#, "1:10"),
            (r#""\uD83D""#, "1:9"),
            (r#""\uDE00\uD83D""#, "1:9"),
            (r#""\uD83D\u0041""#, "1:9"),
            (r#""\u{}""#, "1:9"),
            (r#""\u{1F600""#, "1:9"),
            (r#""\u00G0""#, "1:9"),
        ];
        for (literal, expected) in table {
            assert_eq!(read(literal), expected, "{literal}");
        }
    }

    proptest! {
        /// Any text, written with any escapes, is read as it was.
        #[test]
        fn what_is_escaped_is_read_as_it_was(text in any::<String>(), way in prop::collection::vec(0..3_u8, 1..9)) {
            let mut literal = "\"".to_owned();
            for (character, way) in text.chars().zip(way.iter().cycle()) {
                match way {
                    0 => literal.push_str(&format!("\\u{{{:x}}}", u32::from(character))),
                    1 => {
                        let mut units = [0; 2];
                        character.encode_utf16(&mut units).iter().for_each(|unit| literal.push_str(&format!("\\u{unit:04X}")));
                    }
                    _ => push(character, &mut literal),
                }
            }
            literal.push('"');
            prop_assert_eq!(read(&literal), text);
        }

        /// Whatever text comes, it ends, and without escapes it stays.
        #[test]
        fn a_text_without_escapes_stays(text in "[a\"\\\\u{}#\n0-9 é]{0,40}") {
            if let Ok(plain) = plain_escapes(&text) {
                prop_assert!(text.contains("\\u") || plain == text);
            }
        }
    }
}
