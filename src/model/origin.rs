use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// From where changes came, as far as that names no person: no name of a user or of a machine, no address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// By which door.
    pub door: Door,
    /// From what network, where they came by one.
    pub network: Option<Network>,
    /// What the sender showed: `token` and the id of one of the store's tokens, or `issuer` and who signed another.
    pub credential: Option<Arc<str>>,
    /// The names of the files that they were read from, without folders.
    pub files: Vec<Arc<str>>,
}

/// Who is recorded as the actor of an import by the command line.
pub const COMMAND_LINE: &str = "command line";

/// Why an import by the command line is recorded.
pub const IMPORT_REASON: &str = "import of ledgers";

/// The reason of a commit without names of files, which earlier versions put into the reasons of imports.
pub fn reason_without_files<'a>(actor: &str, reason: &'a str) -> &'a str {
    let names_files = actor == COMMAND_LINE && reason.starts_with("import of ");
    if names_files { IMPORT_REASON } else { reason }
}

impl Origin {
    /// Changes that come by a door, and nothing else is known of them.
    pub fn by(door: Door) -> Self {
        Self { door, ..Self::default() }
    }
}

/// By what changes come in.
///
/// The stored form is the position in this list: new doors go to the end, none is ever removed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Door {
    /// 程序调用: a program that Orgatlas is a library of.
    #[default]
    Library,
    /// 命令行: a command on the machine of the store.
    CommandLine,
    /// 网络接口: GraphQL over HTTP or a WebSocket.
    Http,
}

/// What kind of network a request comes from.
///
/// The stored form is the position in this list: new networks go to the end, none is ever removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumString, IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Network {
    /// 本机: the machine of the server itself.
    Loopback,
    /// 内部网络: addresses that only a private network has.
    Private,
    /// 其他网络: any other address.
    Public,
}

impl Door {
    /// The name that users meet, such as `COMMAND_LINE`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every door.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

impl Network {
    /// The name that users meet, such as `PRIVATE`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every kind of network.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}
