use super::*;

/// What is found in each text, why it is there: the table that the documentation names.
const TABLE: &str = include_str!("table.csv");

#[test]
fn the_table_holds_in_every_row() {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let refused = rows.iter().filter(|row| &row[0] != "pass").count();
    assert!(refused >= 150 && rows.len() - refused >= 150, "{refused} of {}", rows.len());
    let found = |text: &str| match personal_data_in(text) {
        Some(PersonalData::IdentityNumber) => "identity",
        Some(PersonalData::MobileNumber) => "mobile",
        None => "pass",
    };
    let wrong: Vec<_> =
        rows.iter().filter(|row| found(&row[1]) != &row[0]).map(|row| (found(&row[1]), row)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_place_is_told_with_its_digits() {
    let text = "甲138-1234-5678，乙11010519491231002x。丙+86 １39一二三四5678";
    let found: Vec<_> = personal_numbers(text).map(|found| (&text[found.range], found.digits)).collect();
    let expected = [
        ("138-1234-5678", "13812345678"),
        ("11010519491231002x", "11010519491231002X"),
        ("86 １39一二三四5678", "8613912345678"),
    ];
    assert_eq!(found, expected.map(|(shown, digits)| (shown, digits.to_owned())));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_and_ranges_are_in_order(text in "[0-9一二①１٣Xx 86+.,()（）-]{0,60}") {
        let mut end = 0;
        for found in personal_numbers(&text) {
            proptest::prop_assert!(found.range.start >= end && text.get(found.range.clone()).is_some());
            proptest::prop_assert!((11..=18).contains(&found.digits.len()));
            end = found.range.end;
        }
    }

    /// Whatever is put around a number, in another sentence, does not hide it.
    #[test]
    fn a_number_is_found_within_any_text(before in "[一-龥，。a-z ]{0,12}", after in "[一-龥，。]{0,12}", tail in 0u32..100_000_000) {
        let text = format!("{before}。{tail:08}。138{tail:08}，{after}");
        proptest::prop_assert_eq!(personal_data_in(&text), Some(PersonalData::MobileNumber));
    }
}
