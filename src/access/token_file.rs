use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::token::{Secret, Token, check_name};
use super::{NameError, Role};
use crate::model::{Date, OrganizationId, today};
use crate::unaltered;

/// The file of a store folder that says which tokens there are.
pub const TOKENS_FILE: &str = "tokens.toml";

/// What stands at its head, for those who open it.
const HEAD: &str = "\
# The tokens of this store: of each its hash, never itself. Written by `orgatlas token`; a server notices changes.
";

/// Why the tokens of a store cannot be read or changed.
#[derive(Debug, Error)]
pub enum TokenFileError {
    /// The file cannot be read or written.
    #[error("{}: {cause}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is not as it is written.
    #[error("{}: {cause}; put it back as `orgatlas token` wrote it", .file.display())]
    Form {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// The name is none that a token can have.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Another token that holds has the name.
    #[error("there is a token \"{0}\" already; revoke it first, or choose another name")]
    Taken(String),
    /// It would expire before it is used.
    #[error("the token would have expired on {0}; give a later day")]
    Expired(Date),
    /// No token that holds has the name or the id.
    #[error("no token that holds has the name or the id \"{0}\"; `orgatlas token list` shows all")]
    Unknown(String),
    /// The system has no randomness to make one of.
    #[error("no token can be made: {0}")]
    Randomness(#[from] getrandom::Error),
}

/// What a new token is to be.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The office or the program that will hold it.
    pub name: String,
    /// What may be done with it.
    pub role: Role,
    /// The territories that it is limited to; `None` for no limit.
    pub territories: Option<BTreeSet<OrganizationId>>,
    /// First day on which it holds no more; `None` if it does not expire.
    pub expires: Option<Date>,
}

/// The tokens of a store, as a file that only its owner can read.
///
/// It is apart from the log and its lock, so tokens can be made and revoked while a server runs.
#[derive(Clone, Debug)]
pub struct TokenFile {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokens {
    #[serde(default)]
    token: Vec<Token>,
}

impl TokenFile {
    /// The tokens of the store in a folder.
    pub fn of(store: &Path) -> Self {
        Self { path: store.join(TOKENS_FILE) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// All tokens in the order in which they were made, those that hold no more included.
    ///
    /// # Errors
    /// [`TokenFileError::File`] or [`TokenFileError::Form`]; a file that is not there holds none.
    pub fn tokens(&self) -> Result<Vec<Token>, TokenFileError> {
        let text = match unaltered::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(self.failed(cause)),
        };
        // What TOML says of an error shows the line at fault, which may hold a hash: only its place is told.
        let tokens: Tokens = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            let cause = format!("line {line}: {}", error.message());
            TokenFileError::Form { file: self.path.clone(), cause }
        })?;
        Ok(tokens.token)
    }

    /// Makes a token; what is given back beside it is the only copy of the token itself.
    ///
    /// # Errors
    /// [`TokenFileError`]; no token is made then.
    pub fn create(&self, new: NewToken) -> Result<(Token, Secret), TokenFileError> {
        check_name(&new.name)?;
        let today = today();
        if let Some(expires) = new.expires.filter(|expires| *expires <= today) {
            return Err(TokenFileError::Expired(expires));
        }
        self.change(|tokens| {
            if tokens.iter().any(|token| token.name == new.name && token.holds(today)) {
                return Err(TokenFileError::Taken(new.name));
            }
            let secret = Secret::new()?;
            let token = Token {
                id: new_id(tokens)?,
                name: new.name,
                role: new.role,
                territories: new.territories.filter(|territories| !territories.is_empty()),
                created: now(),
                expires: new.expires,
                revoked: None,
                hash: secret.hash(),
            };
            tokens.push(token.clone());
            Ok((token, secret))
        })
    }

    /// Revokes the token that holds under a name or an id: whoever shows it is refused from now on.
    ///
    /// # Errors
    /// [`TokenFileError`]; nothing is changed then.
    pub fn revoke(&self, name_or_id: &str) -> Result<Token, TokenFileError> {
        let today = today();
        self.change(|tokens| {
            let by_name = |token: &&mut Token| token.name == name_or_id || token.id == name_or_id;
            let token = tokens.iter_mut().filter(|token| token.holds(today)).find(by_name);
            let token = token.ok_or_else(|| TokenFileError::Unknown(name_or_id.to_owned()))?;
            token.revoked = Some(now());
            Ok(token.clone())
        })
    }

    /// Reads the tokens, changes them and writes them back, one process at a time.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Vec<Token>) -> Result<T, TokenFileError>,
    ) -> Result<T, TokenFileError> {
        let lock = self.path.with_extension("lock");
        let locked = File::create(&lock).and_then(|file| file.lock().map(|()| file));
        let _locked = locked.map_err(|cause| TokenFileError::File { file: lock, cause })?;
        let mut tokens = self.tokens()?;
        let changed = change(&mut tokens)?;
        self.write(tokens).map_err(|cause| self.failed(cause))?;
        Ok(changed)
    }

    /// Writes the whole file anew and puts it in place in one step, so that nobody ever reads half of it.
    fn write(&self, tokens: Vec<Token>) -> io::Result<()> {
        let text = toml::to_string(&Tokens { token: tokens }).map_err(io::Error::other)?;
        let temporary = self.path.with_extension("new");
        // One that a process left when it was killed may have other permissions.
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(format!("{HEAD}\n{text}").as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, &self.path)?;
        #[cfg(unix)]
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn failed(&self, cause: io::Error) -> TokenFileError {
        TokenFileError::File { file: self.path.clone(), cause }
    }
}

/// A short id that no other token has.
fn new_id(tokens: &[Token]) -> Result<String, getrandom::Error> {
    loop {
        let mut bits = [0; 4];
        getrandom::fill(&mut bits)?;
        let id = HEXLOWER.encode(&bits);
        if tokens.iter().all(|token| token.id != id && token.name != id) {
            return Ok(id);
        }
    }
}

/// The moment, to the second.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str) -> NewToken {
        NewToken { name: name.to_owned(), role: Role::Editor, territories: None, expires: None }
    }

    #[test]
    fn what_is_written_is_read_again_and_holds_no_token() {
        let dir = tempfile::tempdir().unwrap();
        let file = TokenFile::of(dir.path());
        assert_eq!(file.tokens().unwrap(), []);
        let territories = Some(BTreeSet::from(["cn-370114001".parse().unwrap()]));
        let expires = Some(Date::constant(9000, 1, 1));
        let (first, secret) = file.create(NewToken { territories, expires, ..new("one") }).unwrap();
        let (second, _) = file.create(new("two")).unwrap();
        assert_eq!(file.tokens().unwrap(), [first, second]);
        let text = fs::read_to_string(dir.path().join(TOKENS_FILE)).unwrap();
        assert!(!text.contains(secret.reveal()) && !text.contains(&secret.reveal()[9..]), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.path().join(TOKENS_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn names_of_tokens_that_hold_are_unique_and_only_these_can_be_revoked() {
        let dir = tempfile::tempdir().unwrap();
        let file = TokenFile::of(dir.path());
        let (first, _) = file.create(new("one")).unwrap();
        assert!(matches!(file.create(new("one")), Err(TokenFileError::Taken(_))));
        assert!(matches!(file.create(new("13812345678")), Err(TokenFileError::Name(_))));
        let past = Some(Date::constant(2000, 1, 1));
        assert!(matches!(
            file.create(NewToken { expires: past, ..new("old") }),
            Err(TokenFileError::Expired(_))
        ));
        assert!(file.revoke(&first.id).unwrap().revoked.is_some());
        assert!(matches!(file.revoke("one"), Err(TokenFileError::Unknown(_))));
        let (second, _) = file.create(new("one")).unwrap();
        assert_eq!(file.revoke("one").unwrap().id, second.id);
        assert_eq!(file.tokens().unwrap().len(), 2);
    }

    #[test]
    fn a_damaged_file_is_named_with_its_line_and_shows_no_hash() {
        let dir = tempfile::tempdir().unwrap();
        let file = TokenFile::of(dir.path());
        file.create(new("one")).unwrap();
        let path = dir.path().join(TOKENS_FILE);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("hash = \"", "hash = ")).unwrap();
        let message = file.tokens().unwrap_err().to_string();
        let hash = text.split("hash = \"").nth(1).unwrap().split('"').next().unwrap();
        assert!(message.contains("tokens.toml: line ") && !message.contains(hash), "{message}");
    }
}
