//! What is laid out says what the records say, after every change.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::graph::PathQuery;
use crate::model::{Change, Organization, OrganizationKind, Relation, RelationType};
use crate::work::{Stop, Stopped, cancellable, go_on, run};

const KINDS: [OrganizationKind; 8] = [
    OrganizationKind::District,
    OrganizationKind::Subdistrict,
    OrganizationKind::Village,
    OrganizationKind::IndustrialPark,
    OrganizationKind::OfficeBuilding,
    OrganizationKind::Enterprise,
    OrganizationKind::Enterprise,
    OrganizationKind::JointBody,
];

fn day(number: i8) -> Date {
    Date::constant(2023, 1, number)
}

fn validity() -> impl Strategy<Value = Validity> {
    (prop::option::weighted(0.2, 1i8..6), prop::option::weighted(0.2, 6i8..12))
        .prop_map(|(from, to)| Validity::new(from.map(day), to.map(day)).unwrap())
}

fn organization(i: usize, life: Validity) -> Change {
    let id = format!("o-{i}").parse().unwrap();
    let kind = KINDS[i];
    let id = if kind.level().is_some() {
        format!("cn-{}", ["370114", "370114001", "370114001001"][i]).parse().unwrap()
    } else {
        id
    };
    let mut organization = Organization::new(id, kind, format!("名{i}"));
    organization.life = life;
    Change::PutOrganization(Box::new(organization))
}

fn id_of(i: usize) -> crate::model::OrganizationId {
    match organization(i, Validity::ALWAYS) {
        Change::PutOrganization(organization) => organization.id,
        _ => unreachable!(),
    }
}

fn relation() -> impl Strategy<Value = Relation> {
    let types = prop::sample::select(vec![
        RelationType::PartOf,
        RelationType::LocatedIn,
        RelationType::MemberOf,
        RelationType::PartnersWith,
    ]);
    (0..KINDS.len(), types, 0..KINDS.len(), validity()).prop_map(|(s, t, o, validity)| {
        let mut relation = Relation::new(id_of(s), t, id_of(o));
        relation.validity = validity;
        relation
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        1 => (0..KINDS.len(), validity()).prop_map(|(i, life)| organization(i, life)),
        8 => relation().prop_map(Change::PutRelation),
        2 => relation().prop_map(|r| Change::RemoveRelation(r.key())),
        1 => (0..KINDS.len()).prop_map(|i| Change::RemoveOrganization(id_of(i))),
    ]
}

/// What exists, kept as rules are.
struct Everything;

impl KeptSets for Everything {
    fn among(&self, day: &Day<'_>, domain: &OrganizationSet) -> Vec<OrganizationSet> {
        vec![domain & day.existing()]
    }

    fn reached(&self, _: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet {
        touched.clone()
    }
}

/// What exists, counted how often anybody is asked of, and slow to say so.
#[derive(Default)]
struct Counted(AtomicUsize);

impl KeptSets for Counted {
    fn among(&self, _: &Day<'_>, domain: &OrganizationSet) -> Vec<OrganizationSet> {
        if !domain.is_empty() {
            self.0.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(20));
        }
        vec![domain.clone()]
    }

    fn reached(&self, _: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet {
        touched.clone()
    }
}

#[test]
fn of_many_who_need_the_same_at_once_one_makes_it() {
    let mut graph = Graph::new();
    for i in 0..KINDS.len() {
        graph.apply(&[organization(i, Validity::ALWAYS)]).unwrap();
    }
    let (graph, rule) = (&graph, &Arc::new(Counted::default()));
    let layouts: Vec<_> = thread::scope(|scope| {
        let ask = || {
            let day = graph.day(day(1));
            let sets = day.kept("counted", &day.everywhere(), || Arc::clone(rule) as Arc<dyn KeptSets>);
            assert_eq!(sets[0].count(&day.everywhere()), KINDS.len() as u64);
            Arc::as_ptr(&day.cached) as usize
        };
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(layouts.iter().all(|layout| *layout == layouts[0]), "{layouts:?}");
    assert_eq!(rule.0.load(Ordering::Relaxed), 1);
}

/// One organisation, kept as rules are.
struct Only(Slot);

impl KeptSets for Only {
    fn among(&self, _: &Day<'_>, domain: &OrganizationSet) -> Vec<OrganizationSet> {
        vec![domain & OrganizationSet::from_iter([self.0.position()])]
    }

    fn reached(&self, _: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet {
        touched.clone()
    }
}

#[test]
fn a_day_that_is_held_and_one_laid_out_anew_keep_their_results_apart() {
    let mut graph = Graph::new();
    for i in 0..KINDS.len() {
        graph.apply(&[organization(i, Validity::ALWAYS)]).unwrap();
    }
    let from = |number| Validity::new(Some(day(number)), None).unwrap();
    graph.apply(&[organization(5, from(10)), organization(7, from(20))]).unwrap();
    graph.day(day(1));
    // What moves gets a position at the end; where it is laid out anew it stands within the district.
    let moves = Relation::new(id_of(6), RelationType::LocatedIn, id_of(1));
    graph.apply(&[Change::PutRelation(moves)]).unwrap();
    let held = graph.day(day(1));
    // No more than two layouts are kept, so this evicts the one that is held.
    assert!([12, 22].map(|number| graph.day(day(number)).date()).len() >= KEPT_DAYS);
    let anew = graph.day(day(1));
    let enterprise = graph.slot("o-6").unwrap();
    assert_ne!(held.position(enterprise), anew.position(enterprise), "the test needs two layouts");

    let afresh = graph.clone();
    let located = |day: &Day<'_>, name: &str| {
        let sets = day.kept(name, &day.everywhere(), || Arc::new(Only(enterprise)));
        day.slots_of(&sets[0], &day.everywhere()).collect::<Vec<_>>()
    };
    let divided = |day: &Day<'_>, kind| {
        let units = |part: &Part| (part.by, day.slots_in(&part.ranges).collect::<BTreeSet<_>>());
        day.parts(None, kind).iter().map(units).collect::<Vec<_>>()
    };
    // Whichever of the two is asked first.
    for (name, kind, days) in
        [("a", KINDS[0], [&held, &anew]), ("b", KINDS[1], [&anew, &held]), ("a", KINDS[0], [&anew, &held])]
    {
        for asked in days {
            assert_eq!(located(asked, name), [enterprise]);
            assert_eq!(divided(asked, kind), divided(&afresh.day(day(1)), kind));
        }
    }
}

/// Waits until somebody else asks a rule, so that only rules that are learned side by side come to an end.
struct Meets(Arc<Barrier>);

impl KeptSets for Meets {
    fn among(&self, _: &Day<'_>, domain: &OrganizationSet) -> Vec<OrganizationSet> {
        if !domain.is_empty() {
            self.0.wait();
        }
        vec![domain.clone()]
    }

    fn reached(&self, _: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet {
        touched.clone()
    }
}

#[test]
fn rules_are_learned_side_by_side() {
    let mut graph = Graph::new();
    graph.apply(&[organization(0, Validity::ALWAYS)]).unwrap();
    let (graph, barrier) = (&graph, &Arc::new(Barrier::new(2)));
    thread::scope(|scope| {
        for name in ["a", "b"] {
            scope.spawn(move || {
                let day = graph.day(day(1));
                day.kept(name, &day.everywhere(), || Arc::new(Meets(Arc::clone(barrier))));
            });
        }
    });
}

/// Is asked to stop while it is asked the first time.
struct StopsOnce(Stop, AtomicUsize);

impl KeptSets for StopsOnce {
    fn among(&self, _: &Day<'_>, domain: &OrganizationSet) -> Vec<OrganizationSet> {
        if !domain.is_empty() && self.1.fetch_add(1, Ordering::Relaxed) == 0 {
            self.0.ask();
            go_on();
        }
        vec![domain.clone()]
    }

    fn reached(&self, _: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet {
        touched.clone()
    }
}

#[test]
fn a_rule_that_was_stopped_while_it_was_learned_is_learned_by_the_next() {
    let mut graph = Graph::new();
    graph.apply(&[organization(0, Validity::ALWAYS)]).unwrap();
    let stop = Stop::default();
    let rule = Arc::new(StopsOnce(stop.clone(), AtomicUsize::new(0)));
    let count = || {
        let day = graph.day(day(1));
        let sets = day.kept("stops", &day.everywhere(), || Arc::clone(&rule) as Arc<dyn KeptSets>);
        sets[0].count(&day.everywhere())
    };
    assert_eq!(run(&stop, None, || cancellable(count)), Err(Stopped));
    assert_eq!(count(), 1);
    assert_eq!(rule.1.load(Ordering::Relaxed), 2);
}

/// All that exists around an organisation, by walking.
fn around(graph: &Graph, root: Slot, steps: usize, when: When) -> BTreeSet<Slot> {
    let mut all = BTreeSet::from([root]);
    for _ in 0..steps {
        let ends = |slot: &Slot| graph.relations_of(*slot, Direction::Both, &[], when).collect::<Vec<_>>();
        all = all
            .iter()
            .flat_map(ends)
            .flat_map(|r| [r.source, r.target])
            .chain([root])
            .chain(all.clone())
            .collect();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_day_that_is_kept_says_what_walking_says(changes in prop::collection::vec(change(), 1..60)) {
        let mut graph = Graph::new();
        for i in 0..KINDS.len() {
            graph.apply(&[organization(i, Validity::ALWAYS)]).unwrap();
        }
        for (step, change) in changes.into_iter().enumerate() {
            // Most random relations join what they may not, or are not there to be removed.
            graph.apply(&[change]).ok();
            // Asked with the layout that was kept before, and against a copy that has none.
            let mut plain = graph.clone();
            plain.days.forget();
            let date = day(1 + (step % 12) as i8);
            let when = When::On(date);
            let laid_out = graph.day(date);
            prop_assert_eq!(laid_out.existing(), &plain.existing(when));
            // First of one part, then of everything.
            let part = plain.slot(id_of(step % KINDS.len()).as_str());
            let part = part.map_or_else(Ranges::default, |slot| laid_out.standing_in(slot));
            for asked in [part, laid_out.everywhere()] {
                let kept = laid_out.kept("everything", &asked, || Arc::new(Everything));
                let found: OrganizationSet = laid_out.slots_of(&kept[0], &asked).map(Slot::position).collect();
                prop_assert_eq!(kept[0].count(&asked), found.len());
                let expected: OrganizationSet = laid_out.slots_in(&asked).map(Slot::position).collect();
                prop_assert_eq!(found, expected);
            }
            let afresh = plain.day(date);
            for (root, kind) in plain.slots_by_id().map(Some).chain([None]).zip(KINDS.into_iter().cycle()) {
                let divided = |day: &Day<'_>| {
                    let parts = day.parts(root, kind);
                    let units = |part: &Part| day.slots_in(&part.ranges).collect::<BTreeSet<_>>();
                    parts.iter().map(|part| (part.by, units(part), part.is_inside)).collect::<Vec<_>>()
                };
                let expected = divided(&afresh);
                prop_assert_eq!(divided(&laid_out), expected.clone());
                prop_assert_eq!(divided(&laid_out), expected);
            }
            let mut by_rank: Vec<Slot> = plain.slots_by_id().collect();
            by_rank.reverse();
            by_rank.sort_by_key(|slot| laid_out.rank(*slot));
            prop_assert!(by_rank.into_iter().eq(plain.slots_by_id()));
            let all = laid_out.ordered(laid_out.existing());
            for limit in [0, 1, 3, usize::MAX] {
                let first = laid_out.first_of(&all, &laid_out.everywhere(), limit).into_iter().map(|(_, slot)| slot);
                let existing = plain.slots_by_id().filter(|slot| plain.exists(*slot, when));
                prop_assert!(first.eq(existing.take(limit)));
            }
            for slot in plain.slots_by_id() {
                let within: OrganizationSet =
                    laid_out.slots_in(&laid_out.within(slot)).map(Slot::position).collect();
                prop_assert_eq!(&within, &plain.within(slot, when));
                prop_assert_eq!(graph.within(slot, when), within);
                let exists = plain.exists(slot, when);
                prop_assert_eq!(laid_out.position(slot).is_some(), exists);
                for steps in 0..3 {
                    let expected = if exists { around(&plain, slot, steps, when).len() - 1 } else { 0 };
                    prop_assert_eq!(laid_out.count_around(slot, steps as u32), expected);
                }
                for to in plain.slots_by_id() {
                    let query = PathQuery { from: slot, to, types: &[], max_length: 4, when };
                    let length = plain.path(&query).map(|path| path.relations.len() as u32);
                    prop_assert_eq!(laid_out.distance(slot, to, 4), length);
                }
            }
        }
    }

    #[test]
    fn ranges_and_sets_of_positions_are_sets(
        a in prop::collection::btree_set(0u32..200, 0..60),
        b in prop::collection::vec((0u32..200, 0u32..40), 0..6),
        c in prop::collection::vec((0u32..200, 0u32..40), 0..6),
    ) {
        let ranges = |list: &[(u32, u32)]| Ranges::joined(list.iter().map(|(s, n)| *s..(s + n).min(200)).collect());
        let plain = |ranges: &Ranges| ranges.iter().flatten().collect::<BTreeSet<u32>>();
        let (x, y) = (ranges(&b), ranges(&c));
        prop_assert_eq!(plain(&x.intersection(&y)), plain(&x).intersection(&plain(&y)).copied().collect());
        prop_assert_eq!(plain(&x.difference(&y)), plain(&x).difference(&plain(&y)).copied().collect());
        prop_assert_eq!(x.hold(&y), plain(&y).is_subset(&plain(&x)));
        prop_assert!(x.hold(&x.intersection(&y)));
        prop_assert!((0..200).all(|p| x.contains(p) == plain(&x).contains(&p)));
        // Also far from where positions begin, and brought together in two steps from either side.
        for far in [0, 64 * 9, 64 * 4 * 9] {
            let far_off = |ranges: &Ranges| ranges.iter().map(|range| range.start + far..range.end + far).collect::<Ranges>();
            let (x, y) = (far_off(&x), far_off(&y));
            let a: BTreeSet<u32> = a.iter().map(|position| position + far).collect();
            let (inside, outside): (Vec<u32>, Vec<u32>) = a.iter().partition(|position| x.contains(**position));
            let mut joined = OrderedSet::new(inside.iter().copied());
            joined.extend(outside.iter().copied());
            let altered = OrderedSet::new(plain(&y).iter().copied()).altered(plain(&y).into_iter(), a.iter().copied());
            for set in [OrderedSet::new(a.iter().copied()), joined, altered] {
                prop_assert_eq!(set.count(&x), inside.len() as u64);
                prop_assert_eq!(set.positions(&x).collect::<Vec<_>>(), inside.clone());
                let mut each = Vec::new();
                x.iter().for_each(|range| set.each_in(range, |position| each.push(position)));
                prop_assert_eq!(each, inside.clone());
                prop_assert!((0..far + 999).all(|p| set.contains(p) == a.contains(&p)));
                prop_assert_eq!(set.positions(&Ranges::from(0..u32::MAX)).collect::<Vec<_>>(), a.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(set.without(inside.iter().copied()).count(&Ranges::from(0..u32::MAX)), outside.len() as u64);
            }
        }
    }
}
