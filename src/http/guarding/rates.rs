use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::client::whose;
use super::refusal::Refused;

/// How many requests a second somebody may send, and as many at once; `None` for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// From one address.
    pub address: Option<NonZeroU32>,
    /// With one token.
    pub token: Option<NonZeroU32>,
}

/// Counts the requests of each address and of each token.
#[derive(Debug, Default)]
pub(super) struct RateCounts {
    addresses: Option<Counts<IpAddr>>,
    tokens: Option<Counts<u64>>,
    /// So that no token is kept, and nobody can find one that is counted with another.
    hasher: RandomState,
}

struct Counts<K: Clone + Eq + Hash> {
    rate: NonZeroU32,
    limiter: RateLimiter<K, HashMapStateStore<K>, MonotonicClock, NoOpMiddleware<std::time::Instant>>,
    clock: MonotonicClock,
    counted: AtomicU32,
}

impl RateCounts {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            addresses: rates.address.map(Counts::new),
            tokens: rates.token.map(Counts::new),
            hasher: RandomState::new(),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// 429 where its address or its token has sent as many as it may.
    pub(super) fn count(&self, client: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Refused> {
        if let (Some(counts), Some(client)) = (&self.addresses, client) {
            counts.count(&whose(client), "an address")?;
        }
        if let (Some(counts), Some(shown)) = (&self.tokens, headers.get(header::AUTHORIZATION)) {
            counts.count(&self.hasher.hash_one(shown), "a token")?;
        }
        Ok(())
    }
}

impl<K: Clone + Eq + Hash> Counts<K> {
    /// After so many requests those are forgotten who have sent none for long enough to send all again.
    const FORGET: u32 = 4_096;

    fn new(rate: NonZeroU32) -> Self {
        let limiter = RateLimiter::hashmap_with_clock(Quota::per_second(rate), MonotonicClock);
        Self { rate, limiter, clock: MonotonicClock, counted: AtomicU32::new(0) }
    }

    fn count(&self, key: &K, whose: &str) -> Result<(), Refused> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % Self::FORGET == Self::FORGET - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|later| {
            let message = format!("{whose} may send {} requests a second, and this one has", self.rate);
            let wait: Duration = later.wait_time_from(self.clock.now());
            Refused::new(StatusCode::TOO_MANY_REQUESTS, message).again_after(wait)
        })
    }
}

impl<K: Clone + Eq + Hash> fmt::Debug for Counts<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counts({} a second)", self.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_tokens_are_counted_apart_and_forgotten_in_time() {
        let one = NonZeroU32::new(1);
        let counts = RateCounts::new(Rates { address: one, token: one });
        let shown = |token: &str| HeaderMap::from_iter([(header::AUTHORIZATION, token.parse().unwrap())]);
        let address = |text: &str| Some(text.parse().unwrap());
        assert!(counts.count(address("10.0.0.1"), &shown("a")).is_ok());
        assert!(counts.count(address("10.0.0.1"), &shown("b")).is_err());
        assert!(counts.count(address("10.0.0.2"), &shown("a")).is_err());
        assert!(counts.count(address("2001:db8::1"), &HeaderMap::new()).is_ok());
        assert!(counts.count(address("2001:db8::2"), &HeaderMap::new()).is_err());
        assert!(counts.count(address("2001:db8:0:1::1"), &HeaderMap::new()).is_ok());
        let quick = NonZeroU32::new(1_000_000_000);
        let counts = RateCounts::new(Rates { address: quick, token: None });
        for number in 0..3 * Counts::<IpAddr>::FORGET {
            let address = IpAddr::V4(std::net::Ipv4Addr::from(number));
            assert!(counts.count(Some(address), &HeaderMap::new()).is_ok());
        }
        assert!(counts.addresses.unwrap().limiter.len() <= Counts::<IpAddr>::FORGET as usize);
    }
}
