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

    /// The value of a symbol that [`Self::symbol`] gave.
    pub(super) fn value(&self, symbol: u32) -> &Arc<T> {
        &self.values[symbol as usize]
    }
}
