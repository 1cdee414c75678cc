//! Defining and withdrawing indicators, which decides for all territories what is counted.

use async_graphql::{Context, Error, ID, InputObject, Result, SimpleObject};

use super::condition::{ConditionInput, TargetInput};
use super::error::bad_input;
use super::indicator::Indicator;
use super::permission;
use super::query::Query;
use super::scalar::Date;
use super::writing::{Unwritten, Writing};
use crate::atlas::definition_change;
use crate::coverage::{self, IndicatorOrigin};
use crate::model::{Change, Label, check_text, traditional};

/// The definition of an indicator: what the files of indicators say of one, but its version, which follows.
#[derive(InputObject)]
pub(super) struct IndicatorInput {
    /// Its id: letters, digits, ".", "_" and "-"; none that Orgatlas or the store's file defines.
    id: ID,
    /// How users read it.
    name: LabelInput,
    /// The fact, or the other place, that it comes from.
    source: String,
    /// Until when the target should be reached.
    due: Option<Date>,
    /// Which units it speaks of, among those that exist on the day.
    population: ConditionInput,
    /// The forms in which a unit counts as covered, the first that holds first.
    forms: Vec<IndicatorFormInput>,
    /// What should be reached; none where left out.
    target: Option<TargetInput>,
}

/// One way in which a unit counts as covered.
#[derive(InputObject)]
pub(super) struct IndicatorFormInput {
    /// Its id within the indicator, such as `own`.
    id: ID,
    /// How users read it.
    name: LabelInput,
    /// What must hold of the unit.
    when: ConditionInput,
}

/// One name in the three writings that users read.
#[derive(InputObject)]
pub(super) struct LabelInput {
    /// In simplified Chinese.
    simplified: String,
    /// In traditional Chinese; converted from the simplified one where left out.
    traditional: Option<String>,
    /// In English; the simplified one where left out.
    english: Option<String>,
}

/// What a definition did.
#[derive(SimpleObject)]
pub(super) struct DefineIndicatorPayload {
    /// The version of the graph with the definition; the same as before where nothing was changed.
    version: u64,
    /// Whether it was recorded; not where the indicator is defined so already.
    changed: bool,
    /// The indicator as it is defined now, with its version.
    indicator: Indicator,
    /// Any question, asked of the graph with the definition.
    query: Query,
}

/// What a withdrawal did.
#[derive(SimpleObject)]
pub(super) struct WithdrawIndicatorPayload {
    /// The version of the graph without the indicator.
    version: u64,
    /// Any question, asked of the graph without the indicator.
    query: Query,
}

/// Records the definition of an indicator, as the next version of it.
pub(super) fn define(
    context: &Context<'_>,
    input: IndicatorInput,
    reason: &str,
    expected: Option<u64>,
) -> Result<DefineIndicatorPayload> {
    permission::definer(context)?;
    let writing = Writing::begin(context, expected, reason)?;
    let mut indicator = input.read()?;
    let snapshot = std::sync::Arc::clone(writing.snapshot());
    let change = definition_change(indicator.clone(), &snapshot.graph, &snapshot.indicators)
        .map_err(|violation| bad_input(format!("definition: {violation}")))?;
    indicator = match (&change, snapshot.indicators.get(&indicator.id)) {
        (Some(Change::PutIndicator(put)), _) => coverage::Indicator { version: put.version, ..indicator },
        (_, Some(known)) => known.clone(),
        _ => indicator,
    };
    drop(snapshot);
    let changed = change.is_some();
    let version = made(writing, change.into_iter().collect(), "definition")?;
    Ok(DefineIndicatorPayload {
        version,
        changed,
        indicator: Indicator(std::sync::Arc::new(indicator)),
        query: Query,
    })
}

/// Withdraws a recorded indicator.
pub(super) fn withdraw(
    context: &Context<'_>,
    id: &ID,
    reason: &str,
    expected: Option<u64>,
) -> Result<WithdrawIndicatorPayload> {
    permission::definer(context)?;
    let writing = Writing::begin(context, expected, reason)?;
    match writing.snapshot().indicators.get(id).map(|indicator| indicator.origin) {
        None => {
            super::coverage::known_indicator(writing.snapshot(), id)?;
        }
        Some(IndicatorOrigin::Recorded) => {}
        Some(IndicatorOrigin::File) => {
            return Err(bad_input(format!(
                "id: \"{}\" is defined in indicators.toml in the store's folder; take it out there",
                id.as_str()
            )));
        }
        Some(IndicatorOrigin::Core | IndicatorOrigin::Programme) => {
            let message =
                format!("id: \"{}\" is an indicator that Orgatlas carries and that stays", id.as_str());
            return Err(bad_input(message));
        }
    }
    let version = made(writing, vec![Change::RemoveIndicator(id.as_str().into())], "id")?;
    Ok(WithdrawIndicatorPayload { version, query: Query })
}

fn made(writing: Writing<'_>, changes: Vec<Change>, argument: &str) -> Result<u64> {
    let committed = writing.commit(changes).map_err(|unwritten| match unwritten {
        Unwritten::Violations(_, violations) => {
            let causes: Vec<_> = violations.iter().map(|(_, violation)| violation.to_string()).collect();
            bad_input(format!("{argument}: {}", causes.join("; ")))
        }
        Unwritten::Error(error) => error,
    })?;
    Ok(committed.version)
}

impl IndicatorInput {
    /// The indicator in the language of rules; its version is the first.
    fn read(self) -> Result<coverage::Indicator> {
        let place = |field: &str| format!("definition.{field}");
        let forms = self.forms.into_iter().enumerate().map(|(position, form)| {
            let at = |field: &str| format!("definition.forms[{position}].{field}");
            Ok(coverage::Form {
                id: fit(&at("id"), form.id.to_string())?,
                name: form.name.read(&at("name"))?,
                when: form.when.read().map_err(|error| below(&at("when"), &error))?,
            })
        });
        Ok(coverage::Indicator {
            id: fit(&place("id"), self.id.to_string())?,
            version: std::num::NonZeroU32::MIN,
            name: self.name.read(&place("name"))?,
            source: fit(&place("source"), self.source)?,
            due: self.due.map(|date| date.0),
            population: self.population.read().map_err(|error| below(&place("population"), &error))?,
            forms: forms.collect::<Result<_>>()?,
            target: self
                .target
                .as_ref()
                .map(TargetInput::read)
                .transpose()
                .map_err(|error| below("definition", &error))?,
            origin: IndicatorOrigin::Recorded,
        })
    }
}

impl LabelInput {
    fn read(self, place: &str) -> Result<Label> {
        let simplified = fit(&format!("{place}.simplified"), self.simplified)?;
        if simplified.trim().is_empty() {
            return Err(bad_input(format!("{place}.simplified: it is empty; users read it")));
        }
        let given = |field: &str, text: Option<String>| {
            text.map(|text| fit(&format!("{place}.{field}"), text)).transpose()
        };
        let traditional = given("traditional", self.traditional)?.unwrap_or_else(|| traditional(&simplified));
        let english = given("english", self.english)?.unwrap_or_else(|| simplified.clone());
        Ok(Label { simplified, traditional, english })
    }
}

/// An error of a part of the input, with the place of that part.
fn below(place: &str, error: &Error) -> Error {
    bad_input(format!("{place}: {}", error.message))
}

fn fit(place: &str, text: String) -> Result<String> {
    check_text(&text).map_err(|unfit| bad_input(format!("{place}: it {unfit}")))?;
    Ok(text)
}
