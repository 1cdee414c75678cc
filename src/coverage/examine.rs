use std::collections::BTreeSet;

use crate::graph::{Graph, Operand, RelationSlot, RelationView, Slot, When};
use crate::model::{Date, Language};

use super::words::{in_language, label};
use super::{Condition, CoverageState, Form, Indicator, Quantifier, Related, Truth};

/// Answers for one organisation straight from the definition, with no index, and says why.
///
/// This is what a condition means; the sets of [`super::evaluate`] must agree with it.
#[derive(Clone, Copy)]
pub struct Examiner<'a> {
    graph: &'a Graph,
    date: Date,
    /// Below how many members a count is not told; 0 where all are.
    kept_back_below: u32,
}

/// What is said in place of a count of members that is kept back.
pub const KEPT_BACK: &str = "suppressed";

/// What a condition is of an organisation, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Whether it holds.
    pub truth: Truth,
    /// The relations by which it holds, if it does and needs any.
    pub witness: Vec<RelationSlot>,
    /// The values by which it holds, if it does and needs any.
    pub values: Vec<ValueAsked>,
    /// What failed or is unknown, if it does not hold.
    pub reasons: Vec<Reason>,
}

/// A value that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueAsked {
    /// Whose value it is.
    pub organization: Slot,
    /// Which value.
    pub operand: Operand,
}

/// A leaf of a condition that does not hold, or that nobody knows to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The organisation at which the leaf was asked.
    pub organization: Slot,
    /// Whether it fails or is unknown.
    pub truth: Truth,
    /// The leaf.
    pub needed: Condition,
    /// What is recorded instead, in the names that rules are written in.
    pub found: String,
}

/// How many related organisations a reason names at the most.
const NAMED: usize = 3;

impl<'a> Examiner<'a> {
    /// An examiner of a graph as it stands on a day.
    pub fn new(graph: &'a Graph, date: Date) -> Self {
        Self { graph, date, kept_back_below: 0 }
    }

    /// The same, which does not tell counts of members from 1 up to below a number as what was found.
    #[must_use]
    pub fn keeping_back(self, below: u32) -> Self {
        Self { kept_back_below: below, ..self }
    }

    /// Whether a condition holds of an organisation that exists on the day, and why.
    pub fn examine(&self, condition: &Condition, slot: Slot) -> Finding {
        match condition {
            Condition::All(parts) => {
                let findings: Vec<_> = parts.iter().map(|part| self.examine(part, slot)).collect();
                let truth = Truth::all(findings.iter().map(|f| f.truth));
                Finding::of_parts(truth, findings)
            }
            Condition::Any(parts) => {
                let findings: Vec<_> = parts.iter().map(|part| self.examine(part, slot)).collect();
                if let Some(holding) = findings.iter().find(|f| f.truth == Truth::True) {
                    return holding.clone();
                }
                let truth = Truth::any(findings.iter().map(|f| f.truth));
                // "Not this, or that" says what is needed of whoever is this: that he is it explains nothing.
                let is_premise = |part: &Condition| matches!(part, Condition::Not(_));
                let premises_alone = parts.iter().all(is_premise);
                let deciding = parts.iter().zip(findings);
                let deciding = deciding.filter(|(part, finding)| {
                    premises_alone || finding.truth != Truth::False || !is_premise(part)
                });
                Finding::of_parts(truth, deciding.map(|(_, finding)| finding))
            }
            Condition::Related(related) => self.examine_related(related, slot),
            Condition::Not(inner) => self.leaf(!self.examine(inner, slot).truth, condition, slot),
            Condition::Kind(kinds) => {
                self.leaf(kinds.contains(&self.graph.kind(slot)).into(), condition, slot)
            }
            Condition::Designation(designation) => {
                self.leaf(self.graph.has_designation(slot, designation).into(), condition, slot)
            }
            Condition::OperatingStatus(statuses) => {
                self.leaf(statuses.contains(&self.graph.operating_status(slot)).into(), condition, slot)
            }
            Condition::Compare(compare) => {
                let mut finding = self.leaf(compare.truth(self.graph, slot, self.when()), condition, slot);
                if finding.truth == Truth::True {
                    finding.values.push(ValueAsked { organization: slot, operand: compare.operand.clone() });
                }
                finding
            }
            Condition::Within(id) => {
                let here = self.graph.id(slot) == id;
                let above = self.graph.ancestors(slot, self.when());
                let within = here || above.iter().any(|ancestor| self.graph.id(*ancestor) == id);
                self.leaf(within.into(), condition, slot)
            }
        }
    }

    /// What state an indicator gives an organisation that exists on the day; `None` outside its population.
    pub fn state(&self, indicator: &Indicator, slot: Slot) -> Option<(CoverageState, Option<usize>)> {
        let population = self.examine(&indicator.population, slot).truth;
        if population == Truth::False {
            return None;
        }
        let mut exemptions = self.graph.exemptions_of(slot);
        if exemptions.any(|e| *e.indicator == *indicator.id && e.applies_on(self.date)) {
            return Some((CoverageState::Exempt, None));
        }
        if population == Truth::Unknown {
            return Some((CoverageState::Unknown, None));
        }
        let truths: Vec<_> =
            indicator.forms.iter().map(|form| self.examine(&form.when, slot).truth).collect();
        let first = truths.iter().position(|truth| *truth == Truth::True);
        Some(match Truth::any(truths) {
            Truth::True => (CoverageState::Covered, first),
            Truth::Unknown => (CoverageState::Unknown, None),
            Truth::False => (CoverageState::Uncovered, None),
        })
    }

    /// Why a unit is uncovered or unknown: what is unknown of its population, else why each form does not hold.
    pub fn reasons<'i>(
        &self,
        indicator: &'i Indicator,
        slot: Slot,
        state: CoverageState,
    ) -> Vec<(Option<&'i Form>, Reason)> {
        let of_population = self.examine(&indicator.population, slot).reasons;
        if !of_population.is_empty() {
            return of_population.into_iter().map(|reason| (None, reason)).collect();
        }
        if !matches!(state, CoverageState::Uncovered | CoverageState::Unknown) {
            return Vec::new();
        }
        let of_form = |form: &'i Form| {
            let reasons = self.examine(&form.when, slot).reasons;
            reasons.into_iter().map(move |reason| (Some(form), reason))
        };
        indicator.forms.iter().flat_map(of_form).collect()
    }

    /// What the relations of a condition lead to, in the order of the relations.
    pub(super) fn ends(&self, related: &Related, slot: Slot) -> Vec<Slot> {
        self.matching(related, slot).iter().map(|relation| other_end(relation, slot)).collect()
    }

    fn examine_related(&self, related: &Related, slot: Slot) -> Finding {
        let relations = self.matching(related, slot);
        let findings: Vec<_> = relations
            .iter()
            .map(|relation| (relation.slot, self.examine(&related.to, other_end(relation, slot))))
            .collect();
        let truths = findings.iter().map(|(_, finding)| finding.truth);
        match related.quantifier {
            Quantifier::Some => match findings.iter().find(|(_, f)| f.truth == Truth::True) {
                Some((relation, finding)) => Finding {
                    truth: Truth::True,
                    witness: [&[*relation], finding.witness.as_slice()].concat(),
                    values: finding.values.clone(),
                    reasons: Vec::new(),
                },
                None => {
                    let truth = Truth::any(truths);
                    // What is of another kind than asked for explains nothing; what falls short of the rest does.
                    let near = relations
                        .iter()
                        .zip(&findings)
                        .filter(|(relation, _)| self.is_of_kind(&related.to, other_end(relation, slot)));
                    let near: Vec<_> = near.map(|(_, (_, finding))| finding.clone()).collect();
                    if near.is_empty() {
                        self.related_leaf(truth, related, slot)
                    } else {
                        Finding::of_parts(truth, near)
                    }
                }
            },
            Quantifier::Every => {
                let truth = Truth::all(truths);
                Finding::of_parts(truth, findings.into_iter().map(|(_, finding)| finding))
            }
            Quantifier::None => self.related_leaf(!Truth::any(truths), related, slot),
            Quantifier::AtLeast | Quantifier::AtMost => {
                let at_most = related.quantifier == Quantifier::AtMost;
                let needed = related.count() + u64::from(at_most);
                let ends = |least: Truth| {
                    let enough = relations.iter().zip(&findings).filter(|(_, (_, f))| f.truth >= least);
                    enough.map(|(relation, _)| other_end(relation, slot)).collect::<BTreeSet<_>>().len()
                        as u64
                };
                let enough = match (ends(Truth::True) >= needed, ends(Truth::Unknown) >= needed) {
                    (true, _) => Truth::True,
                    (false, true) => Truth::Unknown,
                    (false, false) => Truth::False,
                };
                let truth = if at_most { !enough } else { enough };
                let mut finding = self.related_leaf(truth, related, slot);
                if enough == Truth::True && !at_most {
                    let holding = findings.iter().filter(|(_, f)| f.truth == Truth::True);
                    finding.witness = holding.map(|(relation, _)| *relation).collect();
                }
                finding
            }
        }
    }

    /// Whether an organisation is of the kinds that a condition names outright.
    fn is_of_kind(&self, condition: &Condition, slot: Slot) -> bool {
        match condition {
            Condition::Kind(kinds) => kinds.contains(&self.graph.kind(slot)),
            Condition::All(parts) => parts.iter().all(|part| self.is_of_kind(part, slot)),
            _ => true,
        }
    }

    /// The relations that a condition looks at, in the order of ids.
    fn matching(&self, related: &Related, slot: Slot) -> Vec<RelationView<'a>> {
        let types = [related.relation_type];
        let relations = self
            .graph
            .relations_of(slot, related.direction, &types, self.when())
            .filter(|r| related.modes.is_empty() || r.mode.is_some_and(|mode| related.modes.contains(&mode)))
            .map(|relation| relation.slot);
        let sorted = self.graph.sorted_relations(relations);
        sorted.into_iter().filter_map(|relation| self.graph.relation_at(relation)).collect()
    }

    fn related_leaf(&self, truth: Truth, related: &Related, slot: Slot) -> Finding {
        self.leaf(truth, &Condition::Related(Box::new(related.clone())), slot)
    }

    fn leaf(&self, truth: Truth, condition: &Condition, slot: Slot) -> Finding {
        let reason = || Reason {
            organization: slot,
            truth,
            needed: condition.clone(),
            found: self.found(condition, slot, Names::Codes),
        };
        let reasons = if truth == Truth::True { Vec::new() } else { vec![reason()] };
        Finding { truth, witness: Vec::new(), values: Vec::new(), reasons }
    }

    /// What is recorded instead of what a reason needs, as users read it; in English as the reason says it.
    pub fn found_written(&self, reason: &Reason, language: Language) -> String {
        let simplified = || self.found(&reason.needed, reason.organization, Names::Chinese);
        in_language(language, simplified, || reason.found.clone())
    }

    /// What is recorded where a condition looks.
    fn found(&self, condition: &Condition, slot: Slot, names: Names) -> String {
        match condition {
            Condition::Kind(_) => names.value("OrganizationKind", self.graph.kind(slot).name()),
            Condition::Designation(_) => {
                let designations = self.graph.designations(slot).iter();
                names.listed(designations.map(|d| names.value("Designation", d.as_ref())))
            }
            Condition::OperatingStatus(_) => {
                names.value("OperatingStatus", self.graph.operating_status(slot).name())
            }
            Condition::Compare(compare) => {
                let value = self.graph.found_value(slot, &compare.operand, self.when());
                match value {
                    None => names.word(Word::Unknown).to_owned(),
                    Some(found) if compare.operand.is_kept_back(&found.value, self.kept_back_below) => {
                        names.word(Word::KeptBack).to_owned()
                    }
                    Some(found) => found.to_string(),
                }
            }
            Condition::Related(related) => self.found_related(related, slot, names),
            Condition::Within(_) => {
                let above = self.graph.ancestors(slot, self.when());
                names.listed(above.iter().map(|ancestor| self.named(*ancestor, names)))
            }
            Condition::Not(inner) => self.found(inner, slot, names),
            Condition::All(parts) | Condition::Any(parts) => {
                let between = if names == Names::Chinese { "；" } else { "; " };
                parts.iter().map(|part| self.found(part, slot, names)).collect::<Vec<_>>().join(between)
            }
        }
    }

    /// The relations of a type that hold, also in other modes than the condition asks for.
    fn found_related(&self, related: &Related, slot: Slot, names: Names) -> String {
        let types = [related.relation_type];
        let held = self.graph.relations_of(slot, related.direction, &types, self.when()).map(|r| r.slot);
        let held = self.graph.sorted_relations(held).into_iter().filter_map(|r| self.graph.relation_at(r));
        names.listed(held.map(|relation| {
            let other = self.named(other_end(&relation, slot), names);
            match (relation.mode, names) {
                (None, _) => other,
                (Some(mode), Names::Codes) => format!("{other} ({mode})"),
                (Some(mode), Names::Chinese) => {
                    format!("{other}（{}）", names.value("RelationMode", mode.name()))
                }
            }
        }))
    }

    fn named(&self, slot: Slot, names: Names) -> String {
        match names {
            Names::Codes => self.graph.id(slot).to_string(),
            Names::Chinese => self.graph.name(slot).to_string(),
        }
    }

    fn when(&self) -> When {
        When::On(self.date)
    }
}

impl Finding {
    /// A finding made of its parts': their witnesses if it holds, else the reasons of those that decide.
    fn of_parts(truth: Truth, parts: impl IntoIterator<Item = Self>) -> Self {
        let mut finding = Self { truth, witness: Vec::new(), values: Vec::new(), reasons: Vec::new() };
        for part in parts {
            if truth == Truth::True {
                finding.witness.extend(part.witness);
                finding.values.extend(part.values);
            } else if part.truth == truth {
                finding.reasons.extend(part.reasons);
            }
        }
        finding
    }
}

fn other_end(relation: &RelationView<'_>, slot: Slot) -> Slot {
    if relation.source == slot { relation.target } else { relation.source }
}

/// How what is recorded is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// By the names that rules are written in, and by ids.
    Codes,
    /// By what readers of simplified Chinese read.
    Chinese,
}

/// What is said where there is nothing to name.
enum Word {
    Nothing,
    Unknown,
    KeptBack,
}

impl Names {
    fn value(self, of: &str, value: &str) -> String {
        match self {
            Self::Codes => value.to_owned(),
            Self::Chinese => label(of, value).to_owned(),
        }
    }

    fn word(self, word: Word) -> &'static str {
        match (word, self) {
            (Word::Nothing, Self::Codes) => "none",
            (Word::Nothing, Self::Chinese) => "无",
            (Word::Unknown, Self::Codes) => "unknown",
            (Word::Unknown, Self::Chinese) => "未知",
            (Word::KeptBack, Self::Codes) => KEPT_BACK,
            (Word::KeptBack, Self::Chinese) => "数值较小，不公开",
        }
    }

    /// The first few items, and how many more there are.
    fn listed(self, items: impl Iterator<Item = String>) -> String {
        let items: Vec<_> = items.collect();
        match (items.len(), self) {
            (0, _) => self.word(Word::Nothing).to_owned(),
            (n, Self::Codes) if n <= NAMED => items.join(", "),
            (n, Self::Codes) => format!("{} and {} more", items[..NAMED].join(", "), n - NAMED),
            (n, Self::Chinese) if n <= NAMED => items.join("、"),
            (n, Self::Chinese) => format!("{}等 {n} 个", items[..NAMED].join("、")),
        }
    }
}
