use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Failure;
use super::argument::role;
use super::output::line;
use super::store::StoreFolder;
use super::table::{Format, Rows};
use crate::access::{NewToken, Role, Token as Record, TokenFile};
use crate::model::{Date, OrganizationId, parse_date, today};

/// The arguments of `token`.
#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a token and print it, once
    Create(Create),
    /// List the tokens, those that hold no more included
    List(List),
    /// Revoke a token: whoever shows it is refused from now on
    Revoke(Revoke),
}

#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    store: StoreFolder,
    /// The office or the program that will hold it, which the change log records; not a person
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What may be done with it: reader, editor or administrator
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Role,
    /// A territory that it is limited to, by id; may be given several times
    #[arg(long = "territory", value_name = "ID")]
    territories: Vec<OrganizationId>,
    /// The first day, in Asia/Shanghai, on which it holds no more
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    expires: Option<Date>,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    store: StoreFolder,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Args)]
struct Revoke {
    #[command(flatten)]
    store: StoreFolder,
    /// The name or the id of the token
    #[arg(value_name = "NAME|ID")]
    token: String,
}

impl Token {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Create(create) => create.run(),
            Command::List(list) => list.run(),
            Command::Revoke(revoke) => revoke.run(),
        }
    }
}

impl Create {
    fn run(self) -> Result<(), Failure> {
        let territories: BTreeSet<_> = self.territories.into_iter().collect();
        let new = NewToken {
            name: self.name,
            role: self.role,
            territories: (!territories.is_empty()).then_some(territories),
            expires: self.expires,
        };
        let (token, secret) = tokens(&self.store)?.create(new)?;
        eprintln!("token {} of \"{}\"; it is shown once and kept nowhere:", token.id, token.name);
        line(secret.reveal())
    }
}

impl List {
    fn run(self) -> Result<(), Failure> {
        let tokens = tokens(&self.store)?.tokens()?;
        match self.format {
            Format::Json => {
                let tokens: Vec<_> = tokens.iter().map(written).collect();
                line(format_args!("{:#}", serde_json::Value::from(tokens)))
            }
            Format::Csv => rows(&tokens).print_csv(),
            Format::Table => rows(&tokens).print_table(),
        }
    }
}

impl Revoke {
    fn run(self) -> Result<(), Failure> {
        let token = tokens(&self.store)?.revoke(&self.token)?;
        eprintln!("token {} of \"{}\" is revoked", token.id, token.name);
        Ok(())
    }
}

/// The tokens of a store that is there already; its lock is not needed, a server may hold it.
fn tokens(store: &StoreFolder) -> Result<TokenFile, Failure> {
    if !store.path().is_dir() {
        let dir = store.path().display();
        return Err(Failure::new(format!("there is no store at {dir}; `orgatlas import` creates one")));
    }
    Ok(TokenFile::of(store.path()))
}

fn rows(tokens: &[Record]) -> Rows {
    let headings = ["id", "name", "role", "territories", "created", "expires", "state"];
    let row = |token: &Record| {
        vec![
            token.id.clone(),
            token.name.clone(),
            token.role.name().to_owned(),
            token.territories.as_ref().map_or_else(|| "all".to_owned(), |ids| list(ids).join(" ")),
            token.created.to_string(),
            token.expires.map_or_else(String::new, |day| day.to_string()),
            state(token).to_owned(),
        ]
    };
    Rows {
        headings: headings.map(|heading| (heading, false)).to_vec(),
        rows: tokens.iter().map(row).collect(),
    }
}

fn written(token: &Record) -> serde_json::Value {
    json!({
        "id": token.id,
        "name": token.name,
        "role": token.role.name(),
        "territories": token.territories.as_ref().map(list),
        "created": token.created.to_string(),
        "expires": token.expires.map(|day| day.to_string()),
        "revoked": token.revoked.map(|moment| moment.to_string()),
        "state": state(token),
    })
}

fn list(ids: &BTreeSet<OrganizationId>) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn state(token: &Record) -> &'static str {
    if token.revoked.is_some() {
        "revoked"
    } else if token.holds(today()) {
        "holds"
    } else {
        "expired"
    }
}
