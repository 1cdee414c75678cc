//! Orgatlas: a knowledge graph of organisational relationships, with coverage and gaps.

pub mod graph;
pub mod model;
