//! What hostile bytes are given to, and what must hold then beside that nothing panics.
//!
//! `cargo test` gives them the kept corpus; `fuzz/run` makes up more.

mod files;
mod graphql;
mod image;
mod ledgers;
mod log;

/// Does what must do no harm, whatever the bytes are.
type Target = fn(&[u8]);

/// Each target by its name, which is that of its folder in the corpus.
pub(super) const TARGETS: [(&str, Target); 12] = [
    ("access", files::access),
    ("attributes", files::attributes),
    ("cursor", graphql::cursor),
    ("disclosure", files::disclosure),
    ("graphql", graphql::body),
    ("image", image::image),
    ("indicators", files::indicators),
    ("ledger_csv", ledgers::csv),
    ("ledger_jsonl", ledgers::json_lines),
    ("ledger_xlsx", ledgers::workbook),
    ("log", log::log),
    ("rule", graphql::rule),
];
