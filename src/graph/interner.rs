use std::hash::Hash;
use std::sync::Arc;

use super::shared::{Column, SlotTable};

/// Values that many organisations share (industries, sources, sets of designations), each kept once.
///
/// Values are never dropped: what users name so is a short list compared with what they record.
pub(super) struct Interner<T: ?Sized> {
    values: Column<Arc<T>>,
    symbols: SlotTable,
    count: u32,
}

impl<T: ?Sized> Clone for Interner<T> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), symbols: self.symbols.clone(), count: self.count }
    }
}

impl<T: ?Sized + PartialEq> Default for Interner<T>
where
    Arc<T>: Default,
{
    fn default() -> Self {
        Self { values: Column::of(Arc::default()), symbols: SlotTable::default(), count: 0 }
    }
}

impl<T: ?Sized + Eq + Hash> Interner<T>
where
    Arc<T>: Default,
{
    /// Values by their symbols; `None` where one comes twice.
    pub(super) fn of(values: &[Arc<T>]) -> Option<Self> {
        let mut symbols = SlotTable::default();
        for (symbol, value) in (0..).zip(values) {
            if symbols.find(value, |other| values[other as usize] == *value).is_some() {
                return None;
            }
            symbols.insert(value, symbol, |other| &values[other as usize]);
        }
        let count = values.len() as u32;
        Some(Self { values: Column::filled(Arc::default(), values), symbols, count })
    }
}

impl<T: ?Sized + Eq + Hash> Interner<T> {
    /// The symbol of a value, which is kept if it is new.
    pub(super) fn symbol(&mut self, value: &T) -> u32
    where
        Arc<T>: for<'a> From<&'a T>,
    {
        let values = &self.values;
        if let Some(symbol) = self.symbols.find(value, |symbol| *values[symbol as usize] == *value) {
            return symbol;
        }
        let symbol = self.count;
        self.count += 1;
        *self.values.row_mut(symbol as usize) = Arc::from(value);
        let values = &self.values;
        self.symbols.insert(value, symbol, |other| &values[other as usize]);
        symbol
    }

    /// How many values it keeps.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// The value of a symbol that [`Self::symbol`] gave.
    pub(super) fn value(&self, symbol: u32) -> &Arc<T> {
        &self.values[symbol as usize]
    }
}

/// New symbols for those that are met, in the order in which they are.
pub(super) struct Renumbering {
    /// The number of each former symbol; 0 for one that was not met.
    numbers: Vec<u32>,
    former: Vec<u32>,
}

impl Renumbering {
    /// For so many symbols.
    pub(super) fn of(count: usize) -> Self {
        Self { numbers: vec![0; count], former: Vec::new() }
    }

    /// One more than the new symbol; 0 for what is no symbol.
    pub(super) fn number(&mut self, symbol: u32) -> u64 {
        let Some(number) = self.numbers.get_mut(symbol as usize) else { return 0 };
        if *number == 0 {
            self.former.push(symbol);
            *number = self.former.len() as u32;
        }
        u64::from(*number)
    }

    /// The former symbols, by the new ones.
    pub(super) fn former(&self) -> impl Iterator<Item = u32> {
        self.former.iter().copied()
    }
}
