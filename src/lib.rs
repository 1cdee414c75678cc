//! Orgatlas: a knowledge graph of organisational relationships, with coverage and gaps.

pub mod generate;
pub mod model;
