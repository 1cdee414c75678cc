use proptest::prelude::*;

use super::*;
use crate::graph::{Graph, Replay};
use crate::model::*;

/// The graph that an image makes, and the annexes and definitions beside it.
pub(in crate::graph) fn reread(graph: &Graph) -> Graph {
    let mut replay = Replay::default();
    for block in graph.image() {
        replay.read_image(&block).unwrap();
    }
    replay.finish_image().unwrap();
    let annexes = graph.annexes().map(|annex| Change::PutAnnex(Box::new(annex.clone())));
    replay.apply(&annexes.chain(graph.definition_changes()).collect::<Vec<_>>()).unwrap();
    replay.finish()
}

fn read(blocks: &[Vec<u8>]) -> Result<Graph, ImageError> {
    let mut replay = Replay::default();
    blocks.iter().try_for_each(|block| replay.read_image(block))?;
    replay.finish_image()?;
    Ok(replay.finish())
}

fn put(organization: Organization) -> Change {
    Change::PutOrganization(Box::new(organization))
}

/// An enterprise of which everything is known.
fn full(number: usize) -> Organization {
    let day = |day| Some(Date::constant(2023, 7, day));
    let mut full =
        Organization::new(format!("ent-{number}").parse().unwrap(), OrganizationKind::Enterprise, "示例");
    full.name_hant = Some("範例".into());
    full.name_en = Some("Example".into());
    full.aliases = vec!["甲".into(), "乙".into()];
    full.division = Some("37".parse().unwrap());
    full.uscc = Some("91350100M000100Y43".parse().unwrap());
    full.industry = Some("制造业".into());
    full.party_members = Some(4);
    full.full_members = Some(0);
    full.employees = Some(MAX_COUNT);
    full.floor_area_m2 = Some(600.5);
    full.annual_income_cny = Some(-500_000.0);
    full.designations = ["RED_WORKSHOP", "TWO_NEW"].map(Into::into).into();
    full.operating_status = OperatingStatus::Closed;
    full.life = Validity::new(day(1), day(31)).unwrap();
    full.synthetic = true;
    full.sources = vec!["ledger".into(), "ledger".into()];
    full.attributes.insert("workers".parse().unwrap(), AttributeValue::Code("A".into()));
    full.attributes.insert("distance".parse().unwrap(), AttributeValue::Number(2.25));
    full
}

/// A graph of a province, organisations of which some are full, and relations between them.
fn graph(organizations: usize) -> Graph {
    let province = Organization::new("cn-37".parse().unwrap(), OrganizationKind::Province, "山东省");
    let id = |number: usize| -> OrganizationId { format!("ent-{number}").parse().unwrap() };
    let mut changes = vec![put(province), put(full(0))];
    changes.extend((1..organizations).map(|number| match number % 7 {
        0 => put(Organization { uscc: None, ..full(number) }),
        _ => put(Organization::new(id(number), OrganizationKind::Enterprise, format!("企业{number}"))),
    }));
    for number in 1..organizations {
        let mut relation = Relation::new(
            id(number),
            RelationType::PartnersWith,
            id((number + 1 + number * number % 7) % organizations),
        );
        relation.citation = (number % 3 == 0).then(|| format!("文件{}", number % 11).into());
        let from = Date::constant(2000 + (number % 20) as i16, 1, 1);
        relation.validity = Validity::new(Some(from), None).unwrap();
        changes.push(Change::PutRelation(relation.clone()));
        relation.validity = Validity::ALWAYS;
        changes.push(Change::PutRelation(relation));
    }
    let mut graph = Graph::new();
    graph.apply(&changes).unwrap();
    graph
}

#[test]
fn a_graph_of_many_blocks_is_read_as_it_was_written_and_goes_on_changing() {
    let organizations = 9000;
    let mut graph = graph(organizations);
    let sorts: Vec<_> = graph.image().map(|block| block[0]).collect();
    assert!(sorts.iter().filter(|sort| **sort == RELATIONS).count() > 1, "{sorts:?}");
    let mut reread = reread(&graph);
    assert_eq!(reread.validate(), Ok(()));
    assert!(reread == graph && reread.image().eq(graph.image()));
    let changes = [
        Change::RemoveRelation(graph.stated_relations().next().unwrap().key()),
        put(full(organizations)),
        put(full(3)),
    ];
    let taken = graph.apply(&changes).unwrap_err();
    assert_eq!(reread.apply(&changes).unwrap_err(), taken);
    assert_eq!((graph.apply(&changes[..1]), reread.apply(&changes[..1])), (Ok(()), Ok(())));
    assert_eq!(reread.validate(), Ok(()));
    assert!(reread == graph);
}

#[test]
fn an_image_of_nothing_is_one_block() {
    assert_eq!(Graph::new().image().count(), 1);
    assert_eq!(reread(&Graph::new()), Graph::new());
}

#[test]
fn what_is_no_image_is_refused() {
    let blocks: Vec<_> = graph(20).image().collect();
    assert_eq!(blocks.iter().map(|block| block[0]).collect::<Vec<_>>(), [0, 1, 2, 3, 5, 4]);
    let check = |alter: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut blocks = blocks.clone();
        alter(&mut blocks);
        read(&blocks).map(drop).unwrap_err()
    };
    assert_eq!(check(&|blocks| blocks[0][1] = 2), ImageError::Version { found: 2 });
    assert_eq!(check(&|blocks| blocks.clear()), ImageError::CutShort);
    assert_eq!(check(&|blocks| drop(blocks.remove(0))), ImageError::Unfit("block"));
    assert_eq!(check(&|blocks| blocks.swap(1, 4)), ImageError::Unfit("number of organisations"));
    assert_eq!(check(&|blocks| drop(blocks.remove(2))), ImageError::Unfit("symbol"));
    assert_eq!(check(&|blocks| drop(blocks.remove(4))), ImageError::CutShort);
    assert_eq!(check(&|blocks| drop(blocks.remove(5))), ImageError::Unfit("symbol"));
    assert_eq!(
        check(&|blocks| {
            blocks[4].pop();
        }),
        ImageError::CutShort
    );
    assert_eq!(check(&|blocks| blocks.push(blocks[5].clone())), ImageError::Unfit("text"));
    let again = check(&|blocks| blocks.insert(1, blocks[1].clone()));
    assert_eq!(again, ImageError::Unfit("id"));
}

#[test]
fn what_is_no_number_is_refused() {
    let blocks: Vec<_> = graph(20).image().collect();
    for number in [600.5_f64, -500_000.0, 2.25] {
        for instead in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut blocks = blocks.clone();
            let bytes = number.to_le_bytes();
            let at = blocks[1].windows(8).position(|window| window == bytes).unwrap();
            blocks[1][at..at + 8].copy_from_slice(&instead.to_le_bytes());
            assert_eq!(read(&blocks).map(drop), Err(ImageError::Unfit("decimal number")));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Checksums do not tell what was wrong when they were made; even so nothing but a graph comes of it.
    #[test]
    fn altered_images_are_refused_or_graphs_but_never_a_panic(
        alterations in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..8, any::<u8>()), 1..4)
    ) {
        let mut blocks: Vec<_> = graph(30).image().collect();
        for (block, at, how, byte) in alterations {
            if blocks.is_empty() {
                break;
            }
            let (number, count) = (block.index(blocks.len()), blocks.len());
            let block = &mut blocks[number];
            if block.is_empty() {
                continue;
            }
            let at = at.index(block.len());
            match how {
                0 => block.truncate(at),
                1 => block.insert(at, byte),
                2 => drop(block.remove(at)),
                3 => drop(blocks.remove(number)),
                4 => blocks.swap(number, at % count),
                5 => block[at] = byte,
                _ => block[at] ^= 1 << (byte % 8),
            }
        }
        if let Ok(graph) = read(&blocks) {
            // What it says may be against the rules, but it can be asked, written and read again.
            let _ = graph.validate();
            prop_assert_eq!(reread(&graph), graph);
        }
    }
}
