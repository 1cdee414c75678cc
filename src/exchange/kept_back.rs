use super::left_out::LeftOut;
use crate::graph::{Graph, Operand};
use crate::model::{Annex, AttributeValue, Change, Violation};

/// A graph without counts of members from 1 up to below a number, and how many there were; 0 leaves none out.
///
/// # Errors
/// The rules that the rest would break: none, as no rule of the graph asks for a count.
pub fn without_small_counts(
    mut graph: Graph,
    below: u32,
) -> Result<(Graph, LeftOut), Vec<(usize, Violation)>> {
    if below < 2 {
        return Ok((graph, LeftOut::default()));
    }
    let is_kept_back = |operand: &Operand, count: Option<u32>| {
        count.is_some_and(|count| operand.is_kept_back(&AttributeValue::Integer(count.into()), below))
    };
    let mut changes = Vec::new();
    let mut counts = 0;
    for mut organization in graph.organizations() {
        let before = counts;
        let columns = [
            (Operand::PartyMembers, &mut organization.party_members),
            (Operand::FullMembers, &mut organization.full_members),
        ];
        for (operand, count) in columns {
            if is_kept_back(&operand, *count) {
                *count = None;
                counts += 1;
            }
        }
        if counts > before {
            changes.push(Change::PutOrganization(Box::new(organization)));
        }
    }
    for annex in graph.annexes() {
        if let Annex::Value(dated) = annex
            && Operand::named(dated.attribute.name()).is_some_and(|o| o.is_kept_back(&dated.value, below))
        {
            counts += 1;
            changes.push(Change::RemoveAnnex(annex.key()));
        }
    }
    graph.apply(&changes)?;
    let mut left_out = LeftOut::default();
    left_out.count(counts, &format!("counts of members from 1 to {} (suppressed)", below.saturating_sub(1)));
    Ok((graph, left_out))
}
