//! Reasons of faults as readers get them, from whom small counts of members are suppressed.

use super::Task;

/// What stands before the recorded value in a reason.
const RECORDED: &str = ", recorded: ";

/// What stands for a suppressed count.
const SUPPRESSED: &str = "suppressed";

/// The reason of a fault without counts of members from 1 up to below a number.
///
/// Reviews write no such counts any more; those of earlier versions of the program did.
pub fn told_reason(reason: &str, below: u32) -> String {
    let told = reason.split("; ").map(|part| match part.split_once(RECORDED) {
        Some((needed, value)) if is_of_members(needed) && is_suppressed(value, below) => {
            format!("{needed}{RECORDED}{SUPPRESSED}")
        }
        _ => part.to_owned(),
    });
    told.collect::<Vec<_>>().join("; ")
}

fn is_of_members(needed: &str) -> bool {
    needed
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|word| ["members", "party_members", "full_members"].contains(&word))
}

fn is_suppressed(value: &str, below: u32) -> bool {
    let digits = value.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().is_ok_and(|count: u32| (1..below).contains(&count))
}

impl Task {
    /// The task without small counts of members in the reasons of its faults.
    #[must_use]
    pub fn told(mut self, below: u32) -> Self {
        for fault in self.steps.iter_mut().flat_map(|step| &mut step.faults) {
            fault.reason = told_reason(&fault.reason, below).into();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::told_reason;

    #[test]
    fn only_small_counts_of_members_are_left_out() {
        let reason = "ent-1: members >= 3, recorded: 2 (2020-01-01.., F1); employees >= 3, recorded: 2; \
                      party_members >= 9, recorded: 5; members >= 3, recorded: unknown";
        assert_eq!(
            told_reason(reason, 3),
            "ent-1: members >= 3, recorded: suppressed; employees >= 3, recorded: 2; \
             party_members >= 9, recorded: 5; members >= 3, recorded: unknown"
        );
        assert_eq!(told_reason(reason, 0), reason);
    }
}
