use std::io::Read;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Failure;
use super::argument::{reason, unit};
use super::output::{Output, line};
use super::report::{Column, Field, Report, Subject};
use super::store::StoreFolder;
use crate::atlas::{disclosure, read_reviewed, write_reviewed};
use crate::model::{ReviewedNumber, ReviewedNumbers, Withdrawal, personal_numbers, today};

/// The arguments of `exception`.
#[derive(Debug, Args)]
pub(super) struct Exception {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Let a reviewed number through: it looks like one of a person, and is none
    Add(Change),
    /// List the exceptions, who reviewed them, when and why; withdrawn ones too
    List(List),
    /// Withdraw an exception: the number is refused again, and the exception stays on record
    Withdraw(Change),
}

#[derive(Debug, Args)]
#[command(
    after_help = "The number is read from standard input, so that it stays neither in the history of the shell nor in a \
    list of processes. A server that is running goes on with the exceptions that it began with: start it anew."
)]
struct Change {
    #[command(flatten)]
    store: StoreFolder,
    /// Why, for those who read it later; without the number
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
    /// The office that answers for it; not a person
    #[arg(long, value_name = "OFFICE", value_parser = unit)]
    by: String,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    store: StoreFolder,
    #[command(flatten)]
    output: Output,
}

impl Exception {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Add(change) => change.add(),
            Command::List(list) => list.run(),
            Command::Withdraw(change) => change.withdraw(),
        }
    }
}

impl Change {
    fn add(self) -> Result<(), Failure> {
        let mut reviewed = self.recorded()?;
        for number in numbers()? {
            if reviewed.allows(&number) {
                return Err(Failure::new(
                    "the number is an exception already; `orgatlas exception list` shows it",
                ));
            }
            let (reason, by) = (self.reason.clone(), self.by.clone());
            let at = jiff::Timestamp::now();
            reviewed = reviewed.with(ReviewedNumber { number, reason, by, at, withdrawn: None });
        }
        write_reviewed(self.store.path(), &reviewed)?;
        line("recorded; it holds for stores that are opened from now on")
    }

    fn withdraw(self) -> Result<(), Failure> {
        let mut reviewed = self.recorded()?;
        let (reason, by) = (self.reason.clone(), self.by.clone());
        let withdrawal = Withdrawal { reason, by, at: jiff::Timestamp::now() };
        for number in numbers()? {
            reviewed = reviewed.without(&number, &withdrawal).ok_or_else(|| {
                Failure::new(
                    "the number is no exception; `orgatlas exception list` shows those that there are",
                )
            })?;
        }
        write_reviewed(self.store.path(), &reviewed)?;
        line("withdrawn; it holds for stores that are opened from now on")
    }

    fn recorded(&self) -> Result<ReviewedNumbers, Failure> {
        self.store.require()?;
        Ok(read_reviewed(self.store.path())?)
    }
}

/// The numbers on standard input that the guard would refuse.
fn numbers() -> Result<Vec<String>, Failure> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let numbers: Vec<_> = personal_numbers(&text).map(|found| found.digits).collect();
    match numbers.is_empty() {
        false => Ok(numbers),
        true => Err(Failure::new(
            "standard input holds no number that the guard refuses; give the number as it is refused, with the words around it",
        )),
    }
}

impl List {
    fn run(self) -> Result<(), Failure> {
        self.store.require()?;
        let reviewed = read_reviewed(self.store.path())?;
        let answer = reviewed.iter().map(written).collect::<Vec<_>>().into();
        self.output.write(&disclosure(self.store.path())?, &answer, || report(&reviewed))
    }
}

fn written(exception: &ReviewedNumber) -> serde_json::Value {
    let ReviewedNumber { number, reason, by, at, withdrawn } = exception;
    let withdrawn = withdrawn.as_ref().map(|withdrawal| {
        json!({ "reason": withdrawal.reason, "by": withdrawal.by, "at": withdrawal.at.to_string() })
    });
    json!({ "number": number, "reason": reason, "by": by, "at": at.to_string(), "withdrawn": withdrawn })
}

fn report(reviewed: &ReviewedNumbers) -> Report {
    let row = |exception: &ReviewedNumber| -> Vec<Field> {
        let withdrawn = exception.withdrawn.as_ref().map_or_else(String::new, |withdrawal| {
            format!("{} ({}, {})", withdrawal.at, withdrawal.by, withdrawal.reason)
        });
        vec![
            exception.number.clone().into(),
            exception.reason.clone().into(),
            exception.by.clone().into(),
            exception.at.to_string().into(),
            withdrawn.into(),
        ]
    };
    Report {
        title: "已审核号码",
        subject: Subject { what: "exceptions".to_owned().into(), within: None, as_of: today().to_string() },
        synthetic: false,
        about: Vec::new(),
        columns: vec![
            Column::text("number", "号码"),
            Column::text("reason", "理由"),
            Column::text("by", "审核单位"),
            Column::text("at", "审核时间"),
            Column::text("withdrawn", "撤销"),
        ],
        rows: reviewed.iter().map(row).collect(),
        notes: Vec::new(),
    }
}
