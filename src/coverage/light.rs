use strum::IntoStaticStr;

use super::{Counts, Target};

/// How far a target is reached, at a glance, on a wall chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Light {
    /// The target is met.
    Green,
    /// It is missed by at most ten points of a hundred, or the unknown decide.
    Yellow,
    /// It is missed by more.
    Red,
}

impl Light {
    /// The light of a part of a population; `None` without a target that parts have, and without units.
    ///
    /// Parts have a target that is a share. That nothing may be uncovered is said of every part too; any other
    /// count belongs to the whole.
    pub fn of(counts: &Counts, target: Option<Target>) -> Option<Self> {
        let target = target.filter(|target| target.is_share() || *target == Target::UncoveredAtMost(0))?;
        let (covered, uncovered, unknown) = (counts.covered, counts.uncovered, counts.unknown);
        if covered + uncovered + unknown == 0 {
            return None;
        }
        Some(match target.met(covered, uncovered, unknown) {
            Some(true) => Self::Green,
            None => Self::Yellow,
            Some(false) if target.is_near(covered, uncovered) => Self::Yellow,
            Some(false) => Self::Red,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_says_how_far_the_target_is_missed() {
        let share = |text: &str| Some(Target::ShareAtLeast(text.parse().unwrap()));
        let table = [
            (share("0.8"), 8, 2, 0, Some(Light::Green)),
            (share("0.8"), 7, 3, 0, Some(Light::Yellow)),
            (share("0.8"), 699, 301, 0, Some(Light::Red)),
            (share("0.8"), 7, 1, 2, Some(Light::Yellow)),
            (share("0.8"), 0, 0, 2, Some(Light::Yellow)),
            (share("0.8"), 0, 0, 0, None),
            (share("0.05"), 0, 9, 0, Some(Light::Yellow)),
            (Some(Target::ShareMoreThan("0.8".parse().unwrap())), 8, 2, 0, Some(Light::Yellow)),
            (Some(Target::UncoveredAtMost(0)), 5, 0, 0, Some(Light::Green)),
            (Some(Target::UncoveredAtMost(0)), 9, 1, 0, Some(Light::Yellow)),
            (Some(Target::UncoveredAtMost(0)), 8, 1, 0, Some(Light::Red)),
            (Some(Target::UncoveredAtMost(3)), 8, 1, 0, None),
            (Some(Target::CoveredAtLeast(50)), 8, 1, 0, None),
            (None, 8, 1, 0, None),
        ];
        for (target, covered, uncovered, unknown, light) in table {
            let population = covered + uncovered + unknown;
            let forms = std::iter::once(covered).collect();
            let counts =
                Counts { population, covered, uncovered, unknown, exempt: 0, forms, met: None, shortfall: 0 };
            assert_eq!(Light::of(&counts, target), light, "{target:?} {covered} {uncovered} {unknown}");
        }
    }
}
