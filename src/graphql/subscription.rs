use std::num::NonZeroU32;
use std::sync::Arc;

use async_graphql::futures_util::stream::{Stream, unfold};
use async_graphql::{Context, ID, Result};
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::timeout;

use super::commit::Commit;
use super::coverage::{Coverage, known_indicator, scope};
use super::error::{bad_input, stopped, unreadable_past};
use super::scalar::DateTime;
use super::{cancellable, cost};
use crate::access::Access;
use crate::atlas::{Atlas, FollowError, Follower, Start};
use crate::coverage::Counts;
use crate::model::{OrganizationId, until_tomorrow};
use crate::work::check;

/// What happens from now on.
pub struct Subscription;

/// What happens from now on.
///
/// A subscriber that reads slowly holds back nothing and nobody: it is told what is newest when it reads on, or
/// goes on in the log where it was.
#[async_graphql::Subscription]
impl Subscription {
    /// What is recorded, commit by commit, none left out; from now on where no start is given.
    ///
    /// After a break, go on with the version of the last commit that was complete.
    #[graphql(complexity = "cost::QUESTION + cost::list(cost::FEW, child_complexity)")]
    async fn changes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only changes of this organisation and of its relations.")] organization: Option<ID>,
        #[graphql(desc = "Begins with the commit after this version; 0 for all.")] after: Option<u64>,
        #[graphql(desc = "Begins with the first commit recorded later than this moment.")] since: Option<
            DateTime,
        >,
    ) -> Result<impl Stream<Item = Result<Commit>>> {
        let start = match (after, since) {
            (None, None) => Start::Now,
            (Some(version), None) => Start::After(version),
            (None, Some(moment)) => Start::Since(moment.0),
            (Some(_), Some(_)) => return Err(bad_input("give after or since, not both")),
        };
        let organization = organization.map(|id| id.parse()).transpose();
        let atlas = context.data::<Arc<Atlas>>()?;
        let follower = atlas.follow(start).map_err(|error| match error {
            FollowError::Ahead { .. } => bad_input(format!("after: {error}")),
            FollowError::Log(cause) => unreadable_past(&cause.into()),
        })?;
        let changes = Changes {
            atlas: Arc::clone(atlas),
            access: context.data::<Access>()?.clone(),
            follower,
            organization: organization.map_err(|error| bad_input(format!("organization: {error}")))?,
        };
        Ok(unfold(Some(changes), |changes| async move { told(changes?.next().await) }))
    }

    /// How far an indicator is reached: at once, and again whenever a commit or a new day moved a number, or the
    /// indicator was defined anew. It ends with an error when the indicator is withdrawn.
    #[graphql(complexity = "cost::QUESTION + child_complexity")]
    async fn coverage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The indicator's id.")] indicator: ID,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Coverage>>> {
        let atlas = Arc::clone(context.data::<Arc<Atlas>>()?);
        let access = context.data::<Access>()?.clone();
        let watched =
            WatchedCoverage { versions: atlas.versions(), atlas, access, indicator, within, seen: None };
        Ok(unfold(Some(watched), |watched| async move { told(watched?.next().await) }))
    }
}

/// What a subscriber is told, and who goes on telling: nobody after an error.
fn told<T, S>(next: Option<Result<(T, S)>>) -> Option<(Result<T>, Option<S>)> {
    match next? {
        Ok((item, state)) => Some((Ok(item), Some(state))),
        Err(error) => Some((Err(error), None)),
    }
}

/// After how many parts that do not concern a subscriber others get their turn.
const PARTS_A_TURN: usize = 64;

struct Changes {
    atlas: Arc<Atlas>,
    access: Access,
    follower: Follower,
    organization: Option<OrganizationId>,
}

impl Changes {
    async fn next(mut self) -> Option<Result<(Commit, Self)>> {
        let mut skipped = 0;
        loop {
            if let Err(cause) = check() {
                return Some(Err(stopped(cause)));
            }
            match self.follower.next_part() {
                Err(cause) => return Some(Err(unreadable_past(&cause.into()))),
                Ok(None) => {
                    if !self.follower.wait().await {
                        return None;
                    }
                }
                Ok(Some(part)) => {
                    // The graph is not held longer than it takes to present these changes.
                    match Commit::new(&self.atlas, &self.access, part, self.organization.as_ref()) {
                        Ok(Some(commit)) => return Some(Ok((commit, self))),
                        Ok(None) => {}
                        Err(cause) => return Some(Err(unreadable_past(&cause))),
                    }
                    skipped += 1;
                    if skipped % PARTS_A_TURN == 0 {
                        yield_now().await;
                    }
                }
            }
        }
    }
}

struct WatchedCoverage {
    atlas: Arc<Atlas>,
    access: Access,
    versions: watch::Receiver<u64>,
    indicator: ID,
    within: Option<ID>,
    /// The numbers that the subscriber was told last, and the version of the indicator that they were counted by.
    seen: Option<(NonZeroU32, Counts)>,
}

impl WatchedCoverage {
    async fn next(mut self) -> Option<Result<(Coverage, Self)>> {
        loop {
            self.versions.mark_unchanged();
            match self.count() {
                Err(error) => return Some(Err(error)),
                Ok(Some(coverage)) => return Some(Ok((coverage, self))),
                Ok(None) => {}
            }
            // What begins or ends tomorrow moves numbers, too.
            if let Ok(Err(_)) = timeout(until_tomorrow(), self.versions.changed()).await {
                return None;
            }
        }
    }

    /// How far the indicator is reached now, unless the subscriber knows.
    fn count(&mut self) -> Result<Option<Coverage>> {
        let snapshot = self.atlas.snapshot().seen_by(&self.access);
        let indicator = known_indicator(&snapshot, &self.indicator)?;
        let scope = scope(&snapshot, self.within.as_ref(), None)?;
        let version = indicator.version;
        let coverage = cancellable(|| Ok(Coverage::new(&snapshot, (indicator, true), &scope, None)))?;
        let counted = (version, coverage.counts().clone());
        if self.seen.as_ref() == Some(&counted) {
            return Ok(None);
        }
        self.seen = Some(counted);
        Ok(Some(coverage))
    }
}
