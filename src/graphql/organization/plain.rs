use super::Organization;
use crate::graph::When;
use crate::graphql::enums::{
    Direction, OperatingStatus, OrganizationCategory, OrganizationKind, RelationType,
};
use crate::graphql::page::PlannedPage;
use crate::graphql::plain::{Inner, Plain, Write, leaf, name, number, text, write_text};
use crate::graphql::scalar::Date;
use crate::model;
use crate::work::go_on;

impl Plain for Organization {
    fn field(field: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        // With a day or a language of its own a field is left to the executor.
        let bare = || inner.has_no_arguments().then_some(());
        match field {
            "id" => text(|o: &Self| Ok(o.snapshot.graph.id(o.slot).as_str())),
            "kind" => name(|o: &Self| Ok(Some(OrganizationKind::from(o.snapshot.graph.kind(o.slot))))),
            "category" => name(|o: &Self| {
                Ok(Some(OrganizationCategory::from(o.snapshot.graph.kind(o.slot).category())))
            }),
            "name" => bare().map(|()| named()),
            "uscc" => leaf(|o: &Self| Ok(o.snapshot.graph.credit_code(o.slot).map(String::from))),
            "division" => leaf(|o: &Self| Ok(o.snapshot.graph.division(o.slot).map(String::from))),
            "operatingStatus" => {
                name(|o: &Self| Ok(Some(OperatingStatus::from(o.snapshot.graph.operating_status(o.slot)))))
            }
            "establishedOn" => leaf(|o: &Self| Ok(o.snapshot.graph.life(o.slot).from().map(Date))),
            "dissolvedOn" => leaf(|o: &Self| Ok(o.snapshot.graph.life(o.slot).to().map(Date))),
            "synthetic" => number(|o: &Self| o.snapshot.graph.synthetic().contains(o.slot.position())),
            "parent" => inner.part_after(|o: &Self, before| {
                let parent = o.snapshot.graph.parent(o.slot, When::Ever);
                Ok(parent.map(|slot| Self::after(before, &o.snapshot, slot)))
            }),
            "children" => children(inner),
            "relations" => relations(inner),
            _ => None,
        }
    }
}

/// Its name, in the language of the request.
fn named() -> Write<Organization> {
    Box::new(|o, run, json| {
        match run.language {
            model::Language::ZhHans => write_text(o.snapshot.graph.name(o.slot), json),
            language => write_text(&o.name_in(language), json),
        }
        Ok(())
    })
}

fn children(inner: &Inner<'_>) -> Option<Write<Organization>> {
    let kinds = inner.argument::<Option<Vec<OrganizationKind>>>("kinds")?;
    let page = PlannedPage::of(inner)?;
    inner.part(move |o: &Organization, run| {
        go_on();
        let page = page.arguments(run)?;
        kinds.with(run, |kinds| o.children_of(kinds.as_deref(), &page)).map(Some)
    })
}

fn relations(inner: &Inner<'_>) -> Option<Write<Organization>> {
    let types = inner.argument::<Option<Vec<RelationType>>>("types")?;
    let direction = inner.argument_or("direction", Direction::Both)?;
    let as_of = inner.argument::<Option<Date>>("asOf")?;
    let page = PlannedPage::of(inner)?;
    inner.part(move |o: &Organization, run| {
        go_on();
        let page = page.arguments(run)?;
        let (direction, as_of) = (direction.cloned(run)?, as_of.cloned(run)?);
        types.with(run, |types| o.relations_of(types.as_deref(), direction, as_of, &page)).map(Some)
    })
}
