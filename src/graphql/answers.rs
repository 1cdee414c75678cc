use std::sync::Arc;
use std::task::{self, Poll, Waker};

use async_graphql::Response;
use async_graphql::futures_util::stream::{BoxStream, StreamExt};

use super::error::code_rest;
use super::{Limits, Prepared, Schema, limits};
use crate::access::Access;
use crate::atlas::Atlas;

/// The answers to a subscription, as they come.
pub struct Answers {
    stream: BoxStream<'static, Response>,
    limits: Limits,
}

/// Begins a subscription of somebody, or refuses it by its first and only answer.
///
/// What has to be computed is computed while answers are asked for; nothing is done in between.
pub fn subscribe(schema: &Schema, atlas: Arc<Atlas>, access: Access, prepared: Prepared) -> Answers {
    let limits = limits(schema).clone();
    // An answer is of the graph as it stands then; to keep the one of the beginning would keep it in memory.
    let stream = schema.execute_stream(prepared.parsed().data(atlas).data(access));
    Answers { stream, limits }
}

impl Answers {
    /// The next answer if there is one now; else `waker` is told when it is worth asking again.
    pub fn poll(&mut self, waker: &Waker) -> Poll<Option<Response>> {
        let answer = self.stream.poll_next_unpin(&mut task::Context::from_waker(waker));
        answer.map(|answer| {
            answer.map(|mut response| {
                code_rest(&mut response, &self.limits);
                response
            })
        })
    }
}
