//! What is done to cover units, and what a reader must know of a plan, in the languages that users read.

use std::fmt;

use crate::coverage::words::{in_language, label};
use crate::coverage::{Condition, Target};
use crate::model::{AttributeCatalog, Language, RelationType};

/// What is done, in a sentence; as text in English.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    action: Action,
    /// So many units more than the one that the sentence speaks of.
    more: usize,
}

/// What is done; organisations by their names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// A branch of a unit's own.
    OwnBranch { branch: String },
    /// Units join a branch that has room for so many.
    Join { units: usize, branch: String, room: usize },
    /// A branch for units that have so many members together, or at least so many where it is not exact.
    JointBranch { branch: String, units: usize, members: u32, exact: bool },
    /// A station for grids.
    Station { station: String, grids: usize },
    /// A relation to an organisation that exists.
    Relate { unit: String, other: String, relation_type: RelationType },
    /// An organisation is founded for another.
    Found { founded: String, other: String },
    /// An organisation is founded, with a unit in it.
    FoundWith { founded: String, unit: String },
    /// What a condition asks of an organisation is recorded.
    Record { asked: Condition, of: String },
    /// How many members a unit has is recorded.
    RecordMembers { unit: String },
    /// Where a unit stands is recorded.
    RecordPlace { unit: String },
    /// Nothing of its own: it is a part of what a sentence says already.
    Also,
}

impl From<Action> for Sentence {
    fn from(action: Action) -> Self {
        Self { action, more: 0 }
    }
}

impl Sentence {
    /// The sentence, said of so many units more.
    pub(super) fn and_more(&mut self, more: usize) {
        self.more = more;
    }

    /// The sentence in a language.
    pub fn written(&self, language: Language, attributes: &AttributeCatalog) -> String {
        in_language(language, || self.simplified(attributes), || self.to_string())
    }

    fn simplified(&self, attributes: &AttributeCatalog) -> String {
        let said = match &self.action {
            Action::OwnBranch { branch } => format!("单独组建{branch}"),
            Action::Join { units, branch, room } => {
                format!("{units} 个单位加入{branch}（尚可接纳 {room} 个）")
            }
            Action::JointBranch { branch, units, members, exact } => {
                let at_least = if *exact { "" } else { "至少" };
                format!("为 {units} 个单位组建{branch}，共有党员{at_least} {members} 名")
            }
            Action::Station { station, grids } => format!("为 {grids} 个网格设立{station}"),
            Action::Relate { unit, other, relation_type } => {
                format!("建立{unit}与{other}的“{}”关系", label("RelationType", relation_type.name()))
            }
            Action::Found { founded, other } => format!("为{other}设立{founded}"),
            Action::FoundWith { founded, unit } => format!("设立{founded}，吸收{unit}"),
            Action::Record { asked, of } => {
                format!("补录{of}的数据，以判明是否{}", asked.written(Language::ZhHans, attributes))
            }
            Action::RecordMembers { unit } => format!("补录{unit}的党员数"),
            Action::RecordPlace { unit } => format!("补录{unit}的所在地，以便查找邻近单位"),
            Action::Also => String::new(),
        };
        match self.more {
            0 => said,
            more => format!("{said}，另有 {more} 个单位"),
        }
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.action {
            Action::OwnBranch { branch } => write!(f, "set up {branch} as a branch of the unit's own"),
            Action::Join { units, branch, room } => {
                write!(f, "let {} join {branch}, which has room for {room}", counted(*units, "unit"))
            }
            Action::JointBranch { branch, units, members, exact } => {
                let at_least = if *exact { "" } else { "at least " };
                write!(
                    f,
                    "set up {branch} for {}, which have {at_least}{members} members together",
                    counted(*units, "unit")
                )
            }
            Action::Station { station, grids } => write!(f, "open {station} for {}", counted(*grids, "grid")),
            Action::Relate { unit, other, relation_type } => {
                write!(f, "relate {unit} to {other} by {relation_type}")
            }
            Action::Found { founded, other } => write!(f, "set up {founded} for {other}"),
            Action::FoundWith { founded, unit } => write!(f, "set up {founded} with {unit}"),
            Action::Record { asked, of } => write!(f, "record what is unknown: {asked} of {of}"),
            Action::RecordMembers { unit } => write!(f, "record how many members {unit} has"),
            Action::RecordPlace { unit } => {
                write!(f, "record where {unit} stands, so that neighbours can be found")
            }
            Action::Also => Ok(()),
        }?;
        match self.more {
            0 => Ok(()),
            more => write!(f, ", and {more} units more"),
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// What a reader must know of a plan beside; as text in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// No default rule closes gaps of this indicator.
    NoRule,
    /// What the rules would do does not do it.
    NotAsExpected,
    /// The target is reached.
    Reached(Target),
    /// The target asks for more units than there are to cover.
    TooFewUnits {
        /// The target.
        target: Target,
        /// So many units more.
        missing: u64,
    },
}

impl Note {
    /// The note in a language.
    pub fn written(self, language: Language) -> String {
        in_language(language, || self.simplified(), || self.to_string())
    }

    fn simplified(self) -> String {
        let said_of = |target: Target| match target {
            Target::CoveredAtLeast(least) => format!("已覆盖 ≥ {least}"),
            Target::UncoveredAtMost(most) => format!("未覆盖 ≤ {most}"),
            share => share.to_string(),
        };
        match self {
            Self::NoRule => "没有自动方案：该指标的各种形式都不是默认规则能够建立的单一关系".to_owned(),
            Self::NotAsExpected => "没有自动方案：按规则操作后达不到预期的覆盖情况".to_owned(),
            Self::Reached(target) => format!("目标（{}）已经达到", said_of(target)),
            Self::TooFewUnits { target, missing } => {
                format!(
                    "没有自动方案：已没有未覆盖的单位，而目标（{}）还需 {missing} 个单位",
                    said_of(target)
                )
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRule => f.write_str(
                "no automatic plan: no form of the indicator is a single relation that a default rule can make",
            ),
            Self::NotAsExpected => f.write_str(
                "no automatic plan: what the rules would do does not lead to the coverage expected of it",
            ),
            Self::Reached(target) => write!(f, "the target {target} is reached already"),
            Self::TooFewUnits { target, missing } => write!(
                f,
                "no automatic plan: no unit of the population is uncovered, and the target {target} asks for {missing} \
                 units more"
            ),
        }
    }
}
