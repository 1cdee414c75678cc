use std::collections::BTreeSet;
use std::fmt;

use fontdb::Database;

use super::{Face, Font, FontError};
use crate::diagram::Chart;
use crate::model::is_invisible;

/// A character that no font of this machine has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingCharacter {
    /// The character.
    pub character: char,
    /// The first text that holds it.
    pub text: String,
    /// The organisation that the text is said of, if it is of one.
    pub organization: Option<String>,
    /// What is drawn in its place.
    pub drawn_as: String,
}

impl fmt::Display for MissingCharacter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { character, text, organization, drawn_as } = self;
        let code = u32::from(*character);
        write!(f, "no font of this machine has \"{character}\" (U+{code:04X}), which \"{text}\"")?;
        organization.iter().try_for_each(|id| write!(f, " of {id}"))?;
        let install = remedy(*character);
        write!(f, " needs: drawn as {drawn_as}; install a font that has, such as {install}")
    }
}

/// Signs that stand for a character that cannot be drawn, the one that says so best first.
const REPLACEMENTS: [char; 3] = ['\u{FFFD}', '□', '?'];

impl Font {
    /// The font with every character of a chart: other fonts of this machine lend what it lacks.
    ///
    /// What none of them has is replaced in the chart by a sign with its code, and named in a note.
    ///
    /// # Errors
    /// [`FontError::Format`].
    pub fn completed_for(self, chart: &mut Chart) -> Result<(Self, Vec<MissingCharacter>), FontError> {
        let lacking = self.lacking(chart)?;
        if lacking.is_empty() {
            return Ok((self, Vec::new()));
        }
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        self.completed_from(chart, &lacking, &fonts)
    }

    fn completed_from(
        self,
        chart: &mut Chart,
        lacking: &[char],
        fonts: &Database,
    ) -> Result<(Self, Vec<MissingCharacter>), FontError> {
        let completed = self.lent(lacking, fonts)?;
        let lacking = completed.lacking(chart)?;
        if lacking.is_empty() {
            return Ok((completed, Vec::new()));
        }
        let faces = completed.parsed_faces()?;
        let shown = |sign: &char| faces.iter().any(|face| face.shows(*sign).is_some());
        let sign = REPLACEMENTS.into_iter().find(shown).unwrap_or('?');
        let missing: Vec<_> = lacking.iter().map(|character| missing(chart, *character, sign)).collect();
        chart.for_each_text(|text| {
            for MissingCharacter { character, drawn_as, .. } in &missing {
                if text.contains(*character) {
                    *text = text.replace(*character, drawn_as);
                }
            }
        });
        chart.notes.push(format!("{} 个字符没有字体可用，以 {sign} 和编码代替", missing.len()));
        Ok((completed, missing))
    }

    /// The characters of a chart for which no face of the font has a glyph, each once.
    fn lacking(&self, chart: &Chart) -> Result<Vec<char>, FontError> {
        let faces = self.parsed_faces()?;
        let heading = chart.heading();
        let characters: BTreeSet<char> =
            chart.texts().chain([heading.as_str()]).flat_map(str::chars).collect();
        let lacks = |character: &char| faces.iter().all(|face| face.shows(*character).is_none());
        Ok(characters.into_iter().filter(|character| !is_invisible(*character) && lacks(character)).collect())
    }

    fn parsed_faces(&self) -> Result<Vec<Face<'_>>, FontError> {
        self.faces.iter().map(super::FontFace::parsed).collect()
    }
}

/// Where a character stands first in a chart, and what is drawn in its place.
fn missing(chart: &Chart, character: char, sign: char) -> MissingCharacter {
    let place = chart.boxes.iter().find_map(|drawn| {
        let text = drawn.text().into_iter().find(|text| text.contains(character))?;
        Some((text, drawn.id.clone()))
    });
    let (text, organization) = place.unwrap_or_else(|| (chart.title.clone(), None));
    let drawn_as = format!("{sign}[U+{:04X}]", u32::from(character));
    MissingCharacter { character, text, organization, drawn_as }
}

/// What to install for a character.
pub(super) fn remedy(character: char) -> &'static str {
    match u32::from(character) {
        0x2_0000..=0x3_FFFF => "fonts-babelstone-han or fonts-hanazono on Debian",
        0x2E80..=0x9FFF | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0xFE30..=0xFFEF => "fonts-noto-cjk on Debian",
        0x2000..=0x2BFF | 0x1_F000..=0x1_FAFF => "fonts-symbola on Debian",
        0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF => "the one for which this private character was made",
        _ => "fonts-noto-core on Debian",
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::super::made_font::{CHINESE, made_font};
    use super::*;
    use crate::diagram::{ChartBox, Flow, Links, Paper, Theme, pdf, png, sketch, svg};

    fn named(name: &str) -> Chart {
        Chart {
            title: "章丘区 · 层级图".to_owned(),
            boxes: vec![ChartBox::named(Some("ent-1".to_owned()), name.to_owned())],
            ..Chart::default()
        }
    }

    fn of(fonts: &[(&str, &[RangeInclusive<char>])]) -> Database {
        let mut database = Database::new();
        fonts.iter().for_each(|(family, characters)| database.load_font_data(made_font(family, characters)));
        database
    }

    #[test]
    fn a_character_that_no_font_has_is_drawn_by_its_code_and_named_with_what_to_install() {
        let fonts = of(&[("甲体", CHINESE)]);
        let font = Font::chosen(&fonts).unwrap();
        let table = [
            ('\u{3FFFD}', "U+3FFFD", "fonts-hanazono"),
            ('\u{FA0E}', "U+FA0E", "fonts-noto-cjk"),
            ('\u{1FAFE}', "U+1FAFE", "fonts-symbola"),
            ('\u{EFFFD}', "U+EFFFD", "fonts-noto-core"),
            ('\u{10FFFD}', "U+10FFFD", "private character"),
        ];
        for (character, code, install) in table {
            let mut chart = named(&format!("甲{character}公司"));
            let lacking = font.lacking(&chart).unwrap();
            if is_invisible(character) {
                assert!(lacking.is_empty());
                continue;
            }
            assert_eq!(lacking, [character]);
            let (font, missing) = font.clone().completed_from(&mut chart, &lacking, &fonts).unwrap();
            let warning = missing[0].to_string();
            for part in [code, "\"甲", "of ent-1", install] {
                assert!(missing.len() == 1 && warning.contains(part), "{part}: {warning}");
            }
            assert!(chart.boxes[0].name.contains(&format!("[{code}]")), "{}", chart.boxes[0].name);
            let written =
                svg(&sketch(&chart, &font, Flow::TopDown).unwrap(), &font, Theme::Print, &Links::default());
            assert!(written.contains(code) && written.contains("1 个字符没有字体可用"), "{written}");
            assert!(!written.contains(character), "{written}");
            assert!(pdf(&chart, &font, Flow::TopDown, Paper::A4, None).unwrap().starts_with(b"%PDF-"));
        }
    }

    #[test]
    fn a_character_is_drawn_by_the_font_that_has_it_in_every_format() {
        let fonts = of(&[("甲体", CHINESE), ("Cards", &['A'..='Z', '♠'..='♯']), ("Chess", &['♔'..='♟'])]);
        let font = Font::chosen(&fonts).unwrap();
        let mut chart = named("甲♞♠\u{FE0F}公司");
        let lacking = font.lacking(&chart).unwrap();
        assert_eq!(lacking, ['♞', '♠']);
        let (font, missing) = font.completed_from(&mut chart, &lacking, &fonts).unwrap();
        assert_eq!(missing, []);
        assert_eq!(font.families().collect::<Vec<_>>(), ["甲体", "Cards", "Chess"]);
        let drawn = sketch(&chart, &font, Flow::TopDown).unwrap();
        let written = svg(&drawn, &font, Theme::Print, &Links::default());
        for family in font.families() {
            assert!(written.contains(family), "{family}: {written}");
        }
        assert!(pdf(&chart, &font, Flow::TopDown, Paper::A4, None).unwrap().starts_with(b"%PDF-"));
        let picture = png(&drawn, &font, Theme::Print, None).unwrap();
        let without = named("甲公司");
        let without = sketch(&without, &font, Flow::TopDown).unwrap();
        assert!(picture.len() > png(&without, &font, Theme::Print, None).unwrap().len());
    }

    #[test]
    fn the_font_that_prints_best_is_chosen_and_else_one_that_has_the_characters() {
        const LATIN: &[RangeInclusive<char>] = &['!'..='~', '●'..='●'];
        let check = |fonts: &[(&str, &[RangeInclusive<char>])], chosen: Option<&str>| {
            let found = Font::chosen(&of(fonts)).ok();
            assert_eq!(found.as_ref().map(Font::family), chosen);
        };
        check(
            &[("SimSun", CHINESE), ("Noto Sans CJK SC", CHINESE), ("SimHei", CHINESE)],
            Some("Noto Sans CJK SC"),
        );
        check(&[("Latin", LATIN), ("乙体", CHINESE), ("SimHei", CHINESE)], Some("SimHei"));
        check(&[("Latin", LATIN), ("乙体", CHINESE)], Some("乙体"));
        check(&[("Latin", LATIN)], None);
    }

    #[test]
    fn a_machine_without_a_chinese_font_says_what_to_install() {
        let refused = Font::chosen(&Database::new()).unwrap_err().to_string();
        assert!(refused.contains("no font with Chinese characters") && refused.contains("fonts-noto-cjk"));
    }
}
