use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::enums::Language;
use super::identity::{identity, said};
use super::indicator::Indicator;
use super::language::written;
use crate::atlas::Snapshot;
use crate::coverage;

/// What the district sets out to do, and the indicators that show how far it has come.
pub(super) struct Programme(pub(super) Arc<Snapshot>);

/// A goal, a main line or a coordination of the programme.
pub(super) struct Aim(coverage::Aim);

/// A focus area of the programme and what measures it.
pub(super) struct FocusArea {
    snapshot: Arc<Snapshot>,
    area: coverage::FocusArea,
}

/// An indicator that the scoreboard shows, and how much it counts.
#[derive(SimpleObject)]
pub(super) struct KeyIndicator {
    /// The indicator.
    indicator: Indicator,
    /// How much it counts in the score, against the others.
    weight: u32,
}

/// A band of sizes by which units are told apart.
pub(super) struct SizeBand(coverage::SizeBand);

/// What the district sets out to do, and the indicators that show how far it has come.
#[Object]
impl Programme {
    /// The year that its due dates are reckoned with.
    async fn year(&self) -> i16 {
        self.0.programme.year
    }

    /// Whether the year is assumed, because the source states none.
    async fn year_assumed(&self) -> bool {
        self.0.programme.year_assumed
    }

    /// The one goal.
    async fn goal(&self) -> Aim {
        Aim(self.0.programme.goal.clone())
    }

    /// The main lines, in their order.
    async fn main_lines(&self) -> Vec<Aim> {
        self.0.programme.main_lines.iter().cloned().map(Aim).collect()
    }

    /// What is coordinated, in its order.
    async fn coordinations(&self) -> Vec<Aim> {
        self.0.programme.coordinations.iter().cloned().map(Aim).collect()
    }

    /// The focus areas, in their order.
    async fn focus_areas(&self) -> Vec<FocusArea> {
        let areas = self.0.programme.focus_areas.iter().cloned();
        areas.map(|area| FocusArea { snapshot: Arc::clone(&self.0), area }).collect()
    }

    /// The indicators that the scoreboard shows where a query names none, and how much each counts.
    async fn key_indicators(&self) -> Vec<KeyIndicator> {
        let keys = self.0.programme.key_indicators.iter();
        let keys = keys.filter_map(|key| {
            let indicator = self.0.indicators.get(&key.indicator)?.clone();
            Some(KeyIndicator { indicator: Indicator(Arc::new(indicator)), weight: key.weight.get() })
        });
        keys.collect()
    }

    /// The bands of sizes that filters of units name, in their order.
    async fn size_bands(&self) -> Vec<SizeBand> {
        self.0.programme.size_bands.iter().cloned().map(SizeBand).collect()
    }
}

/// A band of sizes by which units are told apart.
#[Object]
impl SizeBand {
    /// Identifies it with all that it says, as normalised caches need it; `code` is its id within the
    /// programme.
    async fn id(&self) -> ID {
        let band = &self.0;
        let bounds = format!("{} {:?} {:?}", band.operand.name(), band.at_least, band.less_than);
        identity("size-band", [band.id.as_str(), &bounds].into_iter().chain(said(&band.name)))
    }

    /// Its id within the programme.
    async fn code(&self) -> &str {
        &self.0.id
    }

    /// How users read it.
    async fn name(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> &str {
        written(context, &self.0.name, language)
    }

    /// The value that it bounds: members, or a column with a whole number.
    async fn operand(&self) -> &str {
        self.0.operand.name()
    }

    /// The least that belongs to it; null where however little does.
    async fn at_least(&self) -> Option<u32> {
        self.0.at_least
    }

    /// The first that is too much for it; null where however much belongs to it.
    async fn less_than(&self) -> Option<u32> {
        self.0.less_than
    }
}

/// A goal, a main line or a coordination of the programme.
#[Object]
impl Aim {
    /// Identifies it with all that it says, as normalised caches need it; `code` is its id within the
    /// programme.
    async fn id(&self) -> ID {
        let Self(aim) = self;
        identity("aim", [aim.id.as_str(), &aim.source].into_iter().chain(said(&aim.name)))
    }

    /// Its id within the programme.
    async fn code(&self) -> &str {
        &self.0.id
    }

    /// How users read it.
    async fn name(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> &str {
        written(context, &self.0.name, language)
    }

    /// The fact that it comes from.
    async fn source(&self) -> &str {
        &self.0.source
    }
}

/// A focus area of the programme and what measures it.
#[Object]
impl FocusArea {
    /// Identifies it with all that it says, as normalised caches need it; `code` is its id within the
    /// programme.
    async fn id(&self) -> ID {
        let own = [self.area.id.as_str(), &self.area.source];
        let indicators = self.area.indicators.iter().map(String::as_str);
        identity("focus-area", own.into_iter().chain(said(&self.area.name)).chain(indicators))
    }

    /// Its id within the programme.
    async fn code(&self) -> &str {
        &self.area.id
    }

    /// How users read it.
    async fn name(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> &str {
        written(context, &self.area.name, language)
    }

    /// The fact that it comes from.
    async fn source(&self) -> &str {
        &self.area.source
    }

    /// Its indicators, in their order.
    async fn indicators(&self) -> Vec<Indicator> {
        let known = self.area.indicators.iter().filter_map(|id| self.snapshot.indicators.get(id));
        known.cloned().map(Arc::new).map(Indicator).collect()
    }
}
