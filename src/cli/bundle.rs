//! The ledgers that the program carries.

use std::path::{Path, PathBuf};

use super::Failure;

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

/// Writes the base into a folder.
pub(super) fn write_base(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    write(folder, BASE)
}

/// Writes the whole district into a folder.
pub(super) fn write_district(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    write(folder, DISTRICT)
}

fn write(folder: &Path, ledgers: Ledgers) -> Result<Vec<PathBuf>, Failure> {
    std::fs::create_dir_all(folder).map_err(|cause| Failure::file(folder, &cause))?;
    let written = ledgers.iter().map(|(name, text)| {
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(|cause| Failure::file(&file, &cause))?;
        Ok(file)
    });
    written.collect()
}
