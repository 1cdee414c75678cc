mod plain;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use async_graphql::{ComplexObject, Context, ID, Interface, Object, Result, SimpleObject};

use super::dated_value::DatedValue;
use super::enums::{
    Direction, Language, OperatingStatus, OrganizationCategory, OrganizationKind, RelationType,
};
use super::error::{outside, unknown_organization, unreadable_past};
use super::exemption::Exemption;
use super::filter::{ById, select_kinds};
use super::gap::CoverageStatus;
use super::identity::identity;
use super::page::{Connection, MAX_DETAILS, PageArguments, Shown, page};
use super::relation::{ByKey, Relation};
use super::scalar::{Date, DateTime};
use super::task::Task;
use super::{cost, language};
use crate::atlas::Snapshot;
use crate::graph::{Graph, Operand, Slot, When, slots};
use crate::graphql::cancellable;
use crate::model;

/// Anything that has an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its id, as ledgers write it."))]
pub(super) enum Node {
    Organization(Organization),
    Task(Task),
}

impl Node {
    /// Whatever has an id; ids of tasks hold a stroke, which those of organisations never do.
    pub(super) fn find(snapshot: &Arc<Snapshot>, id: &str) -> Option<Self> {
        let organization = Organization::find(snapshot, id).map(Self::Organization);
        organization.or_else(|| Task::find(snapshot, id, model::today()).map(Self::Task))
    }
}

/// An organisation, a place, a territory, a Party organisation, a facility, a sector or a programme.
pub(super) struct Organization {
    snapshot: Arc<Snapshot>,
    slot: Slot,
    record: OnceLock<Option<Box<model::Organization>>>,
}

impl Organization {
    pub(super) fn new(snapshot: &Arc<Snapshot>, slot: Slot) -> Self {
        Self { snapshot: Arc::clone(snapshot), slot, record: OnceLock::new() }
    }

    /// The organisation of an entry, made of that of the entry before: both are of one snapshot.
    pub(super) fn after(before: Option<Self>, snapshot: &Arc<Snapshot>, slot: Slot) -> Self {
        match before {
            Some(before) => Self { slot, record: OnceLock::new(), ..before },
            None => Self::new(snapshot, slot),
        }
    }

    /// An organisation by its id.
    pub(super) fn find(snapshot: &Arc<Snapshot>, id: &str) -> Option<Self> {
        snapshot.graph.slot(id).map(|slot| Self::new(snapshot, slot))
    }

    /// The whole record, read once however many of its fields are asked for.
    fn record(&self) -> Option<&model::Organization> {
        self.record.get_or_init(|| self.snapshot.graph.record(self.slot).map(Box::new)).as_deref()
    }

    fn field<T>(&self, read: impl FnOnce(&model::Organization) -> Option<T>) -> Option<T> {
        self.record().and_then(read)
    }

    fn present(&self, slot: Slot) -> Self {
        Self::new(&self.snapshot, slot)
    }
}

/// Where a record comes from.
#[derive(SimpleObject)]
pub(super) struct Source {
    /// The source in words, such as a fact's id or a register.
    citation: String,
}

/// A value of an attribute.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Attribute {
    /// The attribute: a ledger column and an operand of rules.
    code: String,
    /// The value as ledgers write it.
    text: String,
    /// The value of a number or an integer.
    number: Option<f64>,
    /// The value of a flag.
    flag: Option<bool>,
    /// The value of a date.
    date: Option<Date>,
    /// What a value is counted in.
    unit: Option<String>,
}

/// An organisation, a place, a territory, a Party organisation, a facility, a sector or a programme.
#[Object]
impl Organization {
    /// Its id, as ledgers write it.
    pub(super) async fn id(&self) -> ID {
        self.snapshot.graph.id(self.slot).as_str().into()
    }

    /// What it is.
    async fn kind(&self) -> OrganizationKind {
        self.snapshot.graph.kind(self.slot).into()
    }

    /// The group that its kind belongs to.
    async fn category(&self) -> OrganizationCategory {
        self.snapshot.graph.kind(self.slot).category().into()
    }

    /// Its name: the simplified one, the traditional one, converted where none is recorded, or the English one,
    /// simplified where none is recorded.
    async fn name(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> String {
        self.name_in(language::language(context, language))
    }

    /// Other names.
    async fn aliases(&self) -> Vec<&str> {
        self.record().into_iter().flat_map(|o| o.aliases.iter().map(AsRef::as_ref)).collect()
    }

    /// Unified social credit code (GB 32100-2015).
    async fn uscc(&self) -> Option<String> {
        self.field(|o| o.uscc.map(String::from))
    }

    /// Division code of where it stands.
    async fn division(&self) -> Option<String> {
        self.field(|o| o.division.map(String::from))
    }

    /// Its industry, as its ledger words it.
    async fn industry(&self) -> Option<&str> {
        self.record()?.industry.as_deref()
    }

    /// Designations such as TWO_NEW or RED_WORKSHOP.
    async fn designations(&self) -> Vec<&str> {
        self.snapshot.graph.designations(self.slot).iter().map(AsRef::as_ref).collect()
    }

    /// Party members, probationary ones included, in its column; with a day the value of that day, which a dated value may give.
    async fn party_members(
        &self,
        #[graphql(desc = "The day; the column's value where left out.")] as_of: Option<Date>,
    ) -> Option<u32> {
        self.count(&Operand::PartyMembers, as_of)
    }

    /// Full Party members, in its column; with a day the value of that day, which a dated value may give.
    async fn full_members(
        &self,
        #[graphql(desc = "The day; the column's value where left out.")] as_of: Option<Date>,
    ) -> Option<u32> {
        self.count(&Operand::FullMembers, as_of)
    }

    /// Which counts of its columns are kept back from readers, so that they are null though known: partyMembers and
    /// fullMembers, where they are small and the store asks for that.
    async fn suppressed(&self) -> Vec<&str> {
        let (graph, below) = (&self.snapshot.graph, self.snapshot.kept_back_below());
        let counts = [("partyMembers", Operand::PartyMembers), ("fullMembers", Operand::FullMembers)];
        let is_kept_back = |operand: &Operand| {
            let value = graph.value(self.slot, operand, When::Ever);
            value.is_some_and(|value| operand.is_kept_back(&value, below))
        };
        counts.into_iter().filter(|(_, operand)| is_kept_back(operand)).map(|(name, _)| name).collect()
    }

    /// People employed, in its column; with a day the value of that day, which a dated value may give.
    async fn employees(
        &self,
        #[graphql(desc = "The day; the column's value where left out.")] as_of: Option<Date>,
    ) -> Option<u32> {
        self.count(&Operand::Employees, as_of)
    }

    /// Floor area in square metres, in its column; with a day the value of that day, which a dated value may give.
    async fn floor_area_m2(
        &self,
        #[graphql(desc = "The day; the column's value where left out.")] as_of: Option<Date>,
    ) -> Option<f64> {
        self.amount(&Operand::FloorAreaM2, as_of)
    }

    /// Income of a year in yuan, in its column; with a day the value of that day, which a dated value may give.
    async fn annual_income_cny(
        &self,
        #[graphql(desc = "The day; the column's value where left out.")] as_of: Option<Date>,
    ) -> Option<f64> {
        self.amount(&Operand::AnnualIncomeCny, as_of)
    }

    /// Whether it works.
    async fn operating_status(&self) -> OperatingStatus {
        self.snapshot.graph.operating_status(self.slot).into()
    }

    /// First day on which it exists; null where it is not known or always did.
    async fn established_on(&self) -> Option<Date> {
        self.field(|o| o.life.from().map(Date))
    }

    /// First day on which it does not exist any more; null where it still does.
    async fn dissolved_on(&self) -> Option<Date> {
        self.field(|o| o.life.to().map(Date))
    }

    /// Whether it was generated and stands for nothing real.
    async fn synthetic(&self) -> bool {
        self.snapshot.graph.synthetic().contains(self.slot.position())
    }

    /// Where the record comes from.
    async fn sources(&self) -> Vec<Source> {
        let sources = self.record().into_iter().flat_map(|o| &o.sources);
        sources.map(|source| Source { citation: source.to_string() }).collect()
    }

    /// Values of declared attributes, in the order of their ids; with a day those of that day, dated ones too.
    async fn attributes(
        &self,
        #[graphql(desc = "The day; the columns' values where left out.")] as_of: Option<Date>,
    ) -> Vec<Attribute> {
        let columns = self.record().into_iter().flat_map(|o| o.attributes.keys());
        let dated = self.snapshot.graph.values_of(self.slot).filter_map(|dated| match &dated.attribute {
            model::DatedAttribute::Declared(id) => Some(id),
            _ => None,
        });
        let ids: BTreeSet<_> = columns.chain(dated).collect();
        let values = ids.into_iter().filter_map(|id| {
            let value = self.value(&Operand::Declared(id.clone()), as_of)?;
            Some(Attribute::new(&self.snapshot, id.as_str(), &value))
        });
        values.collect()
    }

    /// Its dated values, in the order of attributes, the oldest of an attribute first; 1000 at the most. Small counts of
    /// members are left out where they are kept back.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn values(
        &self,
        #[graphql(desc = "Only those of this attribute: a column or a declared attribute.")]
        attribute: Option<String>,
        #[graphql(desc = "Only those that hold on this day.")] as_of: Option<Date>,
    ) -> Vec<DatedValue> {
        let below = self.snapshot.kept_back_below();
        let wanted = |dated: &&model::DatedValue| {
            Operand::named(dated.attribute.name()).is_none_or(|o| !o.is_kept_back(&dated.value, below))
                && attribute.as_ref().is_none_or(|name| name == dated.attribute.name())
                && as_of.is_none_or(|date| dated.validity.contains(date.0))
        };
        let values = self.snapshot.graph.values_of(self.slot).filter(wanted);
        values.take(MAX_DETAILS).map(|dated| DatedValue::new(&self.snapshot, dated)).collect()
    }

    /// Where it stands first of all: PART_OF before LOCATED_IN, the lowest id among several, whatever the dates.
    async fn parent(&self) -> Option<Organization> {
        self.snapshot.graph.parent(self.slot, When::Ever).map(|slot| self.present(slot))
    }

    /// All that it stands within by PART_OF or LOCATED_IN, nearest first, whatever the dates; 1000 at the most.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn ancestors(&self) -> Vec<Organization> {
        let ancestors = self.snapshot.graph.ancestors(self.slot, When::Ever);
        ancestors.into_iter().take(MAX_DETAILS).map(|slot| self.present(slot)).collect()
    }

    /// All that stands directly in it by PART_OF or LOCATED_IN, in the order of ids, whatever the dates.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn children(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only these kinds; all where none are named.")] kinds: Option<Vec<OrganizationKind>>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Organization>> {
        cancellable(|| {
            let page = PageArguments { first, after, shown: Shown::by(context), ..PageArguments::default() };
            self.children_of(kinds.as_deref(), &page)
        })
    }

    /// All that stands within it by PART_OF or LOCATED_IN, in the order of ids, whatever the dates.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn descendants(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only these kinds; all where none are named.")] kinds: Option<Vec<OrganizationKind>>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Organization>> {
        cancellable(|| {
            let graph = &self.snapshot.graph;
            let mut within = graph.within(self.slot, When::Ever);
            self.snapshot.retain_held(&mut within);
            if let Some(kinds) = kinds.filter(|kinds| !kinds.is_empty()) {
                within &= select_kinds(graph, kinds.into_iter().map(Into::into));
            }
            let descendants = graph.sorted_by_id(slots(&within));
            let shown = Shown::by(context);
            let arguments = PageArguments { first, after, shown, ..PageArguments::default() };
            page(&descendants, &ById { graph, list: "descendants" }, &arguments, |slot| self.present(slot))
        })
    }

    /// Its relations, in the order of source, type, target, mode and start; with no day, whatever their dates.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn relations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only these types; all where none are named.")] types: Option<Vec<RelationType>>,
        #[graphql(desc = "Those that start at it, end at it, or both.", default_with = "Direction::Both")]
        direction: Direction,
        #[graphql(desc = "Only those that hold on this day.")] as_of: Option<Date>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Relation>> {
        cancellable(|| {
            let page = PageArguments { first, after, shown: Shown::by(context), ..PageArguments::default() };
            self.relations_of(types.as_deref(), direction, as_of, &page)
        })
    }

    /// What an indicator says of it, with the relations that cover it or the reasons why none does.
    #[graphql(complexity = "cost::FEW + child_complexity")]
    async fn coverage_status(
        &self,
        #[graphql(desc = "The indicator's id.")] indicator: ID,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Result<CoverageStatus> {
        cancellable(|| {
            if let Some(territories) = self.snapshot.territories().filter(|_| !self.snapshot.holds(self.slot))
            {
                return Err(outside(territories));
            }
            let Some(moment) = recorded_at else {
                return CoverageStatus::new(&self.snapshot, Some(self.slot), &indicator, as_of);
            };
            let past = self.snapshot.recorded_at(moment.0).map_err(|cause| unreadable_past(&cause))?;
            let slot = past.graph.slot(self.snapshot.graph.id(self.slot).as_str());
            CoverageStatus::new(&past, slot, &indicator, as_of)
        })
    }

    /// The exemptions that were granted to it, in the order of indicators, the oldest of an indicator first; 1000 at the
    /// most.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn exemptions(
        &self,
        #[graphql(desc = "Only those from this indicator.")] indicator: Option<ID>,
        #[graphql(desc = "Only those that apply on this day.")] as_of: Option<Date>,
    ) -> Vec<Exemption> {
        let wanted = |exemption: &&model::Exemption| {
            indicator.as_ref().is_none_or(|id| ***id == *exemption.indicator)
                && as_of.is_none_or(|date| exemption.applies_on(date.0))
        };
        let exemptions = self.snapshot.graph.exemptions_of(self.slot).filter(wanted);
        exemptions.take(MAX_DETAILS).map(|exemption| Exemption::new(&self.snapshot, exemption)).collect()
    }
}

impl Organization {
    /// A page of what stands directly in it, of some kinds.
    fn children_of(
        &self,
        kinds: Option<&[OrganizationKind]>,
        arguments: &PageArguments,
    ) -> Result<Connection<Organization>> {
        let graph = &self.snapshot.graph;
        let mut children = graph.children(self.slot, When::Ever);
        children.retain(|slot| self.snapshot.holds(*slot));
        if let Some(kinds) = kinds.filter(|kinds| !kinds.is_empty()) {
            children.retain(|slot| kinds.contains(&graph.kind(*slot).into()));
        }
        page(&children, &ById { graph, list: "children" }, arguments, |slot| self.present(slot))
    }

    /// A page of its relations, of some types.
    fn relations_of(
        &self,
        types: Option<&[RelationType]>,
        direction: Direction,
        as_of: Option<Date>,
        arguments: &PageArguments,
    ) -> Result<Connection<Relation>> {
        let graph = &self.snapshot.graph;
        let types: Vec<_> = types.unwrap_or_default().iter().map(|of_type| (*of_type).into()).collect();
        let when = as_of.map_or(When::Ever, |date| When::On(date.0));
        let found = graph.relations_of(self.slot, direction.into(), &types, when).map(|r| r.slot);
        let relations = graph.sorted_relations(found);
        page(&relations, &ByKey { graph }, arguments, |slot| Relation::new(&self.snapshot, slot))
    }

    fn name_in(&self, language: model::Language) -> String {
        let simplified = self.snapshot.graph.name(self.slot);
        let recorded = match language {
            model::Language::ZhHans => None,
            model::Language::ZhHant => {
                let recorded = self.field(|o| o.name_hant.clone());
                return recorded.map_or_else(|| model::traditional(simplified), |name| name.to_string());
            }
            model::Language::En => self.field(|o| o.name_en.clone()),
        };
        recorded.as_deref().unwrap_or(simplified).to_owned()
    }

    /// What is recorded of an operand, in its column or, with a day, for that day.
    fn value(&self, operand: &Operand, as_of: Option<Date>) -> Option<model::AttributeValue> {
        let when = as_of.map_or(When::Ever, |date| When::On(date.0));
        self.snapshot.graph.told_value(self.slot, operand, when, self.snapshot.kept_back_below())
    }

    fn count(&self, operand: &Operand, as_of: Option<Date>) -> Option<u32> {
        match self.value(operand, as_of)? {
            model::AttributeValue::Integer(count) => u32::try_from(count).ok(),
            _ => None,
        }
    }

    fn amount(&self, operand: &Operand, as_of: Option<Date>) -> Option<f64> {
        match self.value(operand, as_of)? {
            model::AttributeValue::Number(amount) => Some(amount),
            _ => None,
        }
    }
}

#[ComplexObject]
impl Attribute {
    /// Identifies it with all that it says, as normalised caches need it; `code` is the
    /// attribute.
    async fn id(&self) -> ID {
        identity("attribute", [self.code.as_str(), &self.text, self.unit.as_deref().unwrap_or_default()])
    }
}

impl Attribute {
    pub(super) fn new(snapshot: &Snapshot, id: &str, value: &model::AttributeValue) -> Self {
        use model::AttributeValue as V;
        Self {
            code: id.to_owned(),
            text: value.to_string(),
            number: match value {
                V::Number(number) => Some(*number),
                V::Integer(number) => Some(*number as f64),
                _ => None,
            },
            flag: if let V::Flag(flag) = value { Some(*flag) } else { None },
            date: if let V::Date(date) = value { Some(Date(*date)) } else { None },
            unit: snapshot.attributes.get(id).and_then(|declared| declared.unit.clone()),
        }
    }
}

/// The organisation that a client names by its id.
pub(super) fn known_organization(graph: &Graph, id: &str) -> Result<Slot> {
    graph.slot(id).ok_or_else(|| unknown_organization(id))
}
