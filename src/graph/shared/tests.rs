//! Each container says what a plain one says, and a copy stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn columns_are_maps_with_a_value_everywhere(
        writes in prop::collection::vec((0usize..10_000, 0u32..5), 0..200),
    ) {
        let mut column = Column::of(3);
        let mut texts = TextColumn::default();
        let mut plain = BTreeMap::new();
        let mut copies = Vec::new();
        for (row, value) in writes {
            copies.push((column.clone(), texts.clone(), plain.clone()));
            column.set(row, value);
            texts.set(row, &"名".repeat(value as usize));
            plain.insert(row, value);
        }
        for (column, texts, plain) in copies.into_iter().rev().take(3).chain([(column, texts, plain)]) {
            for row in (0..10_000).step_by(97).chain(plain.keys().copied()) {
                let value = plain.get(&row).copied();
                prop_assert_eq!(column[row], value.unwrap_or(3));
                prop_assert_eq!(texts.get(row), "名".repeat(value.unwrap_or(0) as usize));
            }
            let written: BTreeMap<_, _> = column.iter().filter(|(_, value)| **value != 3).collect();
            prop_assert!(written.into_iter().eq(plain.iter().filter(|(_, v)| **v != 3).map(|(r, v)| (*r, v))));
        }
    }

    #[test]
    fn columns_that_are_filled_at_once_are_those_that_are_written_row_by_row(
        values in prop::collection::btree_map(0usize..20_000, 0u32..5, 0..12),
        length in 0usize..20_000,
        later in prop::collection::vec((0usize..20_000, 0u32..5), 0..12),
    ) {
        // Mostly of the one value that takes no room.
        let rows: Vec<u32> = (0..length).map(|row| values.get(&row).copied().unwrap_or(3)).collect();
        let mut filler = ColumnFiller::of(3);
        rows.iter().for_each(|value| filler.push(*value));
        let (mut filled, mut pushed, mut plain) = (Column::filled(3, &rows), filler.finish(), Column::of(3));
        rows.iter().enumerate().for_each(|(row, value)| plain.set(row, *value));
        for (row, value) in later {
            for column in [&mut filled, &mut pushed, &mut plain] {
                column.set(row, value);
            }
        }
        prop_assert!(filled == plain && pushed == plain);
        let range = length / 3..length;
        let pieces = filled.pieces(range.clone()).flat_map(|(first, values)| (first..).zip(values.iter().copied()));
        let of_range = pieces.filter(|(_, value)| *value != 3);
        prop_assert!(of_range.eq(range.map(|row| (row, plain[row])).filter(|(_, value)| *value != 3)));
        prop_assert!((0..20_000).all(|row| filled[row] == plain[row] && pushed[row] == plain[row]));
    }

    #[test]
    fn tables_that_are_filled_at_once_find_the_first_of_equal_keys(
        keys in prop::collection::vec(prop::option::of(0u32..3_000), 0..4_000),
    ) {
        let (mut table, differ) = SlotTable::up_to(keys.len() as u32, |number| keys[number as usize]);
        let firsts: BTreeMap<u32, u32> =
            (0..keys.len()).rev().filter_map(|n| Some((keys[n]?, n as u32))).collect();
        prop_assert_eq!(differ, firsts.len() == keys.iter().flatten().count());
        prop_assert_eq!(table.len(), firsts.len());
        let key = |number: u32| keys[number as usize].unwrap();
        for (wanted, first) in firsts {
            prop_assert_eq!(table.find(&wanted, |number| key(number) == wanted), Some(first));
            table.remove(wanted, first);
            table.insert(wanted, first, key);
        }
    }

    #[test]
    fn numbers_are_found_by_their_keys_and_stand_in_their_order(
        first in prop::collection::btree_set(0u32..50_000, 0..3_000),
        steps in prop::collection::vec((0u32..50_000, any::<bool>()), 0..300),
    ) {
        // The key of a number: another order than that of the numbers.
        let key = |number: u32| number.reverse_bits();
        let compare = |a: u32, b: u32| key(a).cmp(&key(b));
        let (mut ordered, mut table) = (Ordered::default(), SlotTable::default());
        let mut plain: BTreeSet<u32> = first.iter().map(|number| key(*number)).collect();
        let mut new: Vec<u32> = first.into_iter().collect();
        new.sort_by(|a, b| compare(*a, *b));
        ordered.extend(&new, compare);
        new.iter().for_each(|number| table.insert(key(*number), *number, key));
        for (number, comes) in steps {
            match (comes, plain.contains(&key(number))) {
                (true, false) => {
                    plain.insert(key(number));
                    ordered.extend(&[number], compare);
                    table.insert(key(number), number, key);
                }
                (false, true) => {
                    plain.remove(&key(number));
                    ordered.remove(number, |other| compare(other, number));
                    table.remove(key(number), number);
                }
                _ => {}
            }
            let found = table.find(&key(number), |other| other == number);
            prop_assert_eq!(found, plain.contains(&key(number)).then_some(number));
            let before = ordered.before(|other| compare(other, number)).map(key);
            prop_assert_eq!(before, plain.range(..key(number)).next_back().copied());
        }
        prop_assert!(ordered.iter().map(key).eq(plain.iter().copied()));
        prop_assert_eq!((ordered.len(), table.len()), (plain.len(), plain.len()));
    }
}
