use std::num::NonZeroU32;

use serde::Deserialize;
use thiserror::Error;

use crate::model::{AttributeCatalog, Label};

use super::{Indicator, IndicatorCatalog, IndicatorError, IndicatorOrigin, SizeBand};

/// What a district sets out to do, and the indicators that show how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    /// The year that its due dates are reckoned with.
    pub year: i16,
    /// Whether the year is assumed, because the source states none.
    pub year_assumed: bool,
    /// The one goal.
    pub goal: Aim,
    /// The main lines, in their order.
    pub main_lines: Vec<Aim>,
    /// What is coordinated, in its order.
    pub coordinations: Vec<Aim>,
    /// The focus areas, in their order.
    pub focus_areas: Vec<FocusArea>,
    /// The indicators that a scoreboard shows, in their order.
    pub key_indicators: Vec<KeyIndicator>,
    /// The bands of sizes by which units are told apart, in their order.
    pub size_bands: Vec<SizeBand>,
}

/// A goal, a main line or a coordination.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aim {
    /// Its id within the programme.
    pub id: String,
    /// How users read it.
    pub name: Label,
    /// The fact that it comes from.
    pub source: String,
}

/// A focus area and what measures it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FocusArea {
    /// Its id within the programme.
    pub id: String,
    /// How users read it.
    pub name: Label,
    /// The fact that it comes from.
    pub source: String,
    /// The ids of its indicators, in their order.
    pub indicators: Vec<String>,
}

/// One of the indicators that a scoreboard shows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyIndicator {
    /// Its id.
    pub indicator: String,
    /// How much it counts in the score, against the others.
    pub weight: NonZeroU32,
}

/// Why a programme is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProgrammeError {
    /// The text is no TOML of the right form.
    #[error("the programme cannot be read: {0}")]
    Form(String),
    /// An indicator of it is wrong.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
    /// It names an indicator that is not defined.
    #[error("{place}: there is no indicator \"{id}\"")]
    Unknown {
        /// The focus area, or the key indicators.
        place: String,
        /// The id at fault.
        id: String,
    },
    /// It names an indicator twice, so that it would count twice.
    #[error("{place}: the indicator \"{id}\" is named twice")]
    Twice {
        /// The focus areas, or the key indicators.
        place: String,
        /// The id at fault.
        id: String,
    },
    /// A size band is wrong.
    #[error("size band \"{id}\": {cause}")]
    SizeBand {
        /// The id of the band.
        id: String,
        /// What is wrong.
        cause: String,
    },
}

/// The bundled programme, as data.
const PROGRAMME: &str = include_str!("../../graph-data/programme.toml");

/// A programme with its own indicators, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    programme_year: i16,
    #[serde(default)]
    programme_year_assumed: bool,
    goal: Aim,
    main_line: Vec<Aim>,
    coordination: Vec<Aim>,
    focus_area: Vec<FocusArea>,
    key_indicator: Vec<KeyIndicator>,
    #[serde(default)]
    size_band: Vec<SizeBand>,
    #[serde(default)]
    indicator: Vec<Indicator>,
}

impl Programme {
    /// The programme “1226”, and its indicators behind the core ones.
    ///
    /// # Errors
    /// [`ProgrammeError`] if the data that the program carries is wrong; a test sees to it that it is not.
    pub fn bundled(attributes: &AttributeCatalog) -> Result<(Self, IndicatorCatalog), ProgrammeError> {
        Self::from_toml(PROGRAMME, IndicatorCatalog::core()?, attributes)
    }

    /// Reads a programme, and its indicators behind those that are known.
    ///
    /// # Errors
    /// The first [`ProgrammeError`].
    pub fn from_toml(
        text: &str,
        known: IndicatorCatalog,
        attributes: &AttributeCatalog,
    ) -> Result<(Self, IndicatorCatalog), ProgrammeError> {
        let file: File = toml::from_str(text).map_err(|e| ProgrammeError::Form(e.to_string()))?;
        let indicators = known.with(file.indicator, IndicatorOrigin::Programme, attributes)?;
        let programme = Self {
            year: file.programme_year,
            year_assumed: file.programme_year_assumed,
            goal: file.goal,
            main_lines: file.main_line,
            coordinations: file.coordination,
            focus_areas: file.focus_area,
            key_indicators: file.key_indicator,
            size_bands: file.size_band,
        };
        programme.check(&indicators, attributes)?;
        Ok((programme, indicators))
    }

    fn check(
        &self,
        indicators: &IndicatorCatalog,
        attributes: &AttributeCatalog,
    ) -> Result<(), ProgrammeError> {
        let areas = self.focus_areas.iter().flat_map(|area| {
            area.indicators.iter().map(|id| (format!("focus area \"{}\"", area.id), id.as_str()))
        });
        let keys = self.key_indicators.iter().map(|key| ("key indicators".to_owned(), &*key.indicator));
        check_names(areas, indicators)?;
        check_names(keys, indicators)?;
        self.size_bands.iter().enumerate().try_for_each(|(position, band)| {
            let refused = |cause: String| Err(ProgrammeError::SizeBand { id: band.id.clone(), cause });
            if self.size_bands[..position].iter().any(|other| other.id == band.id) {
                return refused("another size band has this id".to_owned());
            }
            if band.at_least.zip(band.less_than).is_some_and(|(least, end)| end <= least) {
                return refused("no size belongs to it: less_than must be more than at_least".to_owned());
            }
            band.condition().check(attributes).or_else(|error| refused(error.cause))
        })
    }
}

/// Checks that each name is that of an indicator, and stands once.
fn check_names<'a>(
    names: impl Iterator<Item = (String, &'a str)>,
    indicators: &IndicatorCatalog,
) -> Result<(), ProgrammeError> {
    let mut seen = std::collections::BTreeSet::new();
    for (place, id) in names {
        if indicators.get(id).is_none() {
            return Err(ProgrammeError::Unknown { place, id: id.to_owned() });
        }
        if !seen.insert(id) {
            return Err(ProgrammeError::Twice { place, id: id.to_owned() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::coverage::Operand;

    const ATTRIBUTES: &str = include_str!("../../graph-data/attributes.toml");

    fn bundled() -> (Programme, IndicatorCatalog) {
        Programme::bundled(&AttributeCatalog::from_toml(ATTRIBUTES).unwrap()).unwrap()
    }

    #[test]
    fn it_is_one_goal_two_lines_two_coordinations_and_six_areas() {
        let (programme, _) = bundled();
        let counts = [&programme.main_lines, &programme.coordinations].map(Vec::len);
        assert_eq!((counts, programme.focus_areas.len()), ([2, 2], 6));
        assert!(programme.year == 2023 && programme.year_assumed);
        assert_eq!(programme.key_indicators.len(), 10);
    }

    #[test]
    fn every_bundled_indicator_is_in_one_area_and_prints_back_as_it_was_read() {
        let (programme, indicators) = bundled();
        let of_areas: Vec<_> = programme.focus_areas.iter().flat_map(|area| &area.indicators).collect();
        let defined: BTreeSet<_> = indicators.iter().map(|indicator| &indicator.id).collect();
        assert_eq!(of_areas.iter().copied().collect::<BTreeSet<_>>(), defined);
        assert_eq!(of_areas.len(), indicators.iter().count());
        let lines = indicators.iter().skip(IndicatorCatalog::core().unwrap().iter().count()).map(|i| {
            let written = toml::to_string(i).unwrap();
            assert!(toml::from_str::<Indicator>(&written).unwrap().says_what(i), "{written}");
            assert_eq!(i.origin, IndicatorOrigin::Programme);
            let forms: Vec<_> = i.forms.iter().map(|f| format!("  {}: {}", f.id, f.when)).collect();
            let target = i.target.map_or_else(|| "no target".to_owned(), |t| t.to_string());
            let due = i.due.map_or_else(String::new, |due| format!(" by {due}"));
            format!("{} ({}): {}\n{}\n  {target}{due}", i.id, i.source, i.population, forms.join("\n"))
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn every_measurable_fact_has_an_indicator_and_due_dates_are_of_the_programme_year() {
        let (programme, indicators) = bundled();
        for fact in 2..=18 {
            let fact = format!("F{fact}");
            assert!(indicators.iter().any(|indicator| indicator.source == fact), "{fact}");
        }
        let due: BTreeSet<_> = indicators.iter().filter_map(|indicator| indicator.due).collect();
        assert_eq!(due.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2023-07-31", "2023-12-31"]);
        assert!(due.iter().all(|due| due.year() == programme.year));
    }

    #[test]
    fn a_programme_names_only_what_is_defined_and_once() {
        let read = |area: &str, keys: &str| {
            let name = "{ simplified = \"a\", traditional = \"a\", english = \"a\" }";
            let aim = |id: &str| format!("id = \"{id}\"\nname = {name}\nsource = \"F1\"\n");
            let text = format!(
                "programme_year = 2023\nmain_line = []\ncoordination = []\nkey_indicator = [{keys}]\n\
                 [goal]\n{}[[focus_area]]\n{}indicators = [{area}]\n",
                aim("goal"),
                aim("area")
            );
            let known = IndicatorCatalog::core().unwrap();
            Programme::from_toml(&text, known, &AttributeCatalog::default()).unwrap_err().to_string()
        };
        assert_eq!(read("\"height\"", ""), "focus area \"area\": there is no indicator \"height\"");
        assert_eq!(
            read("\"grid-station\", \"grid-station\"", ""),
            "focus area \"area\": the indicator \"grid-station\" is named twice"
        );
        let key = |weight: u32| format!("{{ indicator = \"height\", weight = {weight} }}");
        assert_eq!(read("", &key(1)), "key indicators: there is no indicator \"height\"");
        assert!(read("", &key(0)).contains("expected a nonzero u32"), "{}", read("", &key(0)));
    }

    #[test]
    fn size_bands_part_all_sizes_and_wrong_ones_are_refused() {
        let (programme, _) = bundled();
        for operand in [Operand::Members, Operand::Employees] {
            let bands: Vec<_> = programme.size_bands.iter().filter(|band| band.operand == operand).collect();
            assert!(bands.len() > 2, "{operand:?}");
            assert!(bands[0].at_least.is_none() && bands[bands.len() - 1].less_than.is_none(), "{operand:?}");
            assert!(bands.windows(2).all(|pair| pair[0].less_than == pair[1].at_least), "{operand:?}");
        }
        let name = "{ simplified = \"a\", traditional = \"a\", english = \"a\" }";
        let band = |rest: &str| format!("[[size_band]]\nid = \"a\"\nname = {name}\n{rest}\n");
        let read = |bands: &str| {
            let goal = format!("[goal]\nid = \"a\"\nname = {name}\nsource = \"F1\"\n");
            let rest = "programme_year = 2023\nmain_line = []\ncoordination = []\nfocus_area = []\nkey_indicator = []\n";
            let known = IndicatorCatalog::core().unwrap();
            let text = format!("{rest}{goal}{bands}");
            Programme::from_toml(&text, known, &AttributeCatalog::default()).unwrap_err().to_string()
        };
        let employees = "operand = \"employees\"\nat_least = 3\nless_than = 3";
        let wrong = [
            read(&band(employees)),
            read(&band("operand = \"employees\"\n").repeat(2)),
            read(&band("operand = \"industry\"\nat_least = 3")),
        ];
        insta::assert_snapshot!(wrong.join("\n"), @r#"
    size band "a": no size belongs to it: less_than must be more than at_least
    size band "a": another size band has this id
    size band "a": industry is of type code, and "3" is not
    "#);
    }
}
