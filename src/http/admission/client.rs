use std::hash::{BuildHasher, Hash, RandomState};

/// Who asks, for fairness: a token, or the address of those who show none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::http) struct Client(u64);

/// Tells clients apart without keeping tokens or addresses.
#[derive(Debug, Default)]
pub(in crate::http) struct Clients(RandomState);

impl Clients {
    /// The client that is known by a token or an address.
    pub(in crate::http) fn of(&self, known_by: &impl Hash) -> Client {
        Client(self.0.hash_one(known_by))
    }
}
