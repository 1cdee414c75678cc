//! Generated values of real villages and communities: incomes, integration, plans, posts (F3, F4, F7).

use crate::model::{AttributeId, AttributeValue as V, Organization, OrganizationKind as K};

use super::draft::Draft;
use super::ground::Site;
use super::{Base, GenerateError};

/// The records of villages, and of communities said to have been villages, with values added.
///
/// They keep all that the base says; they stay unmarked as synthetic, for the places are real, but name
/// `generated` among their sources.
pub(super) fn values(base: &Base, draft: &mut Draft<'_>) -> Result<Vec<Organization>, GenerateError> {
    let ground = draft.ground;
    let mut records = std::collections::BTreeMap::new();
    for organization in &base.organizations {
        records.insert(&organization.id, organization);
    }
    let mut values = Vec::new();
    for (number, locality) in ground.localities.iter().enumerate() {
        let Some(record) = records.get(&locality.id) else { continue };
        let mut record = (*record).clone();
        let quality = ground.quality(Site::Locality(number));
        match locality.kind {
            K::Village => village(draft, &mut record, quality)?,
            _ if !locality.quasi && draft.dice.percent(45) => former_village(draft, &mut record, quality)?,
            _ => continue,
        }
        record.sources.push(draft.word("generated"));
        values.push(record);
    }
    Ok(values)
}

fn village(draft: &mut Draft<'_>, record: &mut Organization, quality: u32) -> Result<(), GenerateError> {
    // About three of four reach half a million yuan; of a few nothing is known.
    let enough = draft.dice.percent((quality * 75 / 100).min(95));
    let income = if enough { draft.dice.between(50, 320) } else { draft.dice.between(8, 49) };
    record.annual_income_cny = (!draft.dice.percent(5)).then_some(f64::from(income) * 10_000.0);
    if draft.dice.percent(44) {
        record.designations.insert(draft.word("MERGED_VILLAGE"));
        let merged = i64::from(draft.dice.between(2, 4));
        put(draft, record, "merged_from", V::Integer(merged))?;
        let integrations = [
            ("integration_leadership", 92),
            ("integration_operation", 80),
            ("integration_decision_making", 76),
            ("integration_economy", 58),
            ("integration_livelihood", 70),
        ];
        for (attribute, share) in integrations {
            flag(draft, record, attribute, share)?;
        }
    }
    plan(draft, record)?;
    let posts = draft.dice.between(1, 2);
    let filled = if draft.dice.percent(90) { posts } else { posts - 1 };
    put(draft, record, "secretary_posts", V::Integer(i64::from(posts)))?;
    put(draft, record, "secretary_posts_filled", V::Integer(i64::from(filled)))
}

/// The class of a village, and its plan in one of the three years.
fn plan(draft: &mut Draft<'_>, record: &mut Organization) -> Result<(), GenerateError> {
    const CLASSES: [&str; 4] = ["A", "B", "B", "C"];
    const THEMES: [&str; 3] = ["PRIORITY_PROBLEMS", "STANDARDS", "RAISE_AND_STRENGTHEN"];
    let class = CLASSES[draft.dice.below(4) as usize];
    let class = V::Code(draft.word(class));
    put(draft, record, "village_class", class)?;
    let year = draft.dice.below(3);
    let theme = THEMES[draft.dice.below(3) as usize];
    let theme = V::Code(draft.word(theme));
    put(draft, record, "plan_year", V::Integer(i64::from(year) + 1))?;
    put(draft, record, "plan_theme", theme)?;
    let adopted = draft.dice.percent(85);
    put(draft, record, "plan_adopted", V::Flag(adopted))?;
    if !adopted {
        return Ok(());
    }
    let cleared = draft.dice.percent(40);
    put(draft, record, "plan_cleared", V::Flag(cleared))?;
    if let Some(day) = draft.calendar.day(&mut draft.dice, 2023, 2024).filter(|_| cleared) {
        put(draft, record, "plan_cleared_on", V::Date(day))?;
    }
    Ok(())
}

/// A community that is said to have been a village, and what was settled.
fn former_village(
    draft: &mut Draft<'_>,
    record: &mut Organization,
    quality: u32,
) -> Result<(), GenerateError> {
    record.designations.insert(draft.word("VILLAGE_TO_COMMUNITY"));
    let settled = [
        ("three_unchanged", 86),
        ("collective_funds_settled", 78),
        ("collective_assets_settled", 66),
        ("collective_resources_settled", 60),
        ("equal_services", 72),
    ];
    for (attribute, share) in settled {
        flag(draft, record, attribute, share * quality.min(110) / 100)?;
    }
    Ok(())
}

/// A yes or no; of a few nothing is known.
fn flag(
    draft: &mut Draft<'_>,
    record: &mut Organization,
    attribute: &'static str,
    share: u32,
) -> Result<(), GenerateError> {
    let (holds, unknown) = (draft.dice.percent(share), draft.dice.percent(4));
    if unknown { Ok(()) } else { put(draft, record, attribute, V::Flag(holds)) }
}

fn put(
    draft: &mut Draft<'_>,
    record: &mut Organization,
    attribute: &'static str,
    value: V,
) -> Result<(), GenerateError> {
    let id: AttributeId = draft.attribute(attribute)?;
    record.attributes.insert(id, value);
    Ok(())
}
