use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::outline::{OutlineGlyphCollection, OutlinePen};
use skrifa::raw::{FontRef, ReadError, TableProvider};
use skrifa::{GlyphId, MetadataProvider};

/// A face of a font file: which characters it has, how wide they are and how they are drawn.
///
/// Its fonts are drawn as they are, without hints and without the axes of variable ones.
pub(in crate::diagram) struct Face<'a> {
    characters: Charmap<'a>,
    advances: GlyphMetrics<'a>,
    outlines: OutlineGlyphCollection<'a>,
    units_per_em: u16,
}

impl<'a> Face<'a> {
    /// # Errors
    /// What is wrong with the file, or that it has no such face.
    pub(super) fn parsed(data: &'a [u8], index: u32) -> Result<Self, ReadError> {
        let font = FontRef::from_index(data, index)?;
        let units_per_em = font.head()?.units_per_em();
        if units_per_em == 0 {
            return Err(ReadError::MalformedData("an em of no units"));
        }
        Ok(Self {
            characters: font.charmap(),
            advances: font.glyph_metrics(Size::unscaled(), LocationRef::default()),
            outlines: font.outline_glyphs(),
            units_per_em,
        })
    }

    /// The glyph by which it shows a character; `None` where it has none, or an empty one, as fonts of coloured pictures do.
    pub(super) fn shows(&self, character: char) -> Option<u16> {
        let glyph =
            u16::try_from(self.characters.map(character)?.to_u32()).ok().filter(|glyph| *glyph != 0)?;
        let mut mark = Mark(false);
        (character.is_whitespace() || self.draw(glyph, &mut mark) && mark.0).then_some(glyph)
    }

    /// How far the next glyph is, in parts of the size of the text.
    pub(super) fn advance(&self, glyph: u16) -> f32 {
        let units = self.advances.advance_width(GlyphId::from(glyph)).unwrap_or_default();
        units / f32::from(self.units_per_em)
    }

    /// Into how many units of an outline the size of a text is parted.
    pub(in crate::diagram) fn units_per_em(&self) -> u16 {
        self.units_per_em
    }

    /// Draws the outline of a glyph, in units; `false` where it has none, or one that cannot be read.
    pub(in crate::diagram) fn draw(&self, glyph: u16, pen: &mut impl OutlinePen) -> bool {
        let outline = self.outlines.get(GlyphId::from(glyph));
        outline.is_some_and(|outline| outline.draw((Size::unscaled(), LocationRef::default()), pen).is_ok())
    }
}

/// Whether anything is drawn.
struct Mark(bool);

impl OutlinePen for Mark {
    fn move_to(&mut self, _: f32, _: f32) {}

    fn line_to(&mut self, _: f32, _: f32) {
        self.0 = true;
    }

    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        self.0 = true;
    }

    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        self.0 = true;
    }

    fn close(&mut self) {}
}
