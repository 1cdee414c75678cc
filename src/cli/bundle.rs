//! The ledgers that the program carries.

use std::path::{Path, PathBuf};

use super::Failure;
use crate::ledger::SentLedger;

type Ledgers = &'static [(&'static str, &'static str)];

/// What is real and what the facts name: the territory tree, and the bodies that stand in it.
const BASE: Ledgers = &[
    ("territories.csv", include_str!("../../graph-data/base/territories.csv")),
    ("territory-relations.csv", include_str!("../../graph-data/base/territory-relations.csv")),
    ("facts-organizations.csv", include_str!("../../graph-data/base/facts-organizations.csv")),
    ("facts-relations.csv", include_str!("../../graph-data/base/facts-relations.csv")),
];

/// The whole district: the base, and what `orgatlas generate` filled it with.
const DISTRICT: Ledgers = &[
    ("organizations.csv", include_str!("../../graph-data/district/organizations.csv")),
    ("relations.csv", include_str!("../../graph-data/district/relations.csv")),
];

/// The base, as ledgers that need no files.
pub(super) fn base_ledgers() -> Vec<SentLedger> {
    let ledger = |(name, text): &(&str, &str)| SentLedger {
        name: (*name).to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    BASE.iter().map(ledger).collect()
}

/// Writes the whole district into a folder.
pub(super) fn write_district(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    std::fs::create_dir_all(folder).map_err(|cause| Failure::file(folder, &cause))?;
    let written = DISTRICT.iter().map(|(name, text)| {
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(|cause| Failure::file(&file, &cause))?;
        Ok(file)
    });
    written.collect()
}
