use std::sync::Arc;

use clap::Args;

use super::logs::LogArguments;
use crate::memory::{Budget, MemorySize, available};

/// How much memory a server may occupy.
#[derive(Debug, Args)]
#[command(next_help_heading = "Memory")]
pub(super) struct MemoryArguments {
    /// How much memory the server may occupy, such as 2GiB: beside the graph, requests share it, and what does not
    /// fit waits or is answered by 503 [default: half of what the process may use]
    #[arg(long, value_name = "SIZE")]
    memory: Option<MemorySize>,
}

impl MemoryArguments {
    /// The budget that was asked for, with a word in the log on how it came about.
    pub(super) fn budget(&self, logs: &LogArguments) -> Arc<Budget> {
        let (total, reason) = match self.memory {
            Some(MemorySize(total)) => (total, "as --memory says".to_owned()),
            None => {
                let (bytes, limit) = available();
                (bytes / 2, format!("half of {}, which is {limit}", MemorySize(bytes)))
            }
        };
        let budget = Arc::new(Budget::of_process(total));
        if budget.capacity() > total / 2 {
            tracing::debug!("memory: {} ({reason})", MemorySize(total));
        } else {
            logs.say(&format!(
                "note: the server may occupy {} ({reason}), of which {} are left for requests; --memory gives it more",
                MemorySize(total),
                MemorySize(budget.capacity())
            ));
        }
        budget
    }
}
