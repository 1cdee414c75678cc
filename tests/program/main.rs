//! The program as a whole: what its users meet, and the house that it is built as.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod access;
mod annexes;
mod audit;
mod backup;
mod charts;
mod cli;
mod connections;
mod dependencies;
mod desk;
mod differencing;
mod disclosure;
mod district;
mod durability;
mod exports;
mod flips;
mod floors;
mod fuzz;
mod graphql;
mod indicators;
mod jwt;
mod layouts;
mod limits;
mod line;
#[path = "../made_font/mod.rs"]
mod made_font;
mod observing;
mod older;
mod paging;
mod plan;
mod programme;
mod protection;
mod rates;
mod schema;
mod search;
mod server;
mod sheets;
mod spans;
mod specification;
mod stopping;
mod subscriptions;
mod tasks;
mod territories;
mod tls;
mod writing;
mod written;
