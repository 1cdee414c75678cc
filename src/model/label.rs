use serde::{Deserialize, Serialize};

/// One name in the three writings that users read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese, the writing that is shown first.
    pub simplified: String,
    /// Traditional Chinese.
    pub traditional: String,
    /// English.
    pub english: String,
}

/// The writing of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    ZhHans,
    /// Traditional Chinese.
    ZhHant,
    /// English.
    En,
}

impl Language {
    /// Its tag as BCP 47 has it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
        }
    }
}

impl Label {
    /// The name in a language.
    pub fn written(&self, language: Language) -> &str {
        match language {
            Language::ZhHans => &self.simplified,
            Language::ZhHant => &self.traditional,
            Language::En => &self.english,
        }
    }
}
