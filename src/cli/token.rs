use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Failure;
use super::argument::role;
use super::output::{Output, line};
use super::report::{Column, Field, Report, Subject};
use super::store::StoreFolder;
use crate::access::{NewToken, Role, Token as Record, TokenFile};
use crate::atlas::disclosure;
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
    #[command(flatten)]
    output: Output,
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
        let answer = tokens.iter().map(written).collect::<Vec<_>>().into();
        self.output.write(&disclosure(self.store.path())?, &answer, || report(&tokens))
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
    store.require()?;
    Ok(TokenFile::of(store.path()))
}

fn report(tokens: &[Record]) -> Report {
    let row = |token: &Record| -> Vec<Field> {
        vec![
            token.id.clone().into(),
            token.name.clone().into(),
            token.role.name().to_owned().into(),
            token.territories.as_ref().map_or_else(|| "all".to_owned(), |ids| list(ids).join(" ")).into(),
            token.created.to_string().into(),
            token.expires.map_or_else(String::new, |day| day.to_string()).into(),
            state(token).to_owned().into(),
        ]
    };
    Report {
        title: "访问令牌",
        subject: Subject { what: "tokens".to_owned().into(), within: None, as_of: today().to_string() },
        synthetic: false,
        about: Vec::new(),
        columns: vec![
            Column::text("id", "编号"),
            Column::text("name", "持有单位"),
            Column::text("role", "角色"),
            Column::text("territories", "辖区"),
            Column::text("created", "创建时间"),
            Column::text("expires", "到期"),
            Column::text("state", "状态"),
        ],
        rows: tokens.iter().map(row).collect(),
        notes: Vec::new(),
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
