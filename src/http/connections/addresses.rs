use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// How many connections each address has.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection of an address, for as long as it is counted.
#[derive(Debug)]
pub(super) struct Counted {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    /// Counts one more connection of an address; `None` where it has as many as it may.
    pub(super) fn count(&self, address: IpAddr, most: usize) -> Option<Counted> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = counts.get(&address).copied().unwrap_or_default();
        if held >= most {
            return None;
        }
        counts.insert(address, held + 1);
        Some(Counted { addresses: self.clone(), address })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = counts.get_mut(&self.address) {
            *held -= 1;
            if *held == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections_and_is_forgotten_with_the_last() {
        let addresses = Addresses::default();
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let held: Vec<_> = (0..2).map(|_| addresses.count(one, 2).unwrap()).collect();
        assert!(addresses.count(one, 2).is_none());
        assert!(addresses.count(other, 2).is_some());
        drop(held);
        assert!(addresses.0.lock().unwrap().is_empty());
        assert!(addresses.count(one, 2).is_some());
    }
}
