use super::Mark;
use crate::model::OrganizationCategory;

/// Colours of a chart.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Theme {
    /// Dark on white, light enough to be printed, in grey too.
    #[default]
    Print,
    /// Light on dark, for screens.
    Dark,
}

/// What a line, an area or a text is coloured as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The sheet.
    Paper,
    /// Names and titles.
    Text,
    /// What is less important.
    Muted,
    /// Lines of the tree.
    Line,
    /// Second lines.
    Second,
    /// The inside of a box of a category.
    Fill(Option<OrganizationCategory>),
    /// The edge of a box of a category.
    Edge(Option<OrganizationCategory>),
    /// The inside of a box of a state.
    MarkFill(Mark),
    /// The edge of a box of a state.
    MarkEdge(Mark),
}

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Theme {
    /// The colour of an ink.
    pub fn colour(self, ink: Ink) -> Rgb {
        let (print, dark) = match ink {
            Ink::Paper => (0xFF_FF_FF, 0x15_18_1D),
            Ink::Text => (0x1A_1A_1A, 0xF0_F2_F5),
            Ink::Muted => (0x55_5B_63, 0xA9_B1_BC),
            Ink::Line => (0x6B_72_7B, 0x8A_93_9E),
            Ink::Second => (0x8A_5A_00, 0xE0_B0_50),
            Ink::Fill(category) => fill(category),
            Ink::Edge(category) => edge(category),
            Ink::MarkFill(mark) => match mark {
                Mark::Covered | Mark::TargetMet => (0xE3_F3_E6, 0x1C_3B_25),
                Mark::Uncovered | Mark::TargetMissed => (0xFD_E3_DF, 0x4A_20_1C),
                Mark::Unknown | Mark::TargetNear => (0xFF_F4_D6, 0x45_39_14),
                Mark::Exempt => (0xEC_EE_F0, 0x2B_30_36),
            },
            Ink::MarkEdge(mark) => match mark {
                Mark::Covered | Mark::TargetMet => (0x2E_7D_3A, 0x6F_CB_80),
                Mark::Uncovered | Mark::TargetMissed => (0xB3_26_1E, 0xFF_8A_7A),
                Mark::Unknown | Mark::TargetNear => (0x9A_6B_00, 0xF2_C1_4E),
                Mark::Exempt => (0x6B_72_7B, 0x9A_A3_AE),
            },
        };
        let colour: u32 = match self {
            Self::Print => print,
            Self::Dark => dark,
        };
        let [_, red, green, blue] = colour.to_be_bytes();
        Rgb(red, green, blue)
    }
}

fn fill(category: Option<OrganizationCategory>) -> (u32, u32) {
    match category {
        Some(OrganizationCategory::Territory) => (0xE8_F0_FA, 0x1B_2C_42),
        Some(OrganizationCategory::Place) => (0xEA_F5_EF, 0x1A_33_28),
        Some(OrganizationCategory::Unit) => (0xFA_FA_F7, 0x25_27_2B),
        Some(OrganizationCategory::Party) => (0xFC_EC_EA, 0x41_1F_1C),
        Some(OrganizationCategory::Facility) => (0xF3_ED_F9, 0x2E_24_3D),
        Some(OrganizationCategory::Sector) => (0xE6_F4_F6, 0x16_35_3A),
        Some(OrganizationCategory::Programme) => (0xFB_F3_E2, 0x3A_2F_17),
        None => (0xFF_FF_FF, 0x15_18_1D),
    }
}

fn edge(category: Option<OrganizationCategory>) -> (u32, u32) {
    match category {
        Some(OrganizationCategory::Territory) => (0x2F_5D_94, 0x7F_AE_E6),
        Some(OrganizationCategory::Place) => (0x2B_74_50, 0x6F_C4_9B),
        Some(OrganizationCategory::Unit) => (0x5F_63_68, 0xA9_B1_BC),
        Some(OrganizationCategory::Party) => (0xB0_26_1E, 0xF0_8A_80),
        Some(OrganizationCategory::Facility) => (0x6A_45_94, 0xBB_9A_E6),
        Some(OrganizationCategory::Sector) => (0x1F_6F_7B, 0x6F_C8_D4),
        Some(OrganizationCategory::Programme) => (0x8A_62_0E, 0xE0_B8_5E),
        None => (0x8A_93_9E, 0x6B_72_7B),
    }
}
