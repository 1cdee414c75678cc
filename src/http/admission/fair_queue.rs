use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::Client;

/// How many requests may wait in all, and of one client.
const MOST_WAITING: usize = 256;
const MOST_OF_A_CLIENT: usize = 64;

/// Permits for which clients queue, each in its own queue; released permits go from client to client.
#[derive(Clone)]
pub(in crate::http) struct FairQueue(Arc<Mutex<State>>);

struct State {
    free: usize,
    queues: HashMap<Client, VecDeque<oneshot::Sender<HeavyPermit>>>,
    /// Clients with a queue, the one whose turn is next first.
    turns: VecDeque<Client>,
}

/// A permit, passed on to the next client on drop.
pub(in crate::http) struct HeavyPermit(FairQueue);

/// Too many requests wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server has as many heavy requests as it takes; try again in a moment")
    }
}

impl FairQueue {
    /// So many permits.
    pub(in crate::http) fn new(permits: usize) -> Self {
        Self(Arc::new(Mutex::new(State { free: permits, queues: HashMap::new(), turns: VecDeque::new() })))
    }

    /// Waits for a permit.
    ///
    /// # Errors
    /// [`Full`] where too many wait, of the client or in all.
    pub(in crate::http) async fn acquire(&self, client: Client) -> Result<HeavyPermit, Full> {
        let coming = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return Ok(HeavyPermit(self.clone()));
            }
            if state.waiting(Some(client)) >= MOST_OF_A_CLIENT || state.waiting(None) >= MOST_WAITING {
                // Those who have gone since take no place.
                state.forget_gone();
            }
            if state.waiting(Some(client)) >= MOST_OF_A_CLIENT || state.waiting(None) >= MOST_WAITING {
                return Err(Full);
            }
            let (sender, coming) = oneshot::channel();
            let queue = state.queues.entry(client).or_default();
            queue.push_back(sender);
            if queue.len() == 1 {
                state.turns.push_back(client);
            }
            coming
        };
        coming.await.map_err(|_| Full)
    }

    /// How many requests wait.
    pub(in crate::http) fn waiting(&self) -> usize {
        self.state().waiting(None)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn waiting(&self, of: Option<Client>) -> usize {
        match of {
            Some(client) => self.queues.get(&client).map_or(0, VecDeque::len),
            None => self.queues.values().map(VecDeque::len).sum(),
        }
    }

    fn forget_gone(&mut self) {
        self.queues.retain(|_, queue| {
            queue.retain(|sender| !sender.is_closed());
            !queue.is_empty()
        });
        let queues = &self.queues;
        self.turns.retain(|client| queues.contains_key(client));
    }

    /// The next request of the client whose turn it is; the client's next one waits for all other clients.
    fn next(&mut self) -> Option<oneshot::Sender<HeavyPermit>> {
        let client = self.turns.pop_front()?;
        let queue = self.queues.get_mut(&client)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.queues.remove(&client);
        } else {
            self.turns.push_back(client);
        }
        next
    }
}

impl Drop for HeavyPermit {
    fn drop(&mut self) {
        let mut state = self.0.state();
        while let Some(next) = state.next() {
            if !next.is_closed() {
                drop(state);
                // One that goes away at this moment gives it back by dropping it.
                drop(next.send(Self(self.0.clone())));
                return;
            }
        }
        state.free += 1;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::super::Clients;
    use super::*;

    #[tokio::test]
    async fn clients_take_turns_however_many_requests_one_has() {
        let (queue, clients) = (FairQueue::new(1), Clients::default());
        let (many, few) = (clients.of(&"many"), clients.of(&"few"));
        let first = queue.acquire(many).await.unwrap();
        let (told, mut order) = tokio::sync::mpsc::unbounded_channel();
        let mut waiting = 0;
        for (client, name) in [(many, "many"), (many, "many"), (many, "many"), (few, "few"), (few, "few")] {
            let (own, told) = (queue.clone(), told.clone());
            tokio::spawn(async move {
                let _permit = own.acquire(client).await.unwrap();
                told.send(name).unwrap();
            });
            waiting += 1;
            while queue.waiting() < waiting {
                tokio::task::yield_now().await;
            }
        }
        drop((first, told));
        let mut served = Vec::new();
        while let Some(name) = order.recv().await {
            served.push(name);
        }
        assert_eq!(served, ["many", "few", "many", "few", "many"]);
        assert_eq!(queue.state().free, 1);
    }

    #[tokio::test]
    async fn a_client_fills_its_own_places_only_and_those_who_go_free_theirs() {
        let (queue, clients) = (FairQueue::new(1), Clients::default());
        let (one, other) = (clients.of(&1), clients.of(&2));
        let held = queue.acquire(one).await.unwrap();
        let mut waiting: Vec<_> = (0..MOST_OF_A_CLIENT).map(|_| Box::pin(queue.acquire(one))).collect();
        for request in &mut waiting {
            assert!(request.now_or_never().is_none());
        }
        assert_eq!(queue.acquire(one).await.err(), Some(Full));
        let mut others = Box::pin(queue.acquire(other));
        assert!((&mut others).now_or_never().is_none());
        drop(waiting);
        drop(held);
        assert!(others.await.is_ok());
        assert!(queue.acquire(one).await.is_ok());
        assert!(queue.state().turns.is_empty() && queue.state().queues.is_empty());
    }
}
