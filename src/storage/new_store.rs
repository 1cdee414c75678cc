use std::fs;
use std::path::{Path, PathBuf};

use super::{folder, is_store};

/// A store that is about to be made, of which nothing is left unless it is kept.
///
/// What stood in its folder before stays, such as declarations that its operator prepared.
#[derive(Debug)]
pub struct NewStore {
    /// The files and folders of a store that were not there, the log last.
    missing: Vec<PathBuf>,
    /// The folder and those above it that were not there, from within.
    folders: Vec<PathBuf>,
}

impl NewStore {
    /// Looks at a folder before a store is made there; `None` where there is one.
    ///
    /// `files` names the text files that a store has beside the log.
    pub fn begin(dir: &Path, files: &[&str]) -> Option<Self> {
        if is_store(dir) {
            return None;
        }
        let missing = folder::own_paths(dir, files).filter(|path| !path.exists()).collect();
        let above = dir.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists());
        Some(Self { missing, folders: above.map(Path::to_owned).collect() })
    }

    /// Leaves the store in its place.
    pub fn keep(mut self) {
        self.missing.clear();
        self.folders.clear();
    }
}

impl Drop for NewStore {
    fn drop(&mut self) {
        // What cannot be removed makes an empty store, which is no harm.
        for path in &self.missing {
            let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            removed.ok();
        }
        for folder in &self.folders {
            fs::remove_dir(folder).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Store;

    #[test]
    fn a_store_that_is_not_kept_leaves_all_as_it_was() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("above/store");
        let files = ["a.toml", "b.toml"];
        let make = || {
            drop(Store::open(&dir, &mut |_| Ok(())).unwrap());
            fs::write(dir.join("a.toml"), "made").unwrap();
        };
        let new = NewStore::begin(&dir, &files).unwrap();
        make();
        drop(new);
        assert!(!root.path().join("above").exists());
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("b.toml"), "prepared").unwrap();
        fs::write(dir.join("notes"), "other").unwrap();
        let new = NewStore::begin(&dir, &files).unwrap();
        make();
        drop(new);
        let mut left: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["b.toml", "notes"]);
        NewStore::begin(&dir, &files).unwrap().keep();
        make();
        assert!(NewStore::begin(&dir, &files).is_none() && is_store(&dir));
    }
}
