//! The monthly loop: tasks are issued, listed, taken further, reviewed, and printed as the sheets of the loop.

mod action;
mod issue;
mod list;
mod read;
mod sheet;
mod sheets;
mod steps;

use clap::{Args, Subcommand};

use super::Failure;

pub(super) use read::tasks_of;
pub(super) use sheets::{Loop, decimal_cell, defined_by, target_label};

/// The arguments of `tasks`.
#[derive(Debug, Args)]
pub(super) struct Tasks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Issue the tasks of a month: the gaps of the key indicators, by subdistrict
    Issue(issue::Issue),
    /// List tasks
    List(list::List),
    /// Take tasks a step further: hand over, rectify, close
    Move(steps::Move),
    /// Ask the graph about the rectified tasks of a month: each is closed, or sent back
    Review(steps::Review),
    /// Write a sheet of the loop, to be printed
    Sheet(sheet::TaskSheet),
}

impl Tasks {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Issue(command) => command.run(),
            Command::List(command) => command.run(),
            Command::Move(command) => command.run(),
            Command::Review(command) => command.run(),
            Command::Sheet(command) => command.run(),
        }
    }
}
