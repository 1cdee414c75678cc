//! A restricted view that survives a commit is what one made anew is.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::super::{Atlas, Snapshot};
use super::world::{change, founding, id};
use super::{enterprise, proposal};
use crate::model::{Change, OrganizationId};

fn territories(numbers: &[usize]) -> BTreeSet<OrganizationId> {
    numbers.iter().map(|number| id(*number)).collect()
}

fn founded() -> (tempfile::TempDir, Atlas) {
    let folder = tempfile::tempdir().unwrap();
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    atlas.commit(proposal(founding())).unwrap();
    (folder, atlas)
}

/// The snapshot after some changes, as a commit makes it; `None` where they break a rule.
fn changed(snapshot: &Snapshot, changes: &[Change]) -> Option<Arc<Snapshot>> {
    let mut graph = snapshot.graph.clone();
    graph.apply(changes).ok()?;
    let indicators = Arc::clone(&snapshot.indicators);
    Some(Arc::new(snapshot.followed_by(graph, indicators, snapshot.version + 1)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_view_that_survives_commits_is_what_one_made_anew_is(
        steps in prop::collection::vec((change(), 0u8..8), 1..40),
    ) {
        let (_folder, atlas) = founded();
        let limits = [territories(&[1]), territories(&[2]), territories(&[1, 3])];
        let mut before = atlas.snapshot();
        for (change, asked) in steps {
            let Some(snapshot) = changed(&before, &[change]) else { continue };
            // Views that are not asked at every version survive several commits, or are asked of older ones.
            for (number, limit) in limits.iter().enumerate().filter(|(number, _)| asked >> number & 1 == 1) {
                for asked in [&snapshot, &before] {
                    let (seen, anew) = (asked.limited_to(limit), asked.restricted_to(limit));
                    prop_assert_eq!(&seen.graph, &anew.graph, "limit {} at version {}", number, asked.version);
                    prop_assert_eq!(seen.version, asked.version);
                    prop_assert!(Arc::ptr_eq(&seen.indicators, &asked.indicators));
                }
            }
            before = snapshot;
        }
    }
}

#[test]
fn a_commit_elsewhere_leaves_a_view_and_its_layouts_as_they_are() {
    let (_folder, atlas) = founded();
    let limit = territories(&[1]);
    let view = |snapshot: &Arc<Snapshot>| {
        snapshot.views.view_for(snapshot, &limit, || panic!("the view is made once more"))
    };
    let first = atlas.snapshot();
    let seen = first.limited_to(&limit);
    atlas.commit(proposal(vec![enterprise(1, "新企业")])).unwrap();
    let (second, again) = (atlas.snapshot(), view(&atlas.snapshot()));
    assert_eq!((second.version, again.version), (2, 2));
    assert_eq!(again.graph, seen.graph);
    // Also where the older one is asked again, and the same version twice.
    assert_eq!((view(&first).version, view(&second).version), (1, 2));
    assert!(Arc::ptr_eq(&view(&second), &view(&second)));
}

#[test]
fn a_territory_that_comes_later_is_seen() {
    let (_folder, atlas) = founded();
    let limit: BTreeSet<OrganizationId> = ["ent-1".parse().unwrap()].into();
    assert_eq!(atlas.snapshot().limited_to(&limit).graph.organization_count(), 0);
    atlas.commit(proposal(vec![enterprise(1, "新企业")])).unwrap();
    assert_eq!(atlas.snapshot().limited_to(&limit).graph.organization_count(), 1);
}
