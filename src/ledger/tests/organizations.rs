use insta::assert_snapshot;

use super::check;

const EVERY_COLUMN: &str = "\
source,synthetic,dissolved_on,established_on,operating_status,designations,annual_income_cny,floor_area_m2,\
employees,full_members,party_members,industry,uscc,division,aliases,name_en,name_hant,name,kind,id,\
social_workers,green_share,is_star,inspected_on,grade
F1;F2,true,2030-01-01,2001-07-01,SUSPENDED,TWO_NEW; RED ;,-12.50,600,9,3,4,制造,91350100M000100Y43,37,甲 ; 乙,\
Name,名稱,　名称 ,ENTERPRISE,ent-1,5,0.25,true,2023-07-31,A
,,,,,,,,,,,,,,,,,省,PROVINCE,cn-37,,,,,
";

#[test]
fn every_column_is_read_in_any_order() {
    assert_snapshot!(check(&[("a.csv", EVERY_COLUMN)]), @"
    ent-1 kind=ENTERPRISE name=名称 name_hant=名稱 name_en=Name aliases=甲;乙 division=37 uscc=91350100M000100Y43 industry=制造 party_members=4 full_members=3 employees=9 floor_area_m2=600 annual_income_cny=-12.5 designations=RED;TWO_NEW operating_status=SUSPENDED established_on=2001-07-01 dissolved_on=2030-01-01 synthetic=true source=F1;F2 social_workers=5 green_share=0.25 is_star=true inspected_on=2023-07-31 grade=A
    cn-37 kind=PROVINCE name=省
    ");
}

#[test]
fn every_bad_cell_is_named_by_line_column_and_cause() {
    let columns = "id,kind,name,party_members,floor_area_m2,operating_status,synthetic,established_on,uscc,division,\
                   social_workers,grade\n";
    let bad = "-1,Enterprise,,1.0,\"1,200\",OPEN,是,2023-2-30,91350100M000100Y44,123,many,\n\
               ent-2,,名,-1,1e3,,yes,2023/01/01,9135,37011x,2.5,\n\
               ent-3,ENTERPRISE,名,2147483648,NaN,,,,,,,\n";
    assert_snapshot!(check(&[("a.csv", [columns, bad].concat())]), @r#"
    problem: a.csv:2: column id: "-1" is not an id: 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or a digit
    problem: a.csv:2: column kind: "Enterprise" is not an organisation kind such as ENTERPRISE
    problem: a.csv:2: column name: it is required, but empty
    problem: a.csv:2: column floor_area_m2: "1,200" is not a decimal number
    problem: a.csv:2: column operating_status: "OPEN" is not OPERATING, SUSPENDED or CLOSED
    problem: a.csv:2: column synthetic: "是" is not true or false
    problem: a.csv:2: column established_on: "2023-2-30" is not an ISO date such as 2023-07-31
    problem: a.csv:2: column uscc: "91350100M000100Y44" is not a unified social credit code: its check character must be '3' (GB 32100-2015)
    problem: a.csv:2: column division: "123" is not a division code: 2, 4, 6, 9 or 12 digits
    problem: a.csv:2: column social_workers: "many" is not a whole number
    problem: a.csv:3: column kind: it is required, but empty
    problem: a.csv:3: column party_members: "-1" is not a whole number from 0 to 2147483647
    problem: a.csv:3: column floor_area_m2: "1e3" is not a decimal number
    problem: a.csv:3: column synthetic: "yes" is not true or false
    problem: a.csv:3: column uscc: "9135" is not a unified social credit code: it must have 18 characters
    problem: a.csv:3: column division: "37011x" is not a division code: 2, 4, 6, 9 or 12 digits
    problem: a.csv:3: column social_workers: "2.5" is not a whole number
    problem: a.csv:4: column party_members: "2147483648" is not a whole number from 0 to 2147483647
    problem: a.csv:4: column floor_area_m2: "NaN" is not a decimal number
    "#);
}

#[test]
fn a_reversed_life_is_bad_within_a_row_and_across_rows() {
    let files = [
        ("a.csv", "id,kind,name,established_on,dissolved_on\na,PARK,名,2020-01-01,2020-01-01\n"),
        ("b.csv", "id,kind,name,established_on\nb,PARK,名,2020-01-01\n"),
        ("c.csv", "id,kind,name,dissolved_on\nb,PARK,名,2019-01-01\n"),
    ];
    assert_snapshot!(check(&files), @"
    problem: a.csv:2: column dissolved_on: the interval from 2020-01-01 to 2020-01-01 holds no day: its end must be later than its start
    problem: c.csv:2: column dissolved_on: the interval from 2020-01-01 to 2019-01-01 holds no day: its end must be later than its start
    ");
}

#[test]
fn the_inner_check_of_a_credit_code_only_warns() {
    let code = "91350100M000100Y5";
    let check_character = crate::model::UnifiedSocialCreditCode::check_character(code).unwrap();
    let file = format!("id,kind,name,uscc\nent-1,ENTERPRISE,名,{code}{check_character}\n");
    assert_snapshot!(check(&[("a.csv", file)]), @r#"
    ent-1 kind=ENTERPRISE name=名 uscc=91350100M000100Y56
    warning: a.csv:2: column uscc: the organization code inside "91350100M000100Y56" has a wrong check character (GB 11714)
    "#);
}
