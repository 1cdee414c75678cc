//! Workshops and work teams of industrial enterprises, some of them red workshops (F11).

use crate::model::{AttributeValue, OrganizationKind as K, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    workshops(draft)?;
    work_teams(draft)
}

fn workshops(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const WORDS: [&str; 6] = ["一车间", "装配车间", "铸造车间", "机加工车间", "包装车间", "质检车间"];
    let hosts = hosts(draft);
    let count = draft.plan.count(Sort::Workshop);
    let mut rounds = hosts.iter().cycle();
    let mut host = rounds.next().copied();
    let mut serial = 0;
    for number in 0..count {
        // One to three workshops an enterprise.
        if serial > 0 && (serial == 3 || draft.dice.percent(45)) {
            host = rounds.next().copied();
            serial = 0;
        }
        let (stem, site) = match host {
            Some(host) => (draft.stem(host), draft.site(host)),
            None => (draft.brands.next_name(), Site::District),
        };
        let workshop = draft.add(K::Workshop, &format!("{stem}{}", WORDS[serial]), site)?;
        serial += 1;
        let Some(host) = host else { continue };
        draft.relate(workshop, T::PartOf, host, 11);
        draft.part_of.insert(workshop, host);
        draft.edit(workshop).employees = Some(draft.dice.between(8, 180));
        let is_organized = draft.own.contains_key(&host);
        let share = if is_organized { 55 * draft.quality(host) / 100 } else { 25 };
        // The first ones take turns, so that both sorts occur at any size.
        let red = if number < 8 { number % 2 == 0 } else { draft.dice.percent(share) };
        if red {
            red_workshop(draft, workshop)?;
        }
    }
    Ok(())
}

/// Industrial enterprises: of five, four that have a Party organisation of their own and one that has none.
fn hosts(draft: &mut Draft<'_>) -> Vec<Handle> {
    let industrial = draft.of(K::Enterprise).into_iter().take(draft.plan.count(Sort::IndustrialEnterprise));
    let industrial: Vec<_> = industrial.collect();
    let ranked = draft.dice.ranked(industrial, |_| 1);
    let (with, without): (Vec<_>, Vec<_>) = ranked.into_iter().partition(|unit| draft.own.contains_key(unit));
    let mut without = without.into_iter();
    let mut hosts = Vec::new();
    for four in with.chunks(4) {
        hosts.extend_from_slice(four);
        hosts.extend(without.next());
    }
    if hosts.is_empty() { without.collect() } else { hosts }
}

/// What extends a red workshop: production lines, vanguard teams and posts.
fn red_workshop(draft: &mut Draft<'_>, workshop: Handle) -> Result<(), GenerateError> {
    draft.designate(workshop, "RED_WORKSHOP");
    let extensions = [
        ("RED_PRODUCTION_LINE", "red_production_lines", 50, 4),
        ("RED_VANGUARD_TEAM", "red_vanguard_teams", 40, 3),
        ("RED_VANGUARD_POST", "red_vanguard_posts", 60, 12),
    ];
    for (designation, attribute, share, most) in extensions {
        if draft.dice.percent(share) {
            draft.designate(workshop, designation);
            let count = i64::from(draft.dice.between(1, most));
            draft.set(workshop, attribute, AttributeValue::Integer(count))?;
        }
    }
    Ok(())
}

/// One or two teams a workshop, until there are enough; a few workshops have none.
fn work_teams(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const WORDS: [&str; 4] = ["甲班", "乙班", "丙班", "丁班"];
    let mut places = Vec::new();
    for (number, workshop) in draft.of(K::Workshop).into_iter().enumerate() {
        let teams = if number % 9 == 4 { 0 } else { draft.dice.between(1, 2) };
        places.extend((0..teams).map(|serial| (workshop, serial as usize)));
    }
    for number in 0..draft.plan.count(Sort::WorkTeam) {
        let Some((workshop, serial)) = places.get(number % places.len().max(1)).copied() else {
            let name = format!("{}班组", draft.brands.next_name());
            draft.add(K::WorkTeam, &name, Site::District)?;
            continue;
        };
        let word = WORDS[(serial + number / places.len() * 2) % WORDS.len()];
        let team =
            draft.add(K::WorkTeam, &format!("{}{word}", draft.stem(workshop)), draft.site(workshop))?;
        draft.relate(team, T::PartOf, workshop, 11);
        draft.part_of.insert(team, workshop);
        draft.edit(team).employees = Some(draft.dice.between(4, 40));
    }
    Ok(())
}
