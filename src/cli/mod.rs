//! The commands: arguments in, data on standard output, progress and messages on standard error.
//!
//! Floor 7. One file a command, its arguments and one function. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped
//! by Ctrl-C, 143 by a service manager.
#![expect(
    clippy::print_stderr,
    reason = "messages of the program go to standard error, from this floor alone"
)]

mod answer;
mod apply;
mod argument;
mod audit;
mod backup;
mod bench;
mod bundle;
mod changes;
mod check;
mod connections;
mod coverage;
mod demo;
mod diagram;
mod documents;
mod exception;
mod export;
mod failure;
mod filter;
mod gaps;
mod generate;
mod import;
mod indicators;
mod interrupt;
mod limits;
mod listen;
mod logs;
mod memory;
mod output;
mod overlap;
mod plan;
mod progress;
mod protection;
mod query;
mod rates;
mod redact;
mod repair;
mod report;
mod restore;
mod schema;
mod scoreboard;
mod search;
mod serve;
mod server;
mod spans;
mod store;
mod subscriptions;
mod tasks;
mod tls;
mod token;
mod trend;
mod wall_chart;
mod what_if;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::Failure;
use interrupt::stoppable;

use crate::caught::hide_caught_panics;
use crate::storage::ENGINE_THREADS;

/// 组织关系图谱: a knowledge graph of organisational relationships, with coverage and gaps.
#[derive(Debug, Parser)]
#[command(name = "orgatlas", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Load the bundled district on first run, then serve it
    Demo(demo::Demo),
    /// Serve a store
    Serve(serve::Serve),
    /// Import ledgers (CSV, XLSX, JSON Lines): all rows or none
    Import(import::Import),
    /// Export the whole graph as ledgers
    Export(export::Export),
    /// Say how far an indicator is reached
    Coverage(coverage::Coverage),
    /// List the units that an indicator does not cover, and why
    Gaps(gaps::Gaps),
    /// Set several indicators side by side
    Rates(rates::Rates),
    /// Say how many units two indicators both cover, one alone, or neither
    Overlap(overlap::Overlap),
    /// Say how an indicator went from month to month, as reported and as now known
    Trend(trend::Trend),
    /// List, define and withdraw indicators of one's own
    Indicators(indicators::Indicators),
    /// Rank territories by the key indicators of the programme
    Scoreboard(scoreboard::Scoreboard),
    /// Say how the gap of an indicator can be closed, step by step
    Plan(plan::Plan),
    /// Say what changes would make of indicators, and change nothing
    WhatIf(what_if::WhatIf),
    /// Record changes, such as those of a plan: all of them or none
    Apply(apply::Apply),
    /// Find organisations by what one types: a name, pinyin, initials, a code
    Search(search::Search),
    /// Follow the monthly loop: issue tasks for gaps, move them on, review and print them
    Tasks(tasks::Tasks),
    /// Write the wall chart: subdistricts by the key indicators, red, yellow and green
    WallChart(wall_chart::WallChart),
    /// Write a chart of a part of the graph
    Diagram(diagram::Diagram),
    /// Answer a GraphQL query without a server
    Query(query::Query),
    /// Write ledgers of a made-up district on the real territory tree
    Generate(generate::Generate),
    /// Make, list and revoke the tokens that a server asks for
    Token(token::Token),
    /// Add, list and withdraw reviewed exceptions of the guard against personal data
    Exception(exception::Exception),
    /// Verify a store: its log, its checkpoint and every rule of its graph
    Check(check::Check),
    /// Copy what a store has recorded, also while it is served; a copy that is there takes what is new
    Backup(backup::Backup),
    /// Make a store of a backup, as it was at any moment, and of what follows in a log
    Restore(restore::Restore),
    /// Verify that no commit was ever altered, or write all of them as JSON Lines
    Audit(audit::Audit),
    /// Take a text, such as personal data that slipped in, out of all that was ever recorded
    Redact(redact::Redact),
    /// Make the state of a store anew from its change log
    Repair(repair::Repair),
    /// Ask a store the questions by which graph databases are compared, and time the answers
    Bench(bench::Bench),
    /// Print the GraphQL schema
    Schema(schema::Schema),
}

/// Parses the arguments of the process, runs the command and gives the exit code.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    // What the library logs is for whoever runs the program.
    match &arguments.command {
        Command::Demo(command) => command.logs().begin(),
        Command::Serve(command) => command.logs().begin(),
        _ => logs::LogArguments::default().begin(),
    }
    hide_caught_panics(ENGINE_THREADS);
    let outcome = match arguments.command {
        // A server hears by itself what the process is told.
        command @ (Command::Demo(_) | Command::Serve(_)) => command.run(),
        command => stoppable(|| command.run()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if failure.is_news() {
                eprintln!("error: {failure}");
            }
            ExitCode::from(failure.code())
        }
    }
}

impl Command {
    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Demo(command) => command.run(),
            Self::Serve(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Export(command) => command.run(),
            Self::Coverage(command) => command.run(),
            Self::Gaps(command) => command.run(),
            Self::Rates(command) => command.run(),
            Self::Overlap(command) => command.run(),
            Self::Trend(command) => command.run(),
            Self::Indicators(command) => command.run(),
            Self::Scoreboard(command) => command.run(),
            Self::Plan(command) => command.run(),
            Self::WhatIf(command) => command.run(),
            Self::Apply(command) => command.run(),
            Self::Search(command) => command.run(),
            Self::Tasks(command) => command.run(),
            Self::WallChart(command) => command.run(),
            Self::Diagram(command) => command.run(),
            Self::Query(command) => command.run(),
            Self::Generate(command) => command.run(),
            Self::Token(command) => command.run(),
            Self::Exception(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Backup(command) => command.run(),
            Self::Restore(command) => command.run(),
            Self::Audit(command) => command.run(),
            Self::Redact(command) => command.run(),
            Self::Repair(command) => command.run(),
            Self::Bench(command) => command.run(),
            Self::Schema(command) => command.run(),
        }
    }
}
