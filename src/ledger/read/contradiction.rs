use super::collect::Notes;
use crate::ledger::problem::Origin;
use crate::ledger::value::Value;

/// Names both of two rows of one thing, if they give it different values.
pub(super) fn contradiction(
    notes: &mut Notes,
    column: &str,
    (here, value): (Origin, &Value),
    (there, other): (Origin, &Value),
) {
    if value == other {
        return;
    }
    for (origin, value, place, other) in [(here, value, there, other), (there, other, here, value)] {
        let cause = format!("\"{value}\" contradicts \"{other}\" of {}", notes.sources.place(place));
        notes.problem(origin, Some(column), &cause);
    }
}
