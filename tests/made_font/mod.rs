//! Fonts made up for tests, so that charts are the same on every machine, whatever fonts it has: for each character a box,
//! an em wide, or half of one where Latin letters stand.

use std::ops::RangeInclusive;

use skrifa::raw::tables::glyf::CurvePoint;
use write_fonts::FontBuilder;
use write_fonts::tables::cmap::Cmap;
use write_fonts::tables::glyf::{GlyfLocaBuilder, Glyph, SimpleGlyph};
use write_fonts::tables::head::Head;
use write_fonts::tables::hhea::Hhea;
use write_fonts::tables::hmtx::{Hmtx, LongMetric};
use write_fonts::tables::maxp::Maxp;
use write_fonts::tables::name::{Name, NameRecord};
use write_fonts::tables::post::Post;
use write_fonts::types::{FWord, GlyphId, NameId, UfWord, Version16Dot16};

/// What a font for Chinese has: Latin, signs, and Chinese characters of the first plane.
pub(crate) const CHINESE: &[RangeInclusive<char>] = &[
    ' '..='~',
    '\u{a0}'..='\u{24f}',
    '\u{2010}'..='\u{2027}',
    '\u{2030}'..='\u{205e}',
    '\u{2190}'..='\u{25ff}',
    '\u{3000}'..='\u{9fff}',
    '\u{ff00}'..='\u{ffef}',
];

/// Parts of an em.
const EM: u16 = 1000;

/// The file of a font of a family that has these characters.
pub(crate) fn made_font(family: &str, characters: &[RangeInclusive<char>]) -> Vec<u8> {
    let characters: Vec<char> = characters.iter().cloned().flatten().collect();
    let mut outlines = GlyfLocaBuilder::new();
    // The first glyph is for whatever the font lacks.
    let mut advances = vec![LongMetric::new(EM, 0)];
    outlines.add_glyph(&Glyph::Empty).unwrap();
    for character in &characters {
        let width = if *character < '\u{2e80}' { EM / 2 } else { EM };
        let outline = if character.is_whitespace() { Glyph::Empty } else { Glyph::Simple(drawn(width)) };
        outlines.add_glyph(&outline).unwrap();
        advances.push(LongMetric::new(width, 0));
    }
    let count = u16::try_from(advances.len()).unwrap();
    let glyphs = characters.iter().copied().zip((1..).map(GlyphId::new));
    let (outlines, places, format) = outlines.build();
    let name = |id: NameId| NameRecord::new(3, 1, 0x409, id, family.to_owned().into());
    let mut font = FontBuilder::new();
    font.add_table(&Head {
        units_per_em: EM,
        x_max: EM as i16,
        y_max: EM as i16,
        index_to_loc_format: format as i16,
        ..Head::default()
    })
    .unwrap();
    font.add_table(&Hhea {
        ascender: FWord::new(880),
        descender: FWord::new(-120),
        advance_width_max: UfWord::new(EM),
        number_of_h_metrics: count,
        ..Hhea::default()
    })
    .unwrap();
    font.add_table(&Post { version: Version16Dot16::VERSION_3_0, ..Post::default() }).unwrap();
    font.add_table(&Maxp::new(count)).unwrap();
    font.add_table(&Hmtx::new(advances, Vec::new())).unwrap();
    font.add_table(&Cmap::from_mappings(glyphs).unwrap()).unwrap();
    font.add_table(&outlines).unwrap();
    font.add_table(&places).unwrap();
    font.add_table(&Name::new(vec![name(NameId::FAMILY_NAME), name(NameId::POSTSCRIPT_NAME)])).unwrap();
    font.build()
}

/// A box that leaves a tenth of an em at both sides.
fn drawn(width: u16) -> SimpleGlyph {
    let (left, right) = (EM as i16 / 10, width as i16 - EM as i16 / 10);
    let corners = [(left, 0), (left, 800), (right, 800), (right, 0)];
    let corners: Vec<_> = corners.into_iter().map(|(x, y)| CurvePoint::on_curve(x, y)).collect();
    let mut glyph = SimpleGlyph { contours: vec![corners.into()], ..SimpleGlyph::default() };
    glyph.recompute_bounding_box();
    glyph
}
