use std::collections::BTreeMap;
use std::sync::LazyLock;

use pinyin::ToPinyinMulti;

use super::SearchMatch;
use super::fold::fold;
use crate::model::other_writings;

/// How many letters a spelling may have: a bit for each, and one for the end.
const MOST: usize = 127;

/// Letters that may spell a name: in pinyin without tones, by the initials of its syllables, or by both mixed.
///
/// A name is walked through character by character, with a bit for each number of letters that may be spelt so
/// far. So each reading of a character counts, and names of many readings cost no more than others.
pub(super) struct Spelling {
    letters: Vec<u16>,
    /// After how many letters each of the letters comes, as a set of numbers.
    places: Vec<(u16, u128)>,
    /// What each syllable of [`READINGS`] may spell.
    steps: Vec<Box<[Step]>>,
}

/// Which syllables each character may be read as; the same for all spellings.
static READINGS: LazyLock<Readings> = LazyLock::new(Readings::new);

/// The syllables of pinyin without tones, and which of them each UTF-16 unit may be read as.
struct Readings {
    syllables: Vec<Vec<u16>>,
    /// Where the syllables of each unit start in `of_units`, and where the last ones end.
    starts: Vec<u32>,
    of_units: Vec<u16>,
}

impl Readings {
    fn new() -> Self {
        let mut numbers = BTreeMap::new();
        let (mut starts, mut of_units) = (vec![0], Vec::new());
        for unit in 0..=u16::MAX {
            for syllable in readings(unit) {
                let next = numbers.len() as u16;
                of_units.push(*numbers.entry(syllable).or_insert(next));
            }
            starts.push(of_units.len() as u32);
        }
        let mut syllables = vec![Vec::new(); numbers.len()];
        numbers.into_iter().for_each(|(syllable, number)| syllables[usize::from(number)] = syllable);
        Self { syllables, starts, of_units }
    }

    /// The numbers of the syllables that a unit may be read as.
    fn of(&self, unit: u16) -> &[u16] {
        let unit = usize::from(unit);
        &self.of_units[self.starts[unit] as usize..self.starts[unit + 1] as usize]
    }
}

/// What a syllable may spell after some letters: as sets of how many letters are spelt then.
struct Step {
    from: u32,
    /// By the whole syllable.
    whole: u128,
    /// By its initial.
    initial: u128,
    /// Whether its syllable begins with all that is left.
    begins: bool,
}

/// The numbers of letters that may be spelt so far.
#[derive(Clone, Copy, Default)]
struct Spelt {
    by_syllables: u128,
    by_initials_too: u128,
    ends_by_syllables: bool,
    ends_by_initials_too: bool,
}

impl Spelt {
    /// Notes whether it ends somewhere.
    fn note(&mut self, now: Self) {
        self.ends_by_syllables |= now.ends_by_syllables;
        self.ends_by_initials_too |= now.ends_by_initials_too;
    }
}

impl Spelling {
    /// The spelling that a folded text may be; `None` where it holds no letter, or too many.
    pub(super) fn of(text: &[u16]) -> Option<Self> {
        let is_letter = |unit: &u16| (u16::from(b'a')..=u16::from(b'z')).contains(unit);
        // An apostrophe parts syllables: xi'an.
        let letters: Vec<_> = text.iter().copied().filter(|unit| !matches!(*unit, 0x27 | 0x2019)).collect();
        let fits = letters.iter().any(is_letter) && letters.len() <= MOST;
        fits.then(|| {
            let mut places = BTreeMap::<u16, u128>::new();
            for (place, letter) in letters.iter().enumerate() {
                *places.entry(*letter).or_default() |= 1 << place;
            }
            let steps = READINGS.syllables.iter().map(|syllable| steps(&letters, syllable)).collect();
            Self { places: places.into_iter().collect(), steps, letters }
        })
    }

    /// What is spelt by a character that is written itself, after so many letters.
    fn written(&self, spelt: u128, unit: u16) -> u128 {
        let places = self.places.iter().find(|(letter, _)| *letter == unit);
        places.map_or(0, |(_, places)| (spelt & places) << 1)
    }

    /// What a character may spell by its readings.
    fn steps(&self, unit: u16) -> impl Iterator<Item = &Step> {
        READINGS.of(unit).iter().flat_map(|syllable| &self.steps[usize::from(*syllable)])
    }

    /// Whether it spells a part of a text, by syllables or by initials.
    pub(super) fn is_in(&self, text: &[u16]) -> bool {
        let mut spelt = 0;
        text.iter().any(|unit| {
            let from = spelt | 1;
            let mut next = self.written(from, *unit);
            for step in self.steps(*unit) {
                if from >> step.from & 1 == 1 {
                    if step.begins {
                        return true;
                    }
                    next |= step.whole | step.initial;
                }
            }
            spelt = next;
            spelt >> self.letters.len() & 1 == 1
        })
    }

    /// How it spells a text, or the best part of it.
    pub(super) fn matches(&self, text: &[u16]) -> Option<SearchMatch> {
        let mut from_start = Spelt { by_syllables: 1, by_initials_too: 1, ..Spelt::default() };
        let (mut prefix, mut part) = (Spelt::default(), Spelt::default());
        let mut anywhere = Spelt::default();
        for unit in text {
            from_start = self.walk(from_start, *unit);
            prefix.note(from_start);
            if prefix.ends_by_syllables {
                // Only to spell the whole is better, and that is from the start.
                if from_start.by_syllables == 0 {
                    break;
                }
                continue;
            }
            anywhere.by_syllables |= 1;
            anywhere.by_initials_too |= 1;
            anywhere = self.walk(anywhere, *unit);
            part.note(anywhere);
        }
        let end = |spelt: u128| spelt >> self.letters.len() & 1 == 1;
        let found = [
            (end(from_start.by_syllables), SearchMatch::Pinyin),
            (prefix.ends_by_syllables, SearchMatch::PinyinPrefix),
            (part.ends_by_syllables, SearchMatch::PinyinSubstring),
            (end(from_start.by_initials_too), SearchMatch::Initials),
            (prefix.ends_by_initials_too, SearchMatch::InitialsPrefix),
            (part.ends_by_initials_too, SearchMatch::InitialsSubstring),
        ];
        found.into_iter().find(|(holds, _)| *holds).map(|(_, found)| found)
    }

    fn walk(&self, spelt: Spelt, unit: u16) -> Spelt {
        let mut next = Spelt {
            by_syllables: self.written(spelt.by_syllables, unit),
            by_initials_too: self.written(spelt.by_initials_too, unit),
            ..Spelt::default()
        };
        for step in self.steps(unit) {
            if spelt.by_syllables >> step.from & 1 == 1 {
                next.by_syllables |= step.whole;
                next.ends_by_syllables |= step.begins;
            }
            if spelt.by_initials_too >> step.from & 1 == 1 {
                next.by_initials_too |= step.whole | step.initial;
                next.ends_by_initials_too |= step.begins;
            }
        }
        next.ends_by_syllables |= next.by_syllables >> self.letters.len() & 1 == 1;
        next.ends_by_initials_too |= next.by_initials_too >> self.letters.len() & 1 == 1;
        next
    }
}

/// What a syllable may spell of some letters, after each number of them.
fn steps(letters: &[u16], syllable: &[u16]) -> Box<[Step]> {
    let steps = (0..letters.len()).map(|from| {
        let left = &letters[from..];
        let mut step = Step { from: from as u32, whole: 0, initial: 0, begins: syllable.starts_with(left) };
        if left.starts_with(syllable) {
            step.whole |= 1 << (from + syllable.len());
        }
        for initial in initials(syllable).filter(|initial| left.starts_with(initial)) {
            step.initial |= 1 << (from + initial.len());
        }
        step
    });
    steps.filter(|step| step.whole != 0 || step.initial != 0 || step.begins).collect()
}

/// All that a character may be read as in any of its writings, without tones; a ü also as v, as it is typed.
fn readings(unit: u16) -> Vec<Vec<u16>> {
    let Some(character) = char::from_u32(unit.into()) else { return Vec::new() };
    let writings = std::iter::once(character).chain(other_writings(character).iter().copied());
    let read = writings.filter_map(|c| c.to_pinyin_multi()).flatten().map(pinyin::Pinyin::plain);
    let mut readings: Vec<_> =
        read.flat_map(|syllable| [fold(syllable), fold(&syllable.replace('ü', "v"))]).collect();
    readings.sort_unstable();
    readings.dedup();
    readings
}

/// The first letter of a syllable, and the first two of zh, ch and sh.
fn initials(reading: &[u16]) -> impl Iterator<Item = &[u16]> {
    let double = reading.get(1) == Some(&u16::from(b'h')) && reading.len() > 2;
    let lengths = if double { 1..=2 } else { 1..=1 };
    lengths.filter_map(|length| reading.get(..length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(letters: &str, name: &str) -> Option<SearchMatch> {
        let (spelling, name) = (Spelling::of(&fold(letters)).unwrap(), fold(name));
        let found = spelling.matches(&name);
        assert_eq!(spelling.is_in(&name), found.is_some(), "{letters} in {name:?}");
        found
    }

    #[test]
    fn names_are_spelt_by_syllables_and_by_initials() {
        use SearchMatch as M;
        let table = [
            ("zhangqiuqu", "章丘区", Some(M::Pinyin)),
            ("zhang qiu qu", "章丘區", Some(M::Pinyin)),
            ("Zhāngqiū Qū", "章丘区", Some(M::Pinyin)),
            ("zhangqiuou", "章丘区", Some(M::Pinyin)),
            ("zhang", "章丘区", Some(M::PinyinPrefix)),
            ("zhangqi", "章丘区", Some(M::PinyinPrefix)),
            ("z", "章丘区", Some(M::PinyinPrefix)),
            ("qiuqu", "章丘区", Some(M::PinyinSubstring)),
            ("zqq", "章丘区", Some(M::Initials)),
            ("zhqq", "章丘区", Some(M::Initials)),
            ("zhangqq", "章丘区", Some(M::Initials)),
            ("zq", "章丘区", Some(M::InitialsPrefix)),
            ("zqiu", "章丘区", Some(M::InitialsPrefix)),
            ("zqdw", "中共章丘区党委", None),
            ("zqqdw", "中共章丘区党委", Some(M::InitialsSubstring)),
            ("chongqing", "重庆", Some(M::Pinyin)),
            ("zhongqing", "重庆", Some(M::Pinyin)),
            ("cq", "重庆", Some(M::Initials)),
            ("xi'an", "西安", Some(M::Pinyin)),
            ("nvxing", "女性", Some(M::Pinyin)),
            ("nüxing", "女性", Some(M::Pinyin)),
            ("nuxing", "女性", Some(M::Pinyin)),
            ("abcgongsi", "ABC公司", Some(M::Pinyin)),
            ("章q", "章丘区", Some(M::PinyinPrefix)),
            ("qianlong", "乾隆", Some(M::Pinyin)),
            ("shili", "章丘区", None),
            ("hang", "章丘区", None),
        ];
        for (letters, name, expected) in table {
            assert_eq!(check(letters, name), expected, "{letters} in {name}");
        }
    }

    #[test]
    fn only_letters_spell() {
        let spells = |text: &str| Spelling::of(&fold(text)).is_some();
        assert!(spells("z") && spells("章q") && spells(&"a".repeat(MOST)));
        assert!(!spells("章丘") && !spells("370114") && !spells("") && !spells(&"a".repeat(MOST + 1)));
    }
}
