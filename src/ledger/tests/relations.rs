use insta::assert_snapshot;

use super::check;

const ENDS: (&str, &str) =
    ("ends.csv", "id,kind,name\npty-1,PARTY_BRANCH,支部\nent-1,ENTERPRISE,企业\nent-2,ENTERPRISE,企业\n");

#[test]
fn relations_are_read_in_any_order_of_columns() {
    let file = "citation,valid_to,valid_from,mode,target,type,source\n\
                F12,2024-01-01,2020-01-01,STANDALONE,ent-1,ORGANIZES,pty-1\n,,,,ent-2,ORGANIZES,pty-1\n";
    assert_snapshot!(check(&[ENDS, ("r.csv", file)]), @"
    pty-1 kind=PARTY_BRANCH name=支部
    ent-1 kind=ENTERPRISE name=企业
    ent-2 kind=ENTERPRISE name=企业
    pty-1 ORGANIZES (STANDALONE) ent-1 from 2020-01-01 to 2024-01-01 citing F12
    pty-1 ORGANIZES ent-2
    ");
}

#[test]
fn every_bad_cell_is_named_and_rules_of_the_graph_too() {
    let file = "source,type,target,mode,valid_from,valid_to\n\
                pty-1,organizes,ent-1,,,\n\
                ,ORGANIZES,,,,\n\
                pty 1,ORGANIZES,ent-1,SOLO,2020,\n\
                pty-1,ORGANIZES,ent-1,JOINT,2020-01-01,2020-01-01\n\
                ent-1,ORGANIZES,pty-1,,,2020-13-01\n\
                pty-1,ORGANIZES,ent-2,INDUSTRY,,\n\
                pty-1,ORGANIZES,ent-9,,,\n\
                pty-1,PARTNERS_WITH,pty-1,,,\n";
    assert_snapshot!(check(&[ENDS, ("r.csv", file)]), @r#"
    problem: r.csv:2: column type: "organizes" is not a relation type such as PART_OF
    problem: r.csv:3: column source: it is required, but empty
    problem: r.csv:3: column target: it is required, but empty
    problem: r.csv:4: column source: "pty 1" is not an id: 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or a digit
    problem: r.csv:4: column mode: "SOLO" is not a mode such as STANDALONE
    problem: r.csv:4: column valid_from: "2020" is not an ISO date such as 2023-07-31
    problem: r.csv:5: column valid_to: the interval from 2020-01-01 to 2020-01-01 holds no day: its end must be later than its start
    problem: r.csv:6: column valid_to: "2020-13-01" is not an ISO date such as 2023-07-31
    problem: r.csv:6: column type: ent-1 ORGANIZES pty-1: ORGANIZES does not join ENTERPRISE to PARTY_BRANCH; from ENTERPRISE it goes to no kind
    problem: r.csv:7: column mode: pty-1 ORGANIZES (INDUSTRY) ent-2: ORGANIZES has the modes STANDALONE, JOINT, REGIONAL, ATTACHED
    problem: r.csv:8: column target: the organisation "ent-9" is not in the graph
    problem: r.csv:9: column target: pty-1 PARTNERS_WITH pty-1: an organisation is no partner of itself
    "#);
}
