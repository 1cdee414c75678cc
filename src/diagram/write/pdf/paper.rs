/// What a PDF is printed on.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Paper {
    /// 297 by 420 mm.
    #[default]
    A3,
    /// 210 by 297 mm.
    A4,
    /// One sheet as large as the chart.
    Chart,
}

impl Paper {
    /// A sheet of it upright, in points; `None` where it is as large as the chart.
    pub(super) fn upright(self) -> Option<(f32, f32)> {
        match self {
            Self::A3 => Some((841.89, 1190.55)),
            Self::A4 => Some((595.28, 841.89)),
            Self::Chart => None,
        }
    }
}
