//! Orgatlas: a knowledge graph of organisational relationships, with coverage and gaps.

pub mod coverage;
pub mod generate;
pub mod graph;
pub mod ledger;
pub mod model;
pub mod storage;
