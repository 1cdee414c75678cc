//! The font of a chart: found on the machine, measured, and checked to have every character.

mod complete;
mod face;
mod find;
#[cfg(test)]
#[path = "../../../tests/made_font/mod.rs"]
mod made_font;
mod wrap;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use skrifa::raw::ReadError;
use thiserror::Error;

use crate::work::Stopped;
pub use complete::MissingCharacter;
use face::Face;

use crate::model::is_invisible;

pub(super) use wrap::wrap;

/// Why no chart can be drawn.
#[derive(Debug, Error)]
pub enum FontError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
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
        cause: ReadError,
    },
    /// The program's own words cannot be written.
    #[error(
        "neither the font \"{family}\" nor another of this machine has \"{character}\" (U+{:04X}), which \"{text}\" \
         needs; install a font that has, such as {remedy}",
        u32::from(*.character)
    )]
    Character {
        /// The family.
        family: String,
        /// The character.
        character: char,
        /// The text that it stands in.
        text: String,
        /// What to install.
        remedy: &'static str,
    },
}

/// What a chart is written with: a font, and others that lend what it lacks.
#[derive(Clone, Debug)]
pub struct Font {
    faces: Vec<FontFace>,
}

/// A font file, and which of its faces.
#[derive(Clone, Debug)]
pub(super) struct FontFace {
    family: String,
    data: Arc<Vec<u8>>,
    index: u32,
}

impl Font {
    /// The name of its family.
    pub fn family(&self) -> &str {
        self.families().next().unwrap_or_default()
    }

    /// The names of its family and of those that lend to it.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.faces.iter().map(|face| face.family.as_str())
    }

    /// A font that has a name and nothing to draw with.
    #[cfg(test)]
    pub(super) fn named(family: &str) -> Self {
        Self { faces: vec![FontFace { family: family.to_owned(), data: Arc::default(), index: 0 }] }
    }

    /// The faces; glyphs name theirs by its place among them.
    pub(super) fn faces(&self) -> &[FontFace] {
        &self.faces
    }

    /// Ready to measure.
    ///
    /// # Errors
    /// [`FontError::Format`].
    pub fn metrics(&self) -> Result<Metrics<'_>, FontError> {
        let faces = self.faces.iter().map(FontFace::parsed).collect::<Result<_, _>>()?;
        Ok(Metrics { font: self, faces, glyphs: HashMap::new() })
    }
}

impl FontFace {
    /// The name of its family.
    pub(super) fn family(&self) -> &str {
        &self.family
    }

    /// The bytes of the file, and which of its faces is meant.
    pub(super) fn source(&self) -> (&Arc<Vec<u8>>, u32) {
        (&self.data, self.index)
    }

    fn parsed(&self) -> Result<Face<'_>, FontError> {
        Face::parsed(&self.data, self.index)
            .map_err(|cause| FontError::Format { family: self.family.clone(), cause })
    }
}

/// A font that measures.
pub struct Metrics<'a> {
    font: &'a Font,
    faces: Vec<Face<'a>>,
    glyphs: HashMap<char, Glyph>,
}

/// A character as the font draws it.
#[derive(Clone, Copy, Debug)]
pub struct Glyph {
    /// The face that draws it.
    pub face: usize,
    /// Its number in that face.
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

    /// A face, to draw outlines of.
    pub(super) fn face(&self, number: usize) -> &Face<'a> {
        &self.faces[number]
    }

    fn glyph(&mut self, character: char, text: &str) -> Result<Glyph, FontError> {
        if let Some(glyph) = self.glyphs.get(&character) {
            return Ok(*glyph);
        }
        // What is never seen takes the place of nothing, so that texts and glyphs stay in step.
        let drawn = if is_invisible(character) { ' ' } else { character };
        let found =
            self.faces.iter().enumerate().find_map(|(number, face)| Some((number, face.shows(drawn)?)));
        let (number, id) = found.ok_or_else(|| FontError::Character {
            family: self.font.family().to_owned(),
            character,
            text: text.to_owned(),
            remedy: complete::remedy(character),
        })?;
        let advance = if drawn == character { self.faces[number].advance(id) } else { 0.0 };
        let glyph = Glyph { face: number, id, advance };
        self.glyphs.insert(character, glyph);
        Ok(glyph)
    }
}
