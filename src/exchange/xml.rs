use std::borrow::Cow;
use std::cell::Cell;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::left_out::LeftOut;

/// A file of XML that is being written.
pub(super) struct Xml<W: io::Write> {
    writer: Writer<W>,
    replaced: Replaced,
}

/// How many texts held a character that no file of XML can hold.
#[derive(Default)]
pub(super) struct Replaced(Cell<usize>);

impl<W: io::Write> Xml<W> {
    /// Begins a file.
    pub(super) fn begin(to: W) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(to, b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self { writer, replaced: Replaced::default() })
    }

    /// The writer, and what makes texts fit for it.
    pub(super) fn parts(&mut self) -> (&mut Writer<W>, &Replaced) {
        (&mut self.writer, &self.replaced)
    }

    /// Ends a file.
    pub(super) fn end(self) -> io::Result<()> {
        self.writer.into_inner().write_all(b"\n")
    }
}

impl Replaced {
    /// Says in a comment what the file does not hold.
    pub(super) fn note<W: io::Write>(
        &self,
        to: &mut Writer<W>,
        mut left_out: LeftOut,
    ) -> io::Result<LeftOut> {
        left_out.count(self.0.get(), "texts' control characters, which are U+FFFD in the file");
        if !left_out.is_empty() {
            let note = format!(" not in this file: {left_out} ");
            to.write_event(Event::Comment(BytesText::from_escaped(note)))?;
        }
        Ok(left_out)
    }

    /// A text without what XML 1.0 cannot hold in any writing: most control characters, and two that are none.
    pub(super) fn fit<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.chars().all(fits) {
            return Cow::Borrowed(text);
        }
        self.0.set(self.0.get() + 1);
        Cow::Owned(text.chars().map(|c| if fits(c) { c } else { char::REPLACEMENT_CHARACTER }).collect())
    }
}

fn fits(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced_and_counted() {
        let replaced = Replaced::default();
        let table = [
            ("章丘\t\r\n&<\u{7f}𠮷", "章丘\t\r\n&<\u{7f}𠮷"),
            ("a\0b\u{1}", "a\u{fffd}b\u{fffd}"),
            ("\u{ffff}", "\u{fffd}"),
        ];
        for (text, fitting) in table {
            assert_eq!(replaced.fit(text), fitting);
        }
        assert_eq!(replaced.0.get(), 2);
    }
}
