//! The schema as a subgraph of Apollo Federation 2.
//!
//! A router asks `_service` what the schema is, and `_entities` for what another subgraph refers to. Both are
//! always answered and shown by no introspection, so that the schema of clients stays the plain one.

use async_graphql::{
    Context, ID, InputValueError, InputValueResult, Object, Result, SDLExportOptions, Scalar, ScalarType,
    SimpleObject, Union, Value,
};

use super::error::{Code, bad_input, error};
use super::organization::{Node, Organization};
use super::task::Task;
use super::{cancellable, cost, limits_of, schema, snapshot};

/// The version of the federation that the schema is written in, and what it uses of it.
const LINK: &str = "extend schema\n  @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@inaccessible\", \"@key\", \"@shareable\"])\n\n";

/// How the schema begins for those who ask.
const ROOTS: &str = "schema {\n\tquery: Query\n\tmutation: Mutation\n\tsubscription: Subscription\n}\n";

/// How many entities a router asks for at once at the most.
const MAX_REPRESENTATIONS: usize = 1_000;

/// What a router asks.
pub(super) struct Federation;

/// This subgraph.
#[derive(SimpleObject)]
#[graphql(name = "_Service")]
struct Service {
    /// Its schema.
    sdl: String,
}

/// Anything that other subgraphs can refer to.
#[derive(Union)]
#[graphql(name = "_Entity")]
enum Entity {
    Organization(Organization),
    Task(Task),
}

/// What another subgraph knows of an entity.
struct Representation {
    type_name: String,
    id: ID,
}

/// The type of an entity and its key.
#[Scalar(name = "_Any")]
impl ScalarType for Representation {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::Object(fields) = &value else { return Err(InputValueError::expected_type(value)) };
        match (fields.get("__typename"), fields.get("id")) {
            (Some(Value::String(type_name)), Some(Value::String(id))) => {
                Ok(Self { type_name: type_name.clone(), id: id.into() })
            }
            _ => Err(InputValueError::custom("a representation has a __typename and an id, both strings")),
        }
    }

    fn to_value(&self) -> Value {
        let fields = [("__typename", self.type_name.clone()), ("id", self.id.to_string())];
        Value::Object(fields.map(|(name, text)| (async_graphql::Name::new(name), Value::String(text))).into())
    }
}

/// What a router asks.
#[Object]
impl Federation {
    /// This subgraph, as a router composes it with others.
    #[graphql(name = "_service", visible = false)]
    async fn service(&self, context: &Context<'_>) -> Result<Service> {
        if !limits_of(context).introspection {
            return Err(error(
                Code::LimitExceeded,
                "_service is not answered: introspection is switched off",
            ));
        }
        Ok(Service { sdl: federated_sdl() })
    }

    /// What other subgraphs refer to, in their order; null where nothing has the key.
    #[graphql(
        name = "_entities",
        visible = false,
        complexity = "cost::list(representations.len(), child_complexity)"
    )]
    async fn entities(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Types and keys.")] representations: Vec<Representation>,
    ) -> Result<Vec<Option<Result<Entity>>>> {
        cancellable(|| {
            let given = representations.len();
            if given > MAX_REPRESENTATIONS {
                let message =
                    format!("representations has {given} entries, but may have {MAX_REPRESENTATIONS}");
                return Err(bad_input(message));
            }
            let snapshot = snapshot(context)?;
            let entity = |of: &Representation| match (Node::find(snapshot, &of.id), of.type_name.as_str()) {
                (None, _) => None,
                (Some(Node::Organization(found)), "Organization") => Some(Ok(Entity::Organization(found))),
                (Some(Node::Task(found)), "Task") => Some(Ok(Entity::Task(found))),
                (Some(_), other) => Some(Err(bad_input(format!(
                    "\"{}\" is no {other}; send the __typename that it has",
                    of.id.as_str()
                )))),
            };
            Ok(representations.iter().map(entity).collect())
        })
    }
}

/// The whole schema as SDL, as it is kept in `schema.graphql`.
pub fn sdl() -> String {
    // The one export that leaves out what only a router asks; how it ends, and what it says of pages, is for a
    // subgraph.
    let exported = schema().sdl_with_options(SDLExportOptions::new().federation());
    let types = exported.split("extend schema").next().unwrap_or_default();
    format!("{}{ROOTS}", types.replace(" @shareable {", " {"))
}

/// What [`sdl`] leaves out: what only a router asks, and of introspection what the validator does not know.
const LEFT_OUT: &str = "
scalar _Any
type _Service { sdl: String! }
union _Entity = Organization | Task
extend type Query {
  _service: _Service!
  _entities(representations: [_Any!]!): [_Entity]!
}
extend type __Type { isOneOf: Boolean }
";

/// All that documents are validated against.
pub(super) fn complete_sdl() -> String {
    sdl() + LEFT_OUT
}

/// The schema as a subgraph: everything with an id is an entity, and pages are like those of other subgraphs.
///
/// What leads from an answer back to all questions is of no use there: other subgraphs add to the questions.
pub fn federated_sdl() -> String {
    let mut text = LINK.to_owned();
    for line in sdl().lines() {
        match line.strip_suffix(" {") {
            Some(head) if head.ends_with(" implements Node") => {
                text.push_str(&format!("{head} @key(fields: \"id\") {{"));
            }
            Some(head @ "type PageInfo") => text.push_str(&format!("{head} @shareable {{")),
            _ if line.ends_with(": Query!") => text.push_str(&format!("{line} @inaccessible")),
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}
