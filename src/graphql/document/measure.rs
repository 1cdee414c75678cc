use std::collections::HashMap;

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection};
use async_graphql::{Pos, Positioned, ServerError};

use super::MAX_NESTING;
use crate::graphql::Limits;
use crate::graphql::error::{Code, coded};

/// The fields by which introspection leads from a type to many others.
const LISTS_OF_INTROSPECTION: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];

/// How often these may nest: the introspection query does so twice at the most, and each time more multiplies
/// the answer by the size of the schema.
const MAX_LISTS_OF_INTROSPECTION: usize = 2;

/// Checks all operations of a document against the limits that need no schema.
///
/// # Errors
/// The place that goes beyond a limit, or at which a fragment holds itself.
pub(in crate::graphql) fn measure(document: &ExecutableDocument, limits: &Limits) -> Result<(), ServerError> {
    let mut measurer = Measurer { document, limits, fragments: HashMap::new() };
    let mut whole = Measure::default();
    for (_, operation) in document.operations.iter() {
        measurer.directives(&operation.node.directives, operation.pos)?;
        for definition in &operation.node.variable_definitions {
            measurer.directives(&definition.node.directives, definition.pos)?;
        }
        let measured = measurer.selections(&operation.node.selection_set.node.items, 1)?;
        whole.add(measured);
        let count = |asked, most, what| match asked > most {
            true => Err(refused(operation.pos, format!("the query has {asked} {what}, but may have {most}"))),
            false => Ok(()),
        };
        count(whole.selections, limits.selections, "fields and fragments")?;
        count(whole.aliases, limits.aliases, "aliases")?;
    }
    Ok(())
}

/// What a part of a document comes to, fragments written out.
#[derive(Clone, Copy, Debug, Default)]
struct Measure {
    selections: usize,
    aliases: usize,
    height: usize,
    lists_of_introspection: usize,
}

impl Measure {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.height = self.height.max(other.height);
        self.lists_of_introspection = self.lists_of_introspection.max(other.lists_of_introspection);
    }
}

struct Measurer<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    /// What was measured, once a fragment however often it is spread; none while it is being measured.
    fragments: HashMap<&'a str, Option<Measure>>,
}

impl<'a> Measurer<'a> {
    fn selections(
        &mut self,
        selections: &'a [Positioned<Selection>],
        level: usize,
    ) -> Result<Measure, ServerError> {
        let mut all = Measure::default();
        for Positioned { pos, node } in selections {
            let too_deep = || refused(*pos, format!("selections nest more deeply than {MAX_NESTING}"));
            if level > MAX_NESTING {
                return Err(too_deep());
            }
            self.directives(node.directives(), *pos)?;
            let mut measured = match node {
                Selection::Field(field) => self.field(&field.node, *pos, level)?,
                Selection::InlineFragment(fragment) => {
                    self.selections(&fragment.node.selection_set.node.items, level + 1)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, *pos, level)?
                }
            };
            measured.selections = measured.selections.saturating_add(1);
            measured.height += 1;
            // A fragment that was measured where it nests less is not measured again.
            if level + measured.height > MAX_NESTING + 1 {
                return Err(too_deep());
            }
            all.add(measured);
        }
        Ok(all)
    }

    fn field(&mut self, field: &'a Field, pos: Pos, level: usize) -> Result<Measure, ServerError> {
        let mut measured = self.selections(&field.selection_set.node.items, level + 1)?;
        measured.aliases = measured.aliases.saturating_add(usize::from(field.alias.is_some()));
        let name = field.name.node.as_str();
        if LISTS_OF_INTROSPECTION.contains(&name) {
            measured.lists_of_introspection += 1;
        }
        if name == "__schema" || name == "__type" {
            if !self.limits.introspection {
                let message = format!("{name} is not answered: introspection is switched off on this server");
                return Err(refused(pos, message));
            }
            if measured.lists_of_introspection > MAX_LISTS_OF_INTROSPECTION {
                let message = format!(
                    "{name} leads from types to their fields {} times in turn, but may do so {MAX_LISTS_OF_INTROSPECTION} times",
                    measured.lists_of_introspection
                );
                return Err(refused(pos, message));
            }
        }
        Ok(measured)
    }

    fn fragment(&mut self, name: &'a str, pos: Pos, level: usize) -> Result<Measure, ServerError> {
        match self.fragments.get(name) {
            Some(Some(measured)) => return Ok(*measured),
            Some(None) => {
                let error = ServerError::new(format!("fragment {name} holds itself"), Some(pos));
                return Err(coded(Code::GraphqlValidationFailed, error));
            }
            None => {}
        }
        // One that is not there is named by validation.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Measure::default()) };
        self.fragments.insert(name, None);
        self.directives(&fragment.node.directives, fragment.pos)?;
        let measured = self.selections(&fragment.node.selection_set.node.items, level + 1)?;
        self.fragments.insert(name, Some(measured));
        Ok(measured)
    }

    fn directives(&self, directives: &[Positioned<Directive>], pos: Pos) -> Result<(), ServerError> {
        let (given, most) = (directives.len(), self.limits.directives);
        if given > most {
            return Err(refused(
                pos,
                format!("there are {given} directives at one place, but may be {most}"),
            ));
        }
        Ok(())
    }
}

fn refused(pos: Pos, message: String) -> ServerError {
    coded(Code::LimitExceeded, ServerError::new(message, Some(pos)))
}
