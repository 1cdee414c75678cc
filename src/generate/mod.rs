//! Generated organisations: a plausible district on a real tree of territories, each record marked as an example.
//!
//! Floor 2, a pure function of the base and a seed: the same options give the same data on every machine,
//! for choices are whole numbers drawn from ChaCha8 and nothing depends on the order of a hash table. Every
//! generated organisation is `synthetic`, its name begins with 示例 and its source is `generated`; every relation has
//! such an organisation at one end, so what the real ones are said to be among each other stays as it was.
//!
//! A section of the district is a file; [`generate`] lets them write one after the other. Gaps are part of
//! the picture: nothing is covered wholly or not at all, and some things are unknown.

use thiserror::Error;

use crate::model::{AttributeError, CodeError, Organization, Relation};
use crate::work::Stopped;

use draft::Draft;
use ground::Ground;
use plan::Plan;

mod calendar;
mod credit;
mod dice;
mod draft;
mod ground;
mod names;
mod plan;

mod blocks;
mod chains;
mod enterprises;
mod facilities;
mod grids;
mod leagues;
mod party;
mod party_chambers;
mod party_grids;
mod party_institutions;
mod party_shared;
mod party_territories;
mod party_units;
mod party_workshops;
mod places;
mod programmes;
mod stations;
mod ties;
mod units;
mod villages;
mod workshops;

/// What generation builds upon: the real territories and the bodies that the facts name.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// Territories and named bodies.
    pub organizations: Vec<Organization>,
    /// How they relate; PART_OF says which subdistrict a community or village belongs to.
    pub relations: Vec<Relation>,
}

/// How much to generate, and which of the many possible districts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many organisations; 12,000 make the demonstration district, other numbers scale its shares.
    pub organizations: u64,
    /// The same seed gives the same data.
    pub seed: u64,
}

/// What was generated.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// Exactly as many as the options ask for, every one synthetic.
    pub organizations: Vec<Organization>,
    /// Relations, each with a generated organisation at one end at least.
    pub relations: Vec<Relation>,
    /// Records of real villages and communities with generated values added: they stay unmarked as synthetic, but
    /// their sources say `generated` too.
    pub village_values: Vec<Organization>,
}

/// Why nothing can be generated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GenerateError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The base has no place to put anything.
    #[error("the base has no COMMUNITY or VILLAGE that is PART_OF a SUBDISTRICT: nothing can be placed")]
    NoLocality,
    /// A generated id is none.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A generated attribute is none.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
}

type Section = fn(&mut Draft<'_>) -> Result<(), GenerateError>;

/// The sections in their order; later ones build on what earlier ones placed.
const SECTIONS: [Section; 17] = [
    places::write,
    enterprises::write,
    units::write,
    grids::write,
    chains::write_industry_committees,
    party_territories::write,
    party_units::write,
    party_institutions::write,
    workshops::write,
    party_workshops::write,
    party_chambers::write,
    party_grids::write,
    chains::write,
    leagues::write,
    facilities::write,
    programmes::write,
    ties::write,
];

/// Generates a district's worth of organisations on the base.
///
/// # Errors
/// [`GenerateError::NoLocality`] when no community or village of the base is part of a subdistrict.
pub fn generate(base: &Base, options: Options) -> Result<Generated, GenerateError> {
    let ground = Ground::read(base, options.seed)?;
    let plan = Plan::new(options.organizations, ground.subdistricts.len() as u64);
    let mut draft = Draft::new(&ground, &plan, options.organizations);
    for (number, section) in (1..).zip(SECTIONS) {
        draft.dice = dice::Dice::new(options.seed, number);
        section(&mut draft)?;
    }
    let number = 1 + SECTIONS.len() as u64;
    draft.dice = dice::Dice::new(options.seed, number);
    let village_values = villages::values(base, &mut draft)?;
    let (organizations, relations) = draft.finish();
    Ok(Generated { organizations, relations, village_values })
}

#[cfg(test)]
mod tests;
