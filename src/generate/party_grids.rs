//! Party branches and groups of grids (F2).

use crate::model::{OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::draft::Draft;
use super::ground::Site;
use super::party;
use super::plan::Sort;

/// About two of three grids have one, more of them where things go well.
pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let grids = draft.of(K::Grid);
    let qualities: Vec<_> = grids.into_iter().map(|grid| (grid, draft.quality(grid))).collect();
    let mut hosts = draft.dice.ranked(qualities, |(_, quality)| *quality).into_iter();
    let kinds = [(Sort::GridBranch, K::PartyBranch, "党支部"), (Sort::GridGroup, K::PartyGroup, "党小组")];
    for (sort, kind, word) in kinds {
        for _ in 0..draft.plan.count(sort) {
            let grid = hosts.next().map(|(grid, _)| grid);
            let (name, site) = match grid {
                Some(grid) => (format!("{}{word}", draft.stem(grid)), draft.site(grid)),
                None => (format!("{}{word}", draft.brands.next_name()), Site::District),
            };
            let body = party::add(draft, kind, &name, site)?;
            party::muster(draft, body);
            if let Some(grid) = grid {
                let validity = draft.validity(body);
                draft.relate(body, T::Organizes, grid, 2).validity = validity;
            }
            if let Some(above) = party::near(draft, site) {
                draft.relate(body, T::SubordinateTo, &above, 0).mode = Some(M::Territorial);
            }
        }
    }
    Ok(())
}
