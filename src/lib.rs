//! Orgatlas: a knowledge graph of organisational relationships, with coverage and gaps.

pub mod atlas;
pub mod bench;
pub mod cli;
pub mod coverage;
pub mod diagram;
pub mod generate;
pub mod graph;
pub mod graphql;
pub mod http;
pub mod ledger;
pub mod model;
pub mod storage;
