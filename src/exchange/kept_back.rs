use super::left_out::LeftOut;
use crate::graph::{Graph, Operand};
use crate::model::{Annex, AttributeValue};

/// A graph without counts of members from 1 up to below a number, and how many there were; 0 leaves none out.
pub fn without_small_counts(graph: Graph, below: u32) -> (Graph, LeftOut) {
    if below < 2 {
        return (graph, LeftOut::default());
    }
    let is_kept_back = |operand: &Operand, count: Option<u32>| {
        count.is_some_and(|count| operand.is_kept_back(&AttributeValue::Integer(count.into()), below))
    };
    let (mut blanked, mut without) = (Vec::new(), Vec::new());
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
            blanked.push(organization);
        }
    }
    for annex in graph.annexes() {
        if let Annex::Value(dated) = annex
            && Operand::named(dated.attribute.name()).is_some_and(|o| o.is_kept_back(&dated.value, below))
        {
            counts += 1;
            without.push(annex.key());
        }
    }
    let graph = graph.with_counts_of(&blanked, &without);
    let mut left_out = LeftOut::default();
    left_out.count(counts, &format!("counts of members from 1 to {} (suppressed)", below.saturating_sub(1)));
    (graph, left_out)
}
