use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Values that many organisations share (industries, sources, sets of designations), each kept once.
///
/// Values are never dropped: what users name so is a short list compared with what they record.
pub(super) struct Interner<T: ?Sized> {
    values: Vec<Arc<T>>,
    symbols: HashMap<Arc<T>, u32>,
}

impl<T: ?Sized> Clone for Interner<T> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), symbols: self.symbols.clone() }
    }
}

impl<T: ?Sized> Default for Interner<T> {
    fn default() -> Self {
        Self { values: Vec::new(), symbols: HashMap::new() }
    }
}

impl<T: ?Sized + Eq + Hash> Interner<T> {
    /// The symbol of a value, which is kept if it is new.
    pub(super) fn symbol(&mut self, value: &T) -> u32
    where
        Arc<T>: for<'a> From<&'a T>,
    {
        if let Some(symbol) = self.symbols.get(value) {
            return *symbol;
        }
        let symbol = self.values.len() as u32;
        let value = Arc::<T>::from(value);
        self.values.push(Arc::clone(&value));
        self.symbols.insert(value, symbol);
        symbol
    }

    /// The value of a symbol that [`Self::symbol`] gave.
    pub(super) fn value(&self, symbol: u32) -> &Arc<T> {
        &self.values[symbol as usize]
    }
}
