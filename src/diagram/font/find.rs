use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fontdb::{Database, FaceInfo, Family, Query, Source, Style};

use super::{Face, Font, FontError, FontFace};
use crate::work::check;

/// Families with Chinese characters, the ones that print best first.
const FAMILIES: [&str; 16] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "思源黑体",
    "PingFang SC",
    "Microsoft YaHei",
    "微软雅黑",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Heiti SC",
    "Droid Sans Fallback",
    "Noto Serif CJK SC",
    "SimSun",
    "AR PL UMing CN",
];

/// Characters that a font for charts has.
const NEEDED: [char; 4] = ['汉', '漢', 'A', '●'];

impl Font {
    /// Finds a font: the file or family that is asked for, else the first on this machine with Chinese characters.
    ///
    /// # Errors
    /// [`FontError`] where there is none.
    pub fn find(wanted: Option<&str>) -> Result<Self, FontError> {
        let mut fonts = Database::new();
        if let Some(name) = wanted {
            if Path::new(name).is_file() {
                fonts.load_font_file(name).map_err(|cause| FontError::File { file: name.into(), cause })?;
                let face = fonts.faces().next().ok_or_else(|| FontError::Unknown(name.to_owned()))?;
                return Self::read(face);
            }
            fonts.load_system_fonts();
            let face = of_family(&fonts, name).ok_or_else(|| FontError::Unknown(name.to_owned()))?;
            return Self::read(face);
        }
        fonts.load_system_fonts();
        Self::chosen(&fonts)
    }

    /// The font that is taken where nobody names one.
    pub(super) fn chosen(fonts: &Database) -> Result<Self, FontError> {
        if let Some(face) = FAMILIES.iter().find_map(|family| of_family(fonts, family)) {
            return Self::read(face);
        }
        // Any other that has the characters, by name, so that the same machine gives the same chart.
        let mut faces: Vec<&FaceInfo> = fonts.faces().collect();
        faces.sort_by(|one, other| one.post_script_name.cmp(&other.post_script_name));
        let has_needed = |data: &[u8], index: u32| {
            let face = Face::parsed(data, index);
            face.is_ok_and(|face| NEEDED.iter().all(|needed| face.shows(*needed).is_some()))
        };
        let fit = faces.into_iter().find(|face| fonts.with_face_data(face.id, has_needed) == Some(true));
        Self::read(fit.ok_or(FontError::None)?)
    }

    fn read(face: &FaceInfo) -> Result<Self, FontError> {
        Ok(Self { faces: vec![FontFace::read(face)?] })
    }

    /// The font with all that others of these lend to it of the characters that it lacks; what none of them has is lacking
    /// still.
    ///
    /// # Errors
    /// [`FontError::Stopped`] where the work is cancelled.
    pub(super) fn lent(mut self, lacking: &[char], fonts: &Database) -> Result<Self, FontError> {
        let mut lacking = lacking.to_vec();
        let mut faces: Vec<&FaceInfo> = fonts.faces().filter(|face| face.style == Style::Normal).collect();
        // Plain ones first, and by name, so that the same machine gives the same chart.
        faces.sort_by_key(|face| {
            (face.monospaced, face.weight.0.abs_diff(400), face.post_script_name.clone())
        });
        let mut read: Option<(PathBuf, Arc<Vec<u8>>)> = None;
        for face in faces {
            check()?;
            if lacking.is_empty() {
                break;
            }
            // Faces of one file come one after the other, mostly.
            let data = match (&face.source, &read) {
                (Source::File(file), Some((last, data))) if file == last => Arc::clone(data),
                (Source::File(file), _) => {
                    let Ok(data) = fs::read(file).map(Arc::new) else { continue };
                    read = Some((file.clone(), Arc::clone(&data)));
                    data
                }
                (Source::Binary(data), _) => Arc::new(data.as_ref().as_ref().to_vec()),
            };
            let Ok(parsed) = Face::parsed(&data, face.index) else { continue };
            let before = lacking.len();
            lacking.retain(|character| parsed.shows(*character).is_none());
            if lacking.len() < before {
                self.faces.push(FontFace {
                    family: family(face),
                    data: Arc::clone(&data),
                    index: face.index,
                });
            }
        }
        Ok(self)
    }
}

impl FontFace {
    fn read(face: &FaceInfo) -> Result<Self, FontError> {
        let data = match &face.source {
            Source::File(file) => {
                fs::read(file).map_err(|cause| FontError::File { file: file.clone(), cause })?
            }
            Source::Binary(data) => data.as_ref().as_ref().to_vec(),
        };
        Ok(Self { family: family(face), data: Arc::new(data), index: face.index })
    }
}

fn family(face: &FaceInfo) -> String {
    face.families.first().map_or_else(|| face.post_script_name.clone(), |(name, _)| name.clone())
}

fn of_family<'a>(fonts: &'a Database, family: &str) -> Option<&'a FaceInfo> {
    let query = Query { families: &[Family::Name(family)], ..Query::default() };
    fonts.query(&query).and_then(|id| fonts.face(id))
}
