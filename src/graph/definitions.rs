//! Recorded definitions of indicators. The graph keeps them in step with all else that is recorded; what they say is
//! read further up.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::Graph;
use crate::model::{Annex, Change, IndicatorDefinition, MAX_DEFINITIONS, TaskState, Violation};

/// The last definition of each indicator that was ever recorded; copies of a graph share them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Definitions(Arc<BTreeMap<Arc<str>, Last>>);

/// The last definition of an indicator.
#[derive(Clone, Debug, PartialEq)]
struct Last {
    definition: IndicatorDefinition,
    /// Whether it was withdrawn since: its number is then not given again.
    withdrawn: bool,
}

impl Definitions {
    pub(super) fn put(&mut self, definition: &IndicatorDefinition) {
        let last = Last { definition: definition.clone(), withdrawn: false };
        Arc::make_mut(&mut self.0).insert(Arc::clone(&definition.id), last);
    }

    /// Withdraws an indicator; `false` where there is none to withdraw.
    pub(super) fn withdraw(&mut self, id: &str) -> bool {
        match Arc::make_mut(&mut self.0).get_mut(id) {
            Some(last) if !last.withdrawn => {
                last.withdrawn = true;
                true
            }
            _ => false,
        }
    }

    fn current(&self) -> impl Iterator<Item = &IndicatorDefinition> {
        self.0.values().filter(|last| !last.withdrawn).map(|last| &last.definition)
    }
}

impl Graph {
    /// The recorded definitions of indicators, in the order of ids.
    pub fn definitions(&self) -> impl Iterator<Item = &IndicatorDefinition> {
        self.definitions.current()
    }

    /// Whether an indicator was ever recorded.
    pub(super) fn has_ever_defined(&self) -> bool {
        !self.definitions.0.is_empty()
    }

    /// Which version of a recorded indicator was the last, also where it was withdrawn since.
    pub fn last_version(&self, indicator: &str) -> Option<NonZeroU32> {
        self.definitions.0.get(indicator).map(|last| last.definition.version)
    }

    /// Whether two graphs have the same definitions of indicators on record.
    pub fn has_definitions_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.definitions.0, &other.definitions.0) || self.definitions == other.definitions
    }

    /// The changes that record all definitions anew, with the withdrawal of those that were withdrawn.
    pub fn definition_changes(&self) -> impl Iterator<Item = Change> {
        self.definitions.0.values().flat_map(|last| {
            let definition = last.definition.clone();
            let withdrawal = last.withdrawn.then(|| Change::RemoveIndicator(Arc::clone(&definition.id)));
            std::iter::once(Change::PutIndicator(Box::new(definition))).chain(withdrawal)
        })
    }

    /// Checks that a definition may be recorded: no number is given twice.
    pub(super) fn check_definition(&self, definition: &IndicatorDefinition) -> Result<(), Violation> {
        definition.check()?;
        let refused = |cause: String| Err(Violation::Indicator { id: definition.id.to_string(), cause });
        let last = self.definitions.0.get(&definition.id);
        if let Some(last) = last
            && definition.version <= last.definition.version
        {
            let (version, last) = (definition.version, last.definition.version);
            return refused(format!("its last version is {last}, so that {version} cannot be its next"));
        }
        let is_new = last.is_none_or(|last| last.withdrawn);
        if is_new && self.definitions.current().count() >= MAX_DEFINITIONS {
            return refused(format!("{MAX_DEFINITIONS} indicators are recorded, which is as many as can be"));
        }
        Ok(())
    }

    /// Checks that an indicator may be withdrawn: no exemption names it, and no task of it is open.
    pub(super) fn check_withdrawal(&self, id: &str) -> Result<(), Violation> {
        let refused = |cause: String| Err(Violation::Indicator { id: id.to_owned(), cause });
        if !self.definitions.current().any(|definition| *definition.id == *id) {
            return refused("it is not recorded, so that it cannot be withdrawn".to_owned());
        }
        let (mut exemptions, mut tasks) = (0, 0);
        for annex in self.annexes.all() {
            match annex {
                Annex::Exemption(exemption) => exemptions += usize::from(*exemption.indicator == *id),
                Annex::Task(task) => {
                    tasks += usize::from(*task.id.indicator == *id && task.state() != TaskState::Closed);
                }
                Annex::Value(_) => {}
            }
        }
        if exemptions + tasks > 0 {
            return refused(format!(
                "it cannot be withdrawn while {exemptions} exemptions from it are on record and {tasks} of its \
                 tasks are not closed: revoke and close these first"
            ));
        }
        Ok(())
    }
}
