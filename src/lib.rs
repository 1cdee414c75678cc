//! Orgatlas: a knowledge graph of organisational relationships, with coverage and gaps.

pub mod model;
pub mod storage;
