//! The program as a whole: what its users meet, and the house that it is built as.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod cli;
mod desk;
mod district;
mod durability;
mod floors;
mod graphql;
mod limits;
mod plan;
mod programme;
mod schema;
mod server;
mod writing;
