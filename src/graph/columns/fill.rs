use std::sync::Arc;

use super::{Columns, Details, NOTHING, Rarities};
use crate::graph::OrganizationSet;
use crate::graph::interner::Interner;
use crate::graph::shared::{ColumnFiller, TextFiller};
use crate::model::{Organization, OrganizationId, OrganizationKind, Validity};

/// Writes the rows of organisations from the first on.
pub(in crate::graph) struct ColumnsFiller {
    ids: ColumnFiller<Option<OrganizationId>>,
    names: TextFiller,
    kinds: ColumnFiller<OrganizationKind>,
    lives: ColumnFiller<Validity>,
    counts: [ColumnFiller<u32>; 3],
    details: ColumnFiller<Details>,
    rarities: ColumnFiller<Option<Arc<Rarities>>>,
    synthetic: OrganizationSet,
    len: u32,
    texts: Interner<str>,
    designations: Lists,
    sources: Lists,
    lists: Interner<[Arc<str>]>,
}

/// The list that came last, and its symbol: most rows have that of the row before.
struct Lists {
    last: Vec<Arc<str>>,
    symbol: u32,
}

impl Lists {
    fn symbol<'l>(
        &mut self,
        list: impl ExactSizeIterator<Item = &'l Arc<str>> + Clone,
        lists: &mut Interner<[Arc<str>]>,
    ) -> u32 {
        if !list.clone().eq(&self.last) {
            self.last = list.cloned().collect();
            self.symbol = if self.last.is_empty() { NOTHING } else { lists.symbol(&self.last) };
        }
        self.symbol
    }
}

impl Default for ColumnsFiller {
    fn default() -> Self {
        let lists = || Lists { last: Vec::new(), symbol: NOTHING };
        Self {
            ids: ColumnFiller::of(None),
            names: TextFiller::default(),
            kinds: ColumnFiller::of(OrganizationKind::Province),
            lives: ColumnFiller::of(Validity::ALWAYS),
            counts: [(); 3].map(|()| ColumnFiller::of(NOTHING)),
            details: ColumnFiller::of(super::NO_DETAILS),
            rarities: ColumnFiller::of(None),
            synthetic: OrganizationSet::new(),
            len: 0,
            texts: Interner::default(),
            designations: lists(),
            sources: lists(),
            lists: Interner::default(),
        }
    }
}

impl ColumnsFiller {
    /// Writes the next row.
    pub(in crate::graph) fn push(&mut self, organization: &Organization) {
        self.ids.push(Some(organization.id.clone()));
        self.names.push(&organization.name);
        self.kinds.push(organization.kind);
        self.lives.push(organization.life);
        let counts = [organization.party_members, organization.full_members, organization.employees];
        let columns = self.counts.iter_mut().zip(counts);
        columns.for_each(|(column, count)| column.push(count.unwrap_or(NOTHING)));
        self.details.push(Details {
            division: organization.division,
            credit_code: organization.uscc,
            status: organization.operating_status,
            industry: organization.industry.as_ref().map_or(NOTHING, |text| self.texts.symbol(text)),
            designations: self.designations.symbol(organization.designations.iter(), &mut self.lists),
            sources: self.sources.symbol(organization.sources.iter(), &mut self.lists),
        });
        self.rarities.push(Rarities::of(organization).map(Arc::new));
        if organization.synthetic {
            self.synthetic.insert(self.len);
        }
        self.len += 1;
    }

    /// The columns.
    pub(in crate::graph) fn finish(self) -> Columns {
        let [party_members, full_members, employees] = self.counts.map(ColumnFiller::finish);
        Columns {
            ids: self.ids.finish(),
            names: self.names.finish(),
            kinds: self.kinds.finish(),
            lives: self.lives.finish(),
            party_members,
            full_members,
            employees,
            details: self.details.finish(),
            rarities: self.rarities.finish(),
            synthetic: Arc::new(self.synthetic),
            texts: self.texts,
            lists: self.lists,
        }
    }
}
