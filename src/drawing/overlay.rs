use std::collections::BTreeSet;

use crate::coverage::{
    Counts, CoverageState, Examiner, Indicator, Light, Scope, coverage, first_units_in_states,
    units_in_states,
};
use crate::diagram::{Chart, ChartBox, Mark};
use crate::graph::{Graph, Slot, When};
use crate::model::{Date, Percentage};

/// What a coverage chart shows below its root: the units of an indicator within it, and all that these stand within.
pub(super) fn asked(indicator: &Indicator, graph: &Graph, root: Slot, date: Date) -> BTreeSet<Slot> {
    let scope = Scope { date, within: Some(root) };
    let mut asked = BTreeSet::new();
    for (unit, _) in units_in_states(indicator, graph, &scope, &CoverageState::all().collect::<Vec<_>>()) {
        asked.insert(unit);
        asked.extend(graph.ancestors(unit, When::On(date)));
    }
    asked
}

/// Marks the boxes of a chart by an indicator: units by their states, what units stand within by how many are covered and
/// by the target.
///
/// Boxes that `is_whole` refuses are left plain, and a note says so: of these the reader does not see all.
pub(super) fn mark(
    chart: &mut Chart,
    indicator: &Indicator,
    graph: &Graph,
    date: Date,
    is_whole: impl Fn(Slot) -> bool,
) {
    let named = format!("{} ({} v{})", indicator.name.simplified, indicator.id, indicator.version);
    chart.coverage = Some(match indicator.target {
        Some(target) => format!("{named} · 目标 {target}"),
        None => named,
    });
    let examiner = Examiner::new(graph, date);
    let mut left_plain = false;
    for drawn in &mut chart.boxes {
        let Some(slot) = drawn.id.as_deref().and_then(|id| graph.slot(id)) else { continue };
        if !is_whole(slot) {
            left_plain = true;
            continue;
        }
        drawn.mark = examiner.state(indicator, slot).map(|(state, _)| of_state(state));
        if !graph.children(slot, When::On(date)).is_empty() {
            count(drawn, indicator, graph, &Scope { date, within: Some(slot) });
        }
        chart.synthetic |= drawn.synthetic;
    }
    if left_plain {
        chart.notes.push("所见地区以外的不着色".to_owned());
    }
}

/// Says of a box how many of the units that stand within it are covered.
fn count(drawn: &mut ChartBox, indicator: &Indicator, graph: &Graph, scope: &Scope) {
    let counts = coverage(indicator, graph, scope, None).counts;
    let own = u64::from(drawn.mark.is_some());
    if counts.subjects() + counts.unknown + counts.exempt <= own {
        return;
    }
    drawn.ratio = Some(ratio(&counts));
    drawn.mark = drawn.mark.or_else(|| Light::of(&counts, indicator.target).map(of_light));
    if !drawn.synthetic && !graph.synthetic().is_empty() {
        let all: Vec<_> = CoverageState::all().collect();
        let counted = first_units_in_states(indicator, graph, scope, &all, usize::MAX);
        drawn.synthetic = counted.iter().any(|(unit, _)| graph.synthetic().contains(unit.position()));
    }
}

/// Such as `已覆盖 5/16（31.3%），不明 2`.
fn ratio(counts: &Counts) -> String {
    let (covered, subjects) = (counts.covered, counts.subjects());
    let share = Percentage::of(covered, subjects).map_or_else(String::new, |share| format!("（{share}）"));
    let unknown = if counts.unknown > 0 { format!("，不明 {}", counts.unknown) } else { String::new() };
    format!("已覆盖 {covered}/{subjects}{share}{unknown}")
}

fn of_state(state: CoverageState) -> Mark {
    match state {
        CoverageState::Covered => Mark::Covered,
        CoverageState::Uncovered => Mark::Uncovered,
        CoverageState::Unknown => Mark::Unknown,
        CoverageState::Exempt => Mark::Exempt,
    }
}

fn of_light(light: Light) -> Mark {
    match light {
        Light::Green => Mark::TargetMet,
        Light::Yellow => Mark::TargetNear,
        Light::Red => Mark::TargetMissed,
    }
}
