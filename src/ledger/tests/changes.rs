use insta::assert_snapshot;

use super::{check_in, graph_of, read_into};

const ORGANIZATIONS: &str = "id,kind,name,employees,designations,established_on,synthetic,operating_status,grade\n\
                             a,PARK,甲,5,LARGE,2020-01-01,true,CLOSED,A\nb,PARK,乙,,,,,,\n";
const RELATIONS: &str =
    "source,type,target,valid_from,valid_to,citation\na,PART_OF,b,2020-01-01,2030-01-01,F1\n";
const FILES: [(&str, &str); 2] = [("o.csv", ORGANIZATIONS), ("r.csv", RELATIONS)];

#[test]
fn the_same_files_again_change_nothing() {
    let (reading, _) = read_into(&graph_of(&FILES), &FILES);
    assert_eq!(reading.changes, []);
    assert_eq!((reading.rows.organizations, reading.rows.relations), (2, 1));
}

#[test]
fn absent_columns_keep_and_empty_cells_clear() {
    let keep = "id,kind,name\na,PARK,甲二\nb,PARK,乙\n";
    assert_snapshot!(check_in(&FILES, &[("o.csv", keep)]), @"a kind=PARK name=甲二 employees=5 designations=LARGE operating_status=CLOSED established_on=2020-01-01 synthetic=true grade=A");
    let clear = "id,kind,name,employees,designations,established_on,synthetic,operating_status,grade\na,PARK,甲,,,,,,\n";
    assert_snapshot!(check_in(&FILES, &[("o.csv", clear)]), @"a kind=PARK name=甲");
    let keep = "source,type,target,valid_from,citation\na,PART_OF,b,2020-01-01,F2\n";
    assert_snapshot!(check_in(&FILES, &[("r.csv", keep)]), @"a PART_OF b from 2020-01-01 to 2030-01-01 citing F2");
    let clear = "source,type,target,valid_from,valid_to\na,PART_OF,b,2020-01-01,\n";
    assert_snapshot!(check_in(&FILES, &[("r.csv", clear)]), @"a PART_OF b from 2020-01-01 citing F1");
    let other = "source,type,target\na,PART_OF,b\n";
    assert_snapshot!(check_in(&FILES, &[("r.csv", other)]), @"a PART_OF b");
}

#[test]
fn a_life_that_is_reversed_by_what_is_recorded_is_bad() {
    let file = "id,kind,name,dissolved_on\na,PARK,甲,2019-01-01\n";
    assert_snapshot!(check_in(&FILES, &[("o.csv", file)]), @"problem: o.csv:2: column dissolved_on: the interval from 2020-01-01 to 2019-01-01 holds no day: its end must be later than its start");
}
