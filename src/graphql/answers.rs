use std::sync::Arc;
use std::task::{self, Poll, Waker};

use async_graphql::Response;
use futures_util::future;
use futures_util::stream::{self, BoxStream, StreamExt};

use super::checking::validated;
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
    let schema = schema.clone();
    let begin = async move {
        match validated(&schema, prepared, false).await {
            // An answer is of the graph as it stands then; to keep the one of the beginning would keep it in memory.
            Ok(request) => schema.execute_stream(request.data(atlas).data(access)).boxed(),
            Err(refused) => stream::once(future::ready(*refused)).boxed(),
        }
    };
    Answers { stream: stream::once(begin).flatten().boxed(), limits }
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
