use std::fmt;

use crate::graph::Graph;
use crate::model::Annex;

/// What of a graph a file does not hold, in the words of whoever is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut(Vec<String>);

impl LeftOut {
    /// The tasks of a graph, which no export holds: they are a record of what happened, and a backup has it.
    pub fn of_tasks(graph: &Graph) -> Self {
        let mut left_out = Self::default();
        left_out.count(graph.tasks().len(), "tasks");
        left_out
    }

    /// The recorded indicators of a graph, which only ledgers in a folder have beside them.
    pub fn of_definitions(graph: &Graph) -> Self {
        let mut left_out = Self::default();
        left_out.count(graph.definitions().count(), "recorded indicators");
        left_out
    }

    /// What a format has no place for that holds these sorts of annexes.
    pub(super) fn but(graph: &Graph, exemptions: bool, values: bool) -> Self {
        let mut left_out = Self::of_tasks(graph);
        let (mut some_exemptions, mut some_values) = (0, 0);
        for annex in graph.annexes() {
            match annex {
                Annex::Exemption(_) => some_exemptions += usize::from(!exemptions),
                Annex::Value(_) => some_values += usize::from(!values),
                Annex::Task(_) => {}
            }
        }
        left_out.count(some_exemptions, "exemptions");
        left_out.count(some_values, "dated values");
        left_out
    }

    /// Adds that so many of something are left out, if there are any.
    pub(super) fn count(&mut self, count: usize, what: &str) {
        if count > 0 {
            self.0.push(format!("{count} {what}"));
        }
    }

    /// Adds what another list has.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// All of it on one line.
impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}
