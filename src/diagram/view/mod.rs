//! What a chart shows: a view picks organisations and says how they hang together.

mod details;
mod neighbourhood;
mod tree;

use std::collections::BTreeSet;

pub use details::Detail;

use super::{Chart, Flow, put_on_one_line};
use crate::graph::{Graph, Slot, When};
use crate::model::{Date, KindSet, OrganizationKind};

/// What a chart shows around its root.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum View {
    /// What stands within what: `PART_OF` and `LOCATED_IN`.
    #[default]
    Hierarchy,
    /// Party organisations under each other, and where each is set up: `SUBORDINATE_TO` and `ORGANIZES`.
    Party,
    /// Associations, chambers and other bodies with their members: `MEMBER_OF`.
    Membership,
    /// An industrial chain or industry, who leads it, and its enterprises: `LEADS`, `CHAIRS`, `MEMBER_OF`,
    /// `IN_CHAIN` and `OPERATES_IN`.
    Chain,
    /// Party organisations under their territorial superior; superiors by industry are second lines.
    Affiliation,
    /// An organisation and all that is so many relations away, of any type.
    Neighbourhood,
    /// What stands within what, as far as an indicator asks about it.
    Coverage,
}

/// What part is shown, and how much is said of it.
#[derive(Clone, Debug)]
pub struct ChartOptions {
    /// What is shown around the root.
    pub view: View,
    /// The first box.
    pub root: Slot,
    /// How many steps away from the root.
    pub depth: u32,
    /// How many boxes hang from one at the most; the rest is counted in a box of its own.
    pub limit: usize,
    /// How many boxes it is worth drawing: of a chart that has more, only that it has more is drawn up.
    pub most: usize,
    /// The kinds that are shown, all where `None`; the root is, whatever its kind.
    pub kinds: Option<KindSet>,
    /// The day on which all of it exists and holds.
    pub date: Date,
    /// What is said below the names.
    pub details: Vec<Detail>,
    /// Below how many members a count is not told; 0 where all are.
    pub kept_back_below: u32,
    /// What the coverage view shows below the root: the units of an indicator, and what they stand within.
    pub asked: Option<BTreeSet<Slot>>,
}

impl View {
    /// Which way a chart grows where nobody says: layers from left to right, trees downwards.
    pub fn flow(self) -> Flow {
        match self {
            Self::Neighbourhood => Flow::LeftRight,
            _ => Flow::TopDown,
        }
    }
}

impl ChartOptions {
    /// How many steps away from the root where nobody says.
    pub const DEPTH: u32 = 2;
    /// No chart goes deeper.
    pub const DEEPEST: u32 = 64;
    /// How many boxes hang from one where nobody says.
    pub const LIMIT: usize = 20;

    fn shows(&self, kind: OrganizationKind) -> bool {
        self.kinds.is_none_or(|kinds| kinds.contains(kind))
    }
}

/// Draws up a chart; of a root that does not exist on its day, an empty one.
pub fn chart(graph: &Graph, options: &ChartOptions) -> Chart {
    let mut chart = Chart {
        title: format!("{} · {}", graph.name(options.root), options.view.label()),
        date: options.date,
        second: second_label(options.view),
        ..Chart::default()
    };
    if graph.exists(options.root, When::On(options.date)) {
        match options.view {
            View::Neighbourhood => neighbourhood::draw(graph, options, &mut chart),
            _ => tree::draw(graph, options, &mut chart),
        }
    }
    chart.for_each_text(put_on_one_line);
    chart
}

impl View {
    /// How readers of simplified Chinese call its charts.
    fn label(self) -> &'static str {
        match self {
            Self::Hierarchy => "层级图",
            Self::Party => "党组织架构图",
            Self::Membership => "会员图",
            Self::Chain => "产业链图",
            Self::Affiliation => "隶属关系图",
            Self::Neighbourhood => "关联图",
            Self::Coverage => "覆盖图",
        }
    }
}

fn second_label(view: View) -> &'static str {
    match view {
        View::Affiliation => "另一上级",
        View::Membership => "同时参加",
        _ => "同时关联",
    }
}
