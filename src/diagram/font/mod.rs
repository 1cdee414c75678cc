//! The font of a chart: found on the machine, measured, and checked to have every character.

mod find;
mod wrap;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;
use ttf_parser::{Face, FaceParsingError};

pub(super) use wrap::wrap;

/// Why no chart can be drawn.
#[derive(Debug, Error)]
pub enum FontError {
    /// No font of this machine has Chinese characters.
    #[error(
        "there is no font with Chinese characters on this machine; install one, such as fonts-noto-cjk on Debian, or \
         name a file with --font"
    )]
    None,
    /// The font that was asked for is not there.
    #[error(
        "there is no font \"{0}\" on this machine, neither a file nor a family; install it, or leave --font out"
    )]
    Unknown(String),
    /// A font file cannot be read.
    #[error("{file}: {cause}")]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A font file is none.
    #[error("the font \"{family}\" cannot be used: {cause}")]
    Format {
        /// The family.
        family: String,
        /// What is wrong.
        cause: FaceParsingError,
    },
    /// A character would be an empty box.
    #[error(
        "the font \"{family}\" has no \"{character}\" (U+{:04X}) for \"{text}\"; install a font that has, such as \
         fonts-noto-cjk on Debian, or name one with --font",
        u32::from(*.character)
    )]
    Character {
        /// The family.
        family: String,
        /// The character.
        character: char,
        /// The text that it stands in.
        text: String,
    },
}

/// A font file, and which of its faces.
#[derive(Clone, Debug)]
pub struct Font {
    family: String,
    data: Arc<Vec<u8>>,
    index: u32,
}

impl Font {
    /// The name of its family.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The bytes of the file, and which of its faces is meant.
    pub(super) fn source(&self) -> (&Arc<Vec<u8>>, u32) {
        (&self.data, self.index)
    }

    /// Ready to measure.
    ///
    /// # Errors
    /// [`FontError::Format`].
    pub fn metrics(&self) -> Result<Metrics<'_>, FontError> {
        let face = Face::parse(&self.data, self.index)
            .map_err(|cause| FontError::Format { family: self.family.clone(), cause })?;
        Ok(Metrics { font: self, face, glyphs: HashMap::new() })
    }
}

/// A font that measures.
pub struct Metrics<'a> {
    font: &'a Font,
    face: Face<'a>,
    glyphs: HashMap<char, Glyph>,
}

/// A character as the font draws it.
#[derive(Clone, Copy, Debug)]
pub struct Glyph {
    /// Its number in the font.
    pub id: u16,
    /// How far the next one is, in parts of the size of the text.
    pub advance: f32,
}

impl<'a> Metrics<'a> {
    /// The glyphs of a text.
    ///
    /// # Errors
    /// [`FontError::Character`] where one is missing.
    pub fn glyphs(&mut self, text: &str) -> Result<Vec<Glyph>, FontError> {
        text.chars().map(|character| self.glyph(character, text)).collect()
    }

    /// How wide a text is, in parts of its size.
    ///
    /// # Errors
    /// [`FontError::Character`] where one is missing.
    pub fn width(&mut self, text: &str) -> Result<f32, FontError> {
        text.chars().map(|character| self.glyph(character, text).map(|glyph| glyph.advance)).sum()
    }

    /// The face, to draw outlines of.
    pub(super) fn face(&self) -> &Face<'a> {
        &self.face
    }

    fn glyph(&mut self, character: char, text: &str) -> Result<Glyph, FontError> {
        if let Some(glyph) = self.glyphs.get(&character) {
            return Ok(*glyph);
        }
        let id = self.face.glyph_index(character).filter(|id| id.0 != 0);
        let id = id.ok_or_else(|| FontError::Character {
            family: self.font.family.clone(),
            character,
            text: text.to_owned(),
        })?;
        let advance = self.face.glyph_hor_advance(id).unwrap_or_default();
        let advance = f32::from(advance) / f32::from(self.face.units_per_em());
        let glyph = Glyph { id: id.0, advance };
        self.glyphs.insert(character, glyph);
        Ok(glyph)
    }
}
