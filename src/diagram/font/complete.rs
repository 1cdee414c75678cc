use std::collections::BTreeSet;

use fontdb::Database;

use super::{Face, Font, FontError, is_silent};
use crate::diagram::Chart;

impl Font {
    /// The font with every character of a chart: other fonts of this machine lend what it lacks.
    ///
    /// # Errors
    /// [`FontError::Character`] where no font of this machine has one of them, with the organisation in whose name it is.
    pub fn completed_for(self, chart: &Chart) -> Result<Self, FontError> {
        let lacking = self.lacking(chart)?;
        if lacking.is_empty() {
            return Ok(self);
        }
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        self.completed_from(chart, &lacking, &fonts)
    }

    fn completed_from(self, chart: &Chart, lacking: &[char], fonts: &Database) -> Result<Self, FontError> {
        let family = self.family().to_owned();
        let completed = self.lent(lacking, fonts);
        let Some(character) = completed.lacking(chart)?.first().copied() else { return Ok(completed) };
        let place = chart.boxes.iter().find_map(|drawn| {
            let text = drawn.text().into_iter().find(|text| text.contains(character))?;
            Some((text, drawn.id.clone()))
        });
        let (text, organization) = place.unwrap_or_else(|| (chart.title.clone(), None));
        let of = organization.map_or_else(String::new, |id| format!(" of {id}"));
        Err(FontError::Character { family, character, text, of, remedy: remedy(character) })
    }

    /// The characters of a chart for which no face of the font has a glyph, each once.
    fn lacking(&self, chart: &Chart) -> Result<Vec<char>, FontError> {
        let faces = self.faces.iter().map(super::FontFace::parsed).collect::<Result<Vec<Face<'_>>, _>>()?;
        let mut characters: BTreeSet<char> = chart.heading().chars().collect();
        characters.extend(chart.coverage.iter().flat_map(|indicator| indicator.chars()));
        for drawn in &chart.boxes {
            characters.extend(drawn.text().iter().flat_map(|text| text.chars()));
        }
        let lacks = |character: &char| faces.iter().all(|face| face.shows(*character).is_none());
        Ok(characters.into_iter().filter(|character| !is_silent(*character) && lacks(character)).collect())
    }
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
    use crate::diagram::{ChartBox, Flow, Paper, Theme, pdf, png, sketch, svg};

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
    fn a_character_that_no_font_has_is_named_with_its_organisation_and_what_to_install() {
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
            let chart = named(&format!("甲{character}公司"));
            let lacking = font.lacking(&chart).unwrap();
            assert_eq!(lacking, [character]);
            let refused = font.clone().completed_from(&chart, &lacking, &fonts).unwrap_err().to_string();
            for part in ["font \"甲体\"", code, "\"甲", "of ent-1", install] {
                assert!(refused.contains(part), "{part}: {refused}");
            }
        }
    }

    #[test]
    fn a_character_is_drawn_by_the_font_that_has_it_in_every_format() {
        let fonts = of(&[("甲体", CHINESE), ("Cards", &['A'..='Z', '♠'..='♯']), ("Chess", &['♔'..='♟'])]);
        let font = Font::chosen(&fonts).unwrap();
        let chart = named("甲♞♠\u{FE0F}公司");
        let lacking = font.lacking(&chart).unwrap();
        assert_eq!(lacking, ['♞', '♠']);
        let font = font.completed_from(&chart, &lacking, &fonts).unwrap();
        assert_eq!(font.families().collect::<Vec<_>>(), ["甲体", "Cards", "Chess"]);
        let drawn = sketch(&chart, &font, Flow::TopDown).unwrap();
        let written = svg(&drawn, &font, Theme::Print, "#");
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
