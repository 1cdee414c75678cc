use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use super::token::Hash;
use super::{Access, Token, TokenFile, TokenFileError};
use crate::model::today;

/// The tokens of a store as a server knows them: read anew as soon as the file is another.
#[derive(Debug)]
pub(super) struct TokenBook {
    file: TokenFile,
    read: RwLock<Read>,
}

#[derive(Debug, Default)]
struct Read {
    mark: Option<Mark>,
    tokens: HashMap<Hash, Token>,
}

/// What tells one file from the next: each is written anew, so it has an inode of its own too.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl Mark {
    /// The mark of the file that is there now; `None` where there is none.
    fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&found);
        #[cfg(not(unix))]
        let inode = 0;
        Some(Self { modified: found.modified().ok(), length: found.len(), inode })
    }
}

impl TokenBook {
    /// Reads the tokens of a store.
    ///
    /// # Errors
    /// [`TokenFileError`] where the file is not as it should be.
    pub(super) fn open(file: TokenFile) -> Result<Self, TokenFileError> {
        let read = Read::of(&file)?;
        Ok(Self { file, read: RwLock::new(read) })
    }

    /// What a token gives access to; `None` where it does not hold.
    ///
    /// A file that can no longer be read holds no token.
    pub(super) fn access(&self, token: &str) -> Option<Access> {
        let mark = Mark::of(self.file.path());
        if self.read.read().unwrap_or_else(PoisonError::into_inner).mark != mark {
            let read = Read::of(&self.file).unwrap_or_default();
            *self.read.write().unwrap_or_else(PoisonError::into_inner) = read;
        }
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
        let found = read.tokens.get(&Hash::of(token)).filter(|token| token.holds(today()))?;
        let (actor, role, territories) = (found.name.clone(), found.role, found.territories.clone());
        Some(Access { actor, role, territories, credential: Some(format!("token {}", found.id).into()) })
    }

    /// Whether there is any token that holds.
    pub(super) fn is_empty(&self) -> bool {
        let today = today();
        !self
            .read
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .tokens
            .values()
            .any(|token| token.holds(today))
    }
}

impl Read {
    fn of(file: &TokenFile) -> Result<Self, TokenFileError> {
        // Looked at before it is read: what is written in between is read again the next time.
        let mark = Mark::of(file.path());
        let tokens = file.tokens()?.into_iter().map(|token| (token.hash.clone(), token)).collect();
        Ok(Self { mark, tokens })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{NewToken, Role, TOKENS_FILE};

    #[test]
    fn a_book_notices_what_others_do_to_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = TokenFile::of(dir.path());
        let book = TokenBook::open(file.clone()).unwrap();
        assert!(book.is_empty() && book.access("orgatlas_guess").is_none());
        let new = |name: &str| NewToken {
            name: name.to_owned(),
            role: Role::Editor,
            territories: None,
            expires: None,
        };
        let (_, one) = file.create(new("one")).unwrap();
        let (_, two) = file.create(new("two")).unwrap();
        let access = book.access(one.reveal()).unwrap();
        assert_eq!((access.actor.as_str(), access.role), ("one", Role::Editor));
        file.revoke("one").unwrap();
        assert!(book.access(one.reveal()).is_none() && book.access(two.reveal()).is_some());
        fs::write(dir.path().join(TOKENS_FILE), "damaged").unwrap();
        assert!(book.access(two.reveal()).is_none(), "a file that cannot be read lets nobody in");
    }
}
