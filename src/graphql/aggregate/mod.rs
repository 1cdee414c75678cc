//! What many organisations or relations come to: counts and statistics, in the whole and by group.

mod groups;
mod organizations;
mod relations;

pub(super) use organizations::{
    OrganizationAggregate, OrganizationGroup, OrganizationGroupKey, aggregate_organizations,
};
pub(super) use relations::{RelationAggregate, RelationGroup, RelationGroupKey, aggregate_relations};
