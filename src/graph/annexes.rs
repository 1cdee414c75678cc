//! Annexes by the organisation that they belong to, and the questions that exemptions, dated values and tasks answer.

use std::collections::HashMap;
use std::sync::Arc;

use super::shared::Column;
use super::{Graph, OrganizationSet, Slot, slots};
use crate::model::{Annex, AnnexKey, Date, DatedAttribute, DatedValue, Exemption, Task, TaskId, Violation};

/// The annexes of a graph; copies of a graph share them until one of the copies changes them.
#[derive(Clone, PartialEq)]
pub(super) struct Annexes {
    /// Of each organisation that has any, in the order of their keys.
    of: Column<Option<Arc<Vec<Annex>>>>,
    /// The organisations with an exemption from an indicator, an expired one too.
    exempt: HashMap<Arc<str>, Arc<OrganizationSet>>,
    /// The organisations with a dated value of an attribute.
    dated: HashMap<DatedAttribute, Arc<OrganizationSet>>,
    /// The organisations with a task.
    tasked: Arc<OrganizationSet>,
    count: usize,
}

impl Default for Annexes {
    fn default() -> Self {
        Self {
            of: Column::of(None),
            exempt: HashMap::new(),
            dated: HashMap::new(),
            tasked: Arc::default(),
            count: 0,
        }
    }
}

impl Annexes {
    /// Writes an annex of an organisation, in place of what stood under its key.
    pub(super) fn set(&mut self, slot: Slot, annex: Annex) {
        let set = match &annex {
            Annex::Exemption(exemption) => match self.exempt.get_mut(&exemption.indicator) {
                Some(units) => units,
                None => self.exempt.entry(Arc::clone(&exemption.indicator)).or_default(),
            },
            Annex::Value(value) => match self.dated.get_mut(&value.attribute) {
                Some(organizations) => organizations,
                None => self.dated.entry(value.attribute.clone()).or_default(),
            },
            Annex::Task(_) => &mut self.tasked,
        };
        Arc::make_mut(set).insert(slot.0);
        let list = Arc::make_mut(self.of.row_mut(slot.0 as usize).get_or_insert_default());
        let key = annex.key();
        match list.binary_search_by(|other| other.key().cmp(&key)) {
            Ok(place) => list[place] = annex,
            Err(place) => {
                list.insert(place, annex);
                self.count += 1;
            }
        }
    }

    /// Takes an annex of an organisation away.
    pub(super) fn unset(&mut self, slot: Slot, key: &AnnexKey) -> Option<Annex> {
        let place = self.of(slot).binary_search_by(|other| other.key().cmp(key)).ok()?;
        let list = Arc::make_mut(self.of.row_mut(slot.0 as usize).as_mut()?);
        let annex = list.remove(place);
        self.count -= 1;
        match &annex {
            Annex::Exemption(gone) => {
                let others = list.iter().any(
                    |annex| matches!(annex, Annex::Exemption(other) if other.indicator == gone.indicator),
                );
                leave(&mut self.exempt, &gone.indicator, slot, others);
            }
            Annex::Value(gone) => {
                let others = list
                    .iter()
                    .any(|annex| matches!(annex, Annex::Value(other) if other.attribute == gone.attribute));
                leave(&mut self.dated, &gone.attribute, slot, others);
            }
            Annex::Task(_) => {
                if !list.iter().any(|annex| matches!(annex, Annex::Task(_))) {
                    Arc::make_mut(&mut self.tasked).remove(slot.0);
                }
            }
        }
        if list.is_empty() {
            self.of.set(slot.0 as usize, None);
        }
        Some(annex)
    }

    pub(super) fn of(&self, slot: Slot) -> &[Annex] {
        self.of[slot.0 as usize].as_deref().map_or(&[], Vec::as_slice)
    }

    /// Every annex, in no order worth relying on.
    pub(super) fn all(&self) -> impl Iterator<Item = &Annex> {
        self.of.iter().filter_map(|(_, list)| list.as_deref()).flatten()
    }
}

/// Takes an organisation out of the set under a key, unless it has others there.
fn leave<K: Eq + std::hash::Hash>(
    sets: &mut HashMap<K, Arc<OrganizationSet>>,
    key: &K,
    slot: Slot,
    others: bool,
) {
    if let Some(set) = sets.get_mut(key).filter(|_| !others) {
        Arc::make_mut(set).remove(slot.0);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}

impl Graph {
    /// How many annexes there are.
    pub fn annex_count(&self) -> usize {
        self.annexes.count
    }

    /// All annexes, in the byte order of their organisations' ids, then of their keys.
    pub fn annexes(&self) -> impl Iterator<Item = &Annex> {
        let organizations = self.annexes.of.iter().filter(|(_, list)| list.is_some());
        let organizations = self.sorted_by_id(organizations.map(|(row, _)| Slot(row as u32)));
        organizations.into_iter().flat_map(|slot| self.annexes_of(slot))
    }

    /// The annexes of an organisation, in the order of their keys.
    pub fn annexes_of(&self, slot: Slot) -> &[Annex] {
        self.annexes.of(slot)
    }

    /// The annex with a key, if it is recorded.
    pub fn annex(&self, key: &AnnexKey) -> Option<&Annex> {
        let list = self.annexes_of(self.slot(key.organization().as_str())?);
        list.binary_search_by(|other| other.key().cmp(key)).ok().map(|place| &list[place])
    }

    /// The exemptions of an organisation, in the order of indicators, the oldest of an indicator first.
    pub fn exemptions_of(&self, slot: Slot) -> impl DoubleEndedIterator<Item = &Exemption> {
        self.annexes_of(slot).iter().filter_map(|annex| match annex {
            Annex::Exemption(exemption) => Some(exemption),
            Annex::Value(_) | Annex::Task(_) => None,
        })
    }

    /// The exemption from an indicator that applies to an organisation on a day: of several the last granted.
    pub fn exemption(&self, slot: Slot, indicator: &str, date: Date) -> Option<&Exemption> {
        self.exemptions_of(slot).rfind(|e| e.indicator.as_ref() == indicator && e.applies_on(date))
    }

    /// The organisations that are exempt from an indicator on a day, whether or not it speaks of them.
    pub fn exempt(&self, indicator: &str, date: Date) -> OrganizationSet {
        let units = self.annexes.exempt.get(indicator).into_iter().flat_map(|units| slots(units));
        units.filter(|slot| self.exemption(*slot, indicator, date).is_some()).map(Slot::position).collect()
    }

    /// The organisations that have an exemption, an expired one too.
    pub fn with_exemptions(&self) -> OrganizationSet {
        self.annexes.exempt.values().fold(OrganizationSet::new(), |all, units| all | units.as_ref())
    }

    /// The dated values of an organisation, in the order of attributes, the oldest of an attribute first.
    pub fn values_of(&self, slot: Slot) -> impl Iterator<Item = &DatedValue> {
        self.annexes_of(slot).iter().filter_map(|annex| match annex {
            Annex::Value(value) => Some(value),
            Annex::Exemption(_) | Annex::Task(_) => None,
        })
    }

    /// The dated value of an attribute that holds on a day.
    pub fn dated_value(&self, slot: Slot, attribute: &DatedAttribute, date: Date) -> Option<&DatedValue> {
        if !self.annexes.dated.get(attribute)?.contains(slot.0) {
            return None;
        }
        self.values_of(slot).find(|value| value.attribute == *attribute && value.validity.contains(date))
    }

    /// The task with an id.
    pub fn task(&self, id: &TaskId) -> Option<&Arc<Task>> {
        match self.annex(&AnnexKey::Task(id.clone()))? {
            Annex::Task(task) => Some(task),
            Annex::Exemption(_) | Annex::Value(_) => None,
        }
    }

    /// All tasks, in the order of their ids: by month, then indicator, then territory.
    pub fn tasks(&self) -> Vec<&Arc<Task>> {
        let annexes = slots(&self.annexes.tasked).flat_map(|slot| self.annexes_of(slot));
        let mut tasks: Vec<_> = annexes
            .filter_map(|annex| match annex {
                Annex::Task(task) => Some(task),
                Annex::Exemption(_) | Annex::Value(_) => None,
            })
            .collect();
        tasks.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        tasks
    }

    /// What of the other annexes of its organisation a recorded annex contradicts.
    pub(super) fn conflict(&self, annex: &Annex) -> Option<Violation> {
        let Annex::Value(value) = annex else { return None };
        let others = self.values_of(self.slot(value.organization.as_str())?);
        let mut others = others.filter(|o| o.attribute == value.attribute && o.key() != value.key());
        let other = others.find(|other| other.validity.overlaps(value.validity))?;
        let cause = format!("the {} holds on some of the same days: {}", other.key(), other.validity);
        Some(Violation::Annex { key: Box::new(annex.key()), column: "valid_from", cause })
    }

    /// Writes an annex, in place of what stood under its key.
    pub(super) fn set_annex(&mut self, slot: Slot, annex: Annex) {
        self.note_annex(slot, &annex);
        self.annexes.set(slot, annex);
    }

    /// Takes an annex away.
    pub(super) fn unset_annex(&mut self, slot: Slot, key: &AnnexKey) -> Option<Annex> {
        let gone = self.annexes.unset(slot, key)?;
        self.note_annex(slot, &gone);
        Some(gone)
    }

    /// Notes an annex that came, goes or says something else.
    fn note_annex(&mut self, slot: Slot, annex: &Annex) {
        self.touched.insert(slot.0);
        match annex {
            // States are kept without exemptions, which are taken out when they are asked for; no state hangs on a task.
            Annex::Exemption(_) | Annex::Task(_) => {}
            Annex::Value(value) => self.days.touch_value(slot, value.validity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AttributeValue, Change, Organization, OrganizationKind, Validity, parse_date};

    fn day(text: &str) -> Option<Date> {
        (!text.is_empty()).then(|| parse_date(text).unwrap())
    }

    /// An exemption from `a`, or a value of `employees`, from its days.
    fn annex(what: &str, from: &str, to: &str) -> Annex {
        match what.parse::<i64>() {
            Err(_) => Annex::Exemption(Exemption {
                unit: "ent-1".parse().unwrap(),
                indicator: "a".into(),
                granted_on: day(from).unwrap(),
                until: day(to),
                reason: what.into(),
                granted_by: "组织部".into(),
            }),
            Ok(value) => Annex::Value(DatedValue {
                organization: "ent-1".parse().unwrap(),
                attribute: DatedAttribute::Employees,
                value: AttributeValue::Integer(value),
                validity: Validity::new(day(from), day(to)).unwrap(),
                source: None,
            }),
        }
    }

    fn put(annex: &Annex) -> Change {
        Change::PutAnnex(Box::new(annex.clone()))
    }

    /// What is refused of changes to an enterprise with these annexes.
    fn check(known: &[Annex], changes: &[Change]) -> Vec<String> {
        let mut graph = Graph::new();
        let enterprise = Organization::new("ent-1".parse().unwrap(), OrganizationKind::Enterprise, "示例");
        graph.apply(&[Change::PutOrganization(Box::new(enterprise))]).unwrap();
        graph.apply(&known.iter().map(put).collect::<Vec<_>>()).unwrap();
        let before = graph.clone();
        let violations = graph.apply(changes).err().unwrap_or_default();
        assert!(violations.is_empty() || graph == before);
        assert_eq!(graph.validate(), Ok(()));
        violations.iter().map(|(position, violation)| format!("{position}: {violation}")).collect()
    }

    #[test]
    fn what_an_organisation_still_has_keeps_it_from_being_forgotten() {
        let annexes = [annex("停产", "2024-01-01", ""), annex("7", "2023-01-01", "2024-01-01")];
        let removal = Change::RemoveOrganization("ent-1".parse().unwrap());
        let refused =
            "ent-1: it cannot be removed while it has 1 dated values and 1 exemptions: remove these first";
        assert_eq!(check(&annexes, std::slice::from_ref(&removal)), [format!("0: {refused}")]);
        let all = annexes.iter().map(|annex| Change::RemoveAnnex(annex.key())).chain([removal]);
        assert!(check(&annexes, &all.collect::<Vec<_>>()).is_empty());
    }

    #[test]
    fn two_values_of_one_day_are_refused_naming_both_and_judged_when_all_changes_are_in() {
        let (first, second) = (annex("7", "2023-01-01", "2024-01-01"), annex("8", "2023-06-01", ""));
        assert_eq!(
            check(&[], &[put(&first), put(&second)]),
            [
                "0: value of employees of ent-1 from 2023-01-01: valid_from: the value of employees of ent-1 from \
                 2023-06-01 holds on some of the same days: 2023-06-01..",
                "1: value of employees of ent-1 from 2023-06-01: valid_from: the value of employees of ent-1 from \
                 2023-01-01 holds on some of the same days: 2023-01-01..2024-01-01",
            ]
        );
        let shortened = annex("7", "2023-01-01", "2023-06-01");
        assert!(check(&[first], &[put(&second), put(&shortened)]).is_empty());
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_column() {
        let of_nobody = match annex("7", "2023-01-01", "") {
            Annex::Value(value) => {
                Annex::Value(DatedValue { organization: "ent-2".parse().unwrap(), ..value })
            }
            other => other,
        };
        let changes = [
            put(&annex("-1", "2023-01-01", "")),
            put(&annex("停产", "2023-01-02", "2023-01-02")),
            put(&annex(" ", "2023-01-02", "")),
            put(&of_nobody),
            Change::RemoveAnnex(annex("停产", "2023-01-03", "").key()),
        ];
        assert_eq!(
            check(&[], &changes),
            [
                "0: value of employees of ent-1 from 2023-01-01: value: -1 is not a whole number from 0 to 2147483647",
                "1: exemption of ent-1 from a granted on 2023-01-02: until: 2023-01-02 is not later than the day on \
                 which it was granted",
                "2: exemption of ent-1 from a granted on 2023-01-02: reason: it is empty",
                "3: the organisation \"ent-2\" is not in the graph",
                "4: the exemption of ent-1 from a granted on 2023-01-03 is not in the graph",
            ]
        );
    }

    #[test]
    fn of_several_exemptions_the_last_granted_applies_and_each_ends_by_its_date() {
        let mut graph = Graph::new();
        let enterprise = Organization::new("ent-1".parse().unwrap(), OrganizationKind::Enterprise, "示例");
        graph.apply(&[Change::PutOrganization(Box::new(enterprise))]).unwrap();
        let annexes = [annex("一", "2024-01-01", "2024-06-01"), annex("二", "2024-03-01", "2024-04-01")];
        graph.apply(&annexes.each_ref().map(put)).unwrap();
        let slot = graph.slot("ent-1").unwrap();
        let days = ["2023-12-31", "2024-01-01", "2024-03-01", "2024-04-01", "2024-05-31", "2024-06-01"];
        let applying = days.map(|date| {
            let date = day(date).unwrap();
            let found = graph.exemption(slot, "a", date).map(|exemption| exemption.reason.to_string());
            assert_eq!(graph.exempt("a", date).contains(slot.position()), found.is_some());
            found.unwrap_or_default()
        });
        assert_eq!(applying, ["", "一", "二", "一", "一", ""]);
        assert!(graph.exempt("b", day("2024-03-01").unwrap()).is_empty());
    }
}
