use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Client;

/// How much of something each client holds.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Shares(Arc<Mutex<HashMap<Client, usize>>>);

/// One piece that a client holds, released on drop.
#[derive(Debug)]
pub(in crate::http) struct Share {
    shares: Shares,
    client: Client,
}

impl Shares {
    /// One more for a client; `None` where it holds `most` already.
    pub(in crate::http) fn take(&self, client: Client, most: usize) -> Option<Share> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.get(&client).copied().unwrap_or_default();
        if own >= most {
            return None;
        }
        held.insert(client, own + 1);
        Some(Share { shares: self.clone(), client })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = held.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Clients;
    use super::*;

    #[test]
    fn a_client_holds_so_many_and_is_forgotten_with_the_last() {
        let (shares, clients) = (Shares::default(), Clients::default());
        let (one, other) = (clients.of(&"one"), clients.of(&"other"));
        let held: Vec<_> = (0..2).map(|_| shares.take(one, 2).unwrap()).collect();
        assert!(shares.take(one, 2).is_none());
        assert!(shares.take(other, 2).is_some());
        drop(held);
        assert!(shares.0.lock().unwrap().is_empty());
        assert!(shares.take(one, 2).is_some());
    }
}
