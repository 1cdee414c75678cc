use std::fs;
use std::path::Path;
use std::sync::Arc;

use fontdb::{Database, FaceInfo, Family, Query, Source};

use super::{Font, FontError};

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
                return read(face);
            }
            fonts.load_system_fonts();
            let face = of_family(&fonts, name).ok_or_else(|| FontError::Unknown(name.to_owned()))?;
            return read(face);
        }
        fonts.load_system_fonts();
        if let Some(face) = FAMILIES.iter().find_map(|family| of_family(&fonts, family)) {
            return read(face);
        }
        // Any other that has the characters, by name, so that the same machine gives the same chart.
        let mut faces: Vec<&FaceInfo> = fonts.faces().collect();
        faces.sort_by(|one, other| one.post_script_name.cmp(&other.post_script_name));
        let fit = faces.into_iter().find(|face| fonts.with_face_data(face.id, has_needed) == Some(true));
        read(fit.ok_or(FontError::None)?)
    }
}

fn of_family<'a>(fonts: &'a Database, family: &str) -> Option<&'a FaceInfo> {
    let query = Query { families: &[Family::Name(family)], ..Query::default() };
    fonts.query(&query).and_then(|id| fonts.face(id))
}

fn has_needed(data: &[u8], index: u32) -> bool {
    let face = ttf_parser::Face::parse(data, index);
    face.is_ok_and(|face| NEEDED.iter().all(|needed| face.glyph_index(*needed).is_some()))
}

fn read(face: &FaceInfo) -> Result<Font, FontError> {
    let family =
        face.families.first().map_or_else(|| face.post_script_name.clone(), |(name, _)| name.clone());
    let data = match &face.source {
        Source::File(file) => {
            fs::read(file).map_err(|cause| FontError::File { file: file.clone(), cause })?
        }
        Source::Binary(data) => data.as_ref().as_ref().to_vec(),
    };
    Ok(Font { family, data: Arc::new(data), index: face.index })
}
