use crate::model::Date;

use super::dice::Dice;

const FIRST_YEAR: i16 = 2008;
const LAST_YEAR: i16 = 2034;

/// The days that generated records speak of, counted so that one can be drawn by its number.
pub(super) struct Calendar {
    days: Vec<Date>,
    year_starts: Vec<usize>,
}

impl Calendar {
    pub(super) fn new() -> Self {
        const FIRST: Date = Date::constant(FIRST_YEAR, 1, 1);
        let days: Vec<Date> = std::iter::successors(Some(FIRST), |day| day.tomorrow().ok())
            .take_while(|day| day.year() <= LAST_YEAR)
            .collect();
        let is_start = |(number, day): (usize, &Date)| (day.day_of_year() == 1).then_some(number);
        let year_starts = days.iter().enumerate().filter_map(is_start).collect();
        Self { days, year_starts }
    }

    /// New Year's Day; `None` outside the calendar.
    pub(super) fn new_year(&self, year: i16) -> Option<Date> {
        self.days.get(self.start(year)?).copied()
    }

    /// A random day of the years between two, both included.
    pub(super) fn day(&self, dice: &mut Dice, first_year: i16, last_year: i16) -> Option<Date> {
        let first = self.start(first_year)?;
        let end = self.start(last_year + 1).unwrap_or(self.days.len());
        let length = u32::try_from(end.checked_sub(first)?).ok()?;
        self.days.get(first + dice.below(length) as usize).copied()
    }

    fn start(&self, year: i16) -> Option<usize> {
        let number = usize::try_from(year.checked_sub(FIRST_YEAR)?).ok()?;
        self.year_starts.get(number).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_fall_in_the_years_asked_for() {
        let calendar = Calendar::new();
        let mut dice = Dice::new(1, 1);
        for _ in 0..200 {
            let day = calendar.day(&mut dice, 2012, 2012).unwrap();
            assert_eq!(day.year(), 2012);
            assert!(calendar.day(&mut dice, 2030, LAST_YEAR).unwrap().year() >= 2030);
        }
        assert_eq!(calendar.new_year(2024), Some(Date::constant(2024, 1, 1)));
        assert_eq!(calendar.new_year(2007), None);
    }
}
