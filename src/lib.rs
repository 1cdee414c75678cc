//! Orgatlas: a knowledge graph of organisational relationships, with coverage and gaps.
//!
//! The modules are floors, each built on lower ones only:
//!
//! - [`model`]: what an organisation is, which relations join which kinds, codes, [`model::Change`]; [`work`]: how far
//!   long work has come, and whether it is still wanted; [`caught`]: panics of libraries that become errors; [`unaltered`]:
//!   text files of which a flipped bit is noticed; [`outgoing`]: requests to other hosts; [`memory`]:
//!   a budget of memory that requests share.
//! - [`access`]: who asks, and what he may do.
//! - [`workbook`]: sheets that a clerk can print; [`new_file`]: files that are whole or not there.
//! - [`graph`]: the graph of them, its one door ([`graph::Graph::apply`]) and what can be asked of it.
//! - [`coverage`]: indicators as data, and which units they cover; [`ledger`]: CSV, XLSX and JSON Lines;
//!   [`exchange`]: files that other tools open; [`storage`]: the change log and its checkpoint; [`diagram`]: charts;
//!   [`generate`]: a made-up district.
//! - [`drawing`]: charts on demand, from words to a file.
//! - [`atlas`]: a durable graph with one writer and any number of readers.
//! - [`graphql`], [`http`], [`cli`]: what users meet.
//!
//! An atlas from an empty folder to a gap:
//!
//! ```
//! use orgatlas::atlas::{Atlas, Proposal};
//! use orgatlas::coverage::{CoverageState, Scope, coverage, units_in_states};
//! use orgatlas::model::{Change, Door, Organization, OrganizationKind, Origin, Relation, RelationType, parse_date};
//!
//! let folder = tempfile::tempdir()?;
//! let (atlas, _) = Atlas::open(folder.path())?;
//!
//! // Two villages, one of them in a Party-building consortium.
//! let put = |id: &str, kind, name: &str| -> Result<_, orgatlas::model::CodeError> {
//!     Ok(Change::PutOrganization(Box::new(Organization::new(id.parse()?, kind, name))))
//! };
//! let member = Relation::new("cn-370114001201".parse()?, RelationType::MemberOf, "consortium-1".parse()?);
//! atlas.commit(Proposal {
//!     changes: vec![
//!         put("cn-370114001201", OrganizationKind::Village, "示例甲村")?,
//!         put("cn-370114001202", OrganizationKind::Village, "示例乙村")?,
//!         put("consortium-1", OrganizationKind::PartyBuildingConsortium, "示例党建联合体")?,
//!         Change::PutRelation(member),
//!     ],
//!     actor: "clerk".to_owned(),
//!     reason: "first ledger".to_owned(),
//!     origin: Origin::by(Door::Library),
//!     expected: None,
//! })?;
//!
//! let snapshot = atlas.snapshot();
//! let indicator = snapshot.indicators.get("village-consortium").ok_or("a core indicator")?;
//! let scope = Scope { date: parse_date("2024-06-30")?, within: None };
//! let counts = coverage(indicator, &snapshot.graph, &scope, None).counts;
//! assert_eq!((counts.covered, counts.uncovered, counts.met), (1, 1, Some(true)));
//!
//! let gaps = units_in_states(indicator, &snapshot.graph, &scope, &[CoverageState::Uncovered]);
//! assert_eq!(snapshot.graph.name(gaps[0].0), "示例乙村");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod access;
pub mod atlas;
pub mod bench;
pub mod caught;
pub mod cli;
pub mod coverage;
pub mod diagram;
pub mod drawing;
pub mod exchange;
pub mod generate;
pub mod graph;
pub mod graphql;
pub mod http;
pub mod ledger;
pub mod memory;
pub mod model;
pub mod new_file;
pub mod outgoing;
pub mod storage;
pub mod unaltered;
pub mod work;
pub mod workbook;
