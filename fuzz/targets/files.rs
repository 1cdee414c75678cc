//! The text files of a store's folder.

use std::fs;
use std::sync::LazyLock;

use orgatlas::access::{Guard, TokenFile};
use orgatlas::atlas::bundled_attributes;
use orgatlas::coverage::{IndicatorCatalog, IndicatorOrigin, Programme};
use orgatlas::model::{AttributeCatalog, Disclosure};
use tempfile::TempDir;

static ATTRIBUTES: LazyLock<AttributeCatalog> = LazyLock::new(|| bundled_attributes().unwrap());

/// `attributes.toml`.
pub(super) fn attributes(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    drop(AttributeCatalog::from_toml(text));
}

/// `disclosure.toml`.
pub(super) fn disclosure(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    drop(Disclosure::from_toml(text));
}

/// `indicators.toml`, and the rules in it: what is written of them is read as the same. Programmes, too.
pub(super) fn indicators(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(catalog) = IndicatorCatalog::from_toml(text, &ATTRIBUTES) {
        let written = catalog.to_toml(IndicatorOrigin::File).unwrap();
        assert_eq!(IndicatorCatalog::from_toml(&written, &ATTRIBUTES).unwrap(), catalog);
    }
    drop(Programme::from_toml(text, IndicatorCatalog::default(), &ATTRIBUTES));
}

/// `access.toml`, `tokens.toml` and a file of keys, with a line of dashes between them: nobody is let in by a guess.
pub(super) fn access(data: &[u8]) {
    static STORE: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split("\n---\n");
    for name in ["access.toml", "tokens.toml", "keys.json"] {
        fs::write(STORE.path().join(name), parts.next().unwrap_or_default()).unwrap();
    }
    drop(TokenFile::of(STORE.path()).tokens());
    if let Ok(guard) = Guard::of(STORE.path(), false) {
        let guess = format!("orgatlas_{}", "a".repeat(43));
        assert!(guard.authenticate(&guess).is_err());
        let _ = (guard.anonymous(), guard.admits_nobody());
    }
}
