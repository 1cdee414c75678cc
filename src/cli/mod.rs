//! The commands: arguments in, data on standard output, progress and messages on standard error.
//!
//! Floor 7. One file a command, its arguments and one function. Exit codes: 0 done, 1 failed, 2 wrong usage.
#![expect(
    clippy::print_stderr,
    reason = "messages of the program go to standard error, from this floor alone"
)]

mod answer;
mod argument;
mod bench;
mod bundle;
mod check;
mod coverage;
mod demo;
mod diagram;
mod export;
mod failure;
mod gaps;
mod generate;
mod import;
mod limits;
mod output;
mod plan;
mod query;
mod schema;
mod scoreboard;
mod serve;
mod store;
mod table;
mod what_if;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::Failure;

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
    /// Rank territories by the key indicators of the programme
    Scoreboard(scoreboard::Scoreboard),
    /// Say how the gap of an indicator can be closed, step by step
    Plan(plan::Plan),
    /// Say what changes would make of indicators, and change nothing
    WhatIf(what_if::WhatIf),
    /// Write a chart of a part of the graph
    Diagram(diagram::Diagram),
    /// Answer a GraphQL query without a server
    Query(query::Query),
    /// Write ledgers of a made-up district on the real territory tree
    Generate(generate::Generate),
    /// Verify a store: its log, its checkpoint and every rule of its graph
    Check(check::Check),
    /// Ask a store the questions by which graph databases are compared, and time the answers
    Bench(bench::Bench),
    /// Print the GraphQL schema
    Schema(schema::Schema),
}

/// Parses the arguments of the process, runs the command and gives the exit code.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    // What the library logs is for whoever runs the program.
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).init();
    let outcome = match arguments.command {
        Command::Demo(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Coverage(command) => command.run(),
        Command::Gaps(command) => command.run(),
        Command::Scoreboard(command) => command.run(),
        Command::Plan(command) => command.run(),
        Command::WhatIf(command) => command.run(),
        Command::Diagram(command) => command.run(),
        Command::Query(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Bench(command) => command.run(),
        Command::Schema(command) => command.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
