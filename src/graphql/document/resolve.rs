use std::collections::HashMap;

use apollo_compiler::schema::ExtendedType;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, FragmentSpread,
    InlineFragment, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, ServerError, Value as ConstValue};
use async_graphql_value::Value;

use super::Values;
use super::validate::SCHEMA;
use crate::graphql::error::{Code, coded};

/// Writes the values of variables into an operation, and merges what it selects twice under one name.
///
/// The operation is alone in the document that comes of it; variables in `late` stay variables. What directives leave out
/// is left out, and fragments are written out, but within interfaces and unions. async-graphql 8.0.0-rc.5 ignores defaults
/// of variables in `@skip` and `@include`, and executes a field as often as it is selected: roots write twice, and a part
/// that fails once is not null.
///
/// The document was measured: fragments do not hold themselves, and what is selected is limited.
///
/// # Errors
/// That the values, counted wherever they are used, are more than `most`.
pub(in crate::graphql) fn resolve(
    document: &ExecutableDocument,
    operation: &Positioned<OperationDefinition>,
    values: &Values,
    late: &[Name],
    most: usize,
) -> Result<ExecutableDocument, ServerError> {
    let mut resolver = Resolver { document, values, late, fragments: HashMap::new(), left: most };
    let Some(resolved) = resolver.operation(&operation.node) else {
        let message =
            format!("the variables write more than {most} values into the query; ask for less at a time");
        return Err(coded(Code::LimitExceeded, ServerError::new(message, Some(operation.pos))));
    };
    let operations = DocumentOperations::Single(Positioned::new(resolved, operation.pos));
    Ok(ExecutableDocument { operations, fragments: resolver.fragments })
}

struct Resolver<'a> {
    document: &'a ExecutableDocument,
    values: &'a Values,
    late: &'a [Name],
    /// Those that are used and not written out, resolved.
    fragments: HashMap<Name, Positioned<FragmentDefinition>>,
    /// How many values may still be written.
    left: usize,
}

/// What is selected of one value.
#[derive(Default)]
struct Collected<'a> {
    items: Vec<Item<'a>>,
    /// Where the field of each name stands among them.
    fields: HashMap<&'a str, usize>,
}

enum Item<'a> {
    /// A field, and what all fields of its name select of its value.
    Field(&'a Positioned<Field>, Vec<&'a SelectionSet>),
    /// A fragment that applies to some types only.
    Fragment(Positioned<Selection>),
}

/// None where more values are written than may be.
impl<'a> Resolver<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Option<OperationDefinition> {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let items = self.merged(&[&operation.selection_set.node], Some(root))?;
        let is_late = |name: &Name| self.late.contains(name);
        let definitions = operation.variable_definitions.iter();
        Some(OperationDefinition {
            ty: operation.ty,
            variable_definitions: definitions.filter(|of| is_late(&of.node.name.node)).cloned().collect(),
            directives: self.directives(&operation.directives)?,
            selection_set: Positioned::new(SelectionSet { items }, operation.selection_set.pos),
        })
    }

    /// What several sets select of a value of one type, each field once.
    fn merged(&mut self, sets: &[&'a SelectionSet], of: Option<&str>) -> Option<Vec<Positioned<Selection>>> {
        let of = of.and_then(|of| SCHEMA.types.get(of));
        let mut collected = Collected::default();
        for set in sets {
            self.collect(set, of, &mut collected)?;
        }
        let mut items = Vec::with_capacity(collected.items.len());
        for item in collected.items {
            items.push(match item {
                Item::Field(field, parts) => {
                    let pos = field.pos;
                    Positioned::new(Selection::Field(self.field(field, &parts, of)?), pos)
                }
                Item::Fragment(fragment) => fragment,
            });
        }
        if items.is_empty() && sets.iter().any(|set| !set.items.is_empty()) {
            items.push(nothing());
        }
        Some(items)
    }

    fn collect(
        &mut self,
        selected: &'a SelectionSet,
        of: Option<&'static ExtendedType>,
        collected: &mut Collected<'a>,
    ) -> Option<()> {
        // Every fragment that may stand in an object applies to it.
        let is_object = of.is_some_and(ExtendedType::is_object);
        for Positioned { pos, node } in &selected.items {
            let directives = self.directives(node.directives())?;
            if directives.iter().any(|directive| leaves_out(&directive.node)) {
                continue;
            }
            match node {
                Selection::Field(field) => {
                    let parts = &field.node.selection_set.node;
                    let next = collected.items.len();
                    let at = *collected.fields.entry(&field.node.response_key().node).or_insert(next);
                    match collected.items.get_mut(at) {
                        Some(Item::Field(_, all)) => all.push(parts),
                        _ => collected.items.push(Item::Field(field, vec![parts])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let parts = &fragment.node.selection_set;
                    if is_object || condition.is_none() {
                        self.collect(&parts.node, of, collected)?;
                        continue;
                    }
                    let inner = condition.map(|condition| condition.node.on.node.as_str());
                    let items = self.merged(&[&parts.node], inner)?;
                    let kept = InlineFragment {
                        type_condition: condition.cloned(),
                        directives: Vec::new(),
                        selection_set: Positioned::new(SelectionSet { items }, parts.pos),
                    };
                    let kept = Selection::InlineFragment(Positioned::new(kept, fragment.pos));
                    collected.items.push(Item::Fragment(Positioned::new(kept, *pos)));
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name;
                    // One that is not there is named by validation.
                    let Some(fragment) = self.document.fragments.get(&name.node) else { continue };
                    if is_object {
                        self.collect(&fragment.node.selection_set.node, of, collected)?;
                        continue;
                    }
                    self.fragment(&name.node, fragment)?;
                    let kept = FragmentSpread { fragment_name: name.clone(), directives: Vec::new() };
                    let kept = Selection::FragmentSpread(Positioned::new(kept, spread.pos));
                    collected.items.push(Item::Fragment(Positioned::new(kept, *pos)));
                }
            }
        }
        Some(())
    }

    fn field(
        &mut self,
        field: &'a Positioned<Field>,
        parts: &[&'a SelectionSet],
        of: Option<&'static ExtendedType>,
    ) -> Option<Positioned<Field>> {
        let Field { alias, name, arguments, selection_set, .. } = &field.node;
        let defined = of.and_then(|of| SCHEMA.type_field(of.name(), &name.node).ok());
        let items = self.merged(parts, defined.map(|defined| defined.ty.inner_named_type().as_str()))?;
        let resolved = Field {
            alias: alias.clone(),
            name: name.clone(),
            arguments: self.arguments(arguments)?,
            directives: Vec::new(),
            selection_set: Positioned::new(SelectionSet { items }, selection_set.pos),
        };
        Some(Positioned::new(resolved, field.pos))
    }

    fn fragment(&mut self, name: &Name, fragment: &'a Positioned<FragmentDefinition>) -> Option<()> {
        if self.fragments.contains_key(name) {
            return Some(());
        }
        let condition = &fragment.node.type_condition;
        let parts = &fragment.node.selection_set;
        let items = self.merged(&[&parts.node], Some(condition.node.on.node.as_str()))?;
        let resolved = FragmentDefinition {
            type_condition: condition.clone(),
            directives: Vec::new(),
            selection_set: Positioned::new(SelectionSet { items }, parts.pos),
        };
        self.fragments.insert(name.clone(), Positioned::new(resolved, fragment.pos));
        Some(())
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) -> Option<Vec<Positioned<Directive>>> {
        let resolved = directives.iter().map(|directive| {
            let arguments = self.arguments(&directive.node.arguments)?;
            let resolved = Directive { name: directive.node.name.clone(), arguments };
            Some(Positioned::new(resolved, directive.pos))
        });
        resolved.collect()
    }

    fn arguments(&mut self, arguments: &[Argument]) -> Option<Vec<Argument>> {
        let mut resolved = Vec::with_capacity(arguments.len());
        for (name, value) in arguments {
            // An argument whose variable was not given is not given.
            if let Some(given) = self.value(&value.node)? {
                resolved.push((name.clone(), Positioned::new(given, value.pos)));
            }
        }
        Some(resolved)
    }

    /// A value, or none within for a variable that was not given.
    fn value(&mut self, value: &Value) -> Option<Option<Value>> {
        Some(match value {
            Value::Variable(name) if self.late.contains(name) => Some(value.clone()),
            Value::Variable(name) => match self.values.get(name) {
                Some(given) => {
                    self.left = self.left.checked_sub(count(given))?;
                    Some(given.clone().into_value())
                }
                None => None,
            },
            Value::List(entries) => {
                let entries = entries.iter().map(|entry| Some(self.value(entry)?.unwrap_or(Value::Null)));
                Some(Value::List(entries.collect::<Option<_>>()?))
            }
            Value::Object(fields) => {
                let mut resolved = async_graphql::indexmap::IndexMap::with_capacity(fields.len());
                for (name, value) in fields {
                    if let Some(given) = self.value(value)? {
                        resolved.insert(name.clone(), given);
                    }
                }
                Some(Value::Object(resolved))
            }
            constant => Some(constant.clone()),
        })
    }
}

/// What stands for all that was left out of what is selected: the library takes no empty selection.
fn nothing() -> Positioned<Selection> {
    let at = |name: &str| Positioned::new(Name::new(name), Pos::default());
    let condition = (at("if"), Positioned::new(Value::Boolean(true), Pos::default()));
    let skip = Directive { name: at("skip"), arguments: vec![condition] };
    let field = Field {
        alias: None,
        name: at("__typename"),
        arguments: Vec::new(),
        directives: vec![Positioned::new(skip, Pos::default())],
        selection_set: Positioned::default(),
    };
    Positioned::new(Selection::Field(Positioned::new(field, Pos::default())), Pos::default())
}

type Argument = (Positioned<Name>, Positioned<Value>);

/// How many values a value is, those within included.
pub(in crate::graphql) fn count(value: &ConstValue) -> usize {
    1 + match value {
        ConstValue::List(values) => values.iter().map(count).sum(),
        ConstValue::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// Whether a directive leaves out what it stands at; its variables were resolved.
pub(in crate::graphql) fn leaves_out(directive: &Directive) -> bool {
    let condition = directive.get_argument("if").map(|condition| &condition.node);
    match directive.name.node.as_str() {
        "skip" => condition == Some(&Value::Boolean(true)),
        "include" => condition == Some(&Value::Boolean(false)),
        _ => false,
    }
}

/// Whether a directive only says whether what it stands at is selected.
pub(in crate::graphql) fn is_of_selection(directive: &Directive) -> bool {
    matches!(directive.name.node.as_str(), "skip" | "include")
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::graphql::document::coerce;

    /// The arguments of all fields and which of them are left out, as they are executed.
    fn check(query: &str, given: serde_json::Value) -> String {
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let values = coerce(&operation.node.variable_definitions, &Variables::from_json(given)).unwrap();
        match resolve(&document, operation, &values, &[], 9) {
            Ok(resolved) => {
                let (_, operation) = resolved.operations.iter().next().unwrap();
                shown(&operation.node.selection_set.node)
            }
            Err(error) => error.message,
        }
    }

    fn shown(selected: &SelectionSet) -> String {
        let of = |selection: &Selection| {
            let (head, parts) = match selection {
                Selection::Field(field) => {
                    let arguments = field
                        .node
                        .arguments
                        .iter()
                        .map(|(name, value)| format!("{}: {}", name.node, value.node));
                    let arguments = arguments.collect::<Vec<_>>().join(", ");
                    (
                        format!("{}({arguments})", field.node.response_key().node),
                        Some(&field.node.selection_set.node),
                    )
                }
                Selection::InlineFragment(fragment) => {
                    ("...".to_owned(), Some(&fragment.node.selection_set.node))
                }
                Selection::FragmentSpread(spread) => (format!("...{}", spread.node.fragment_name.node), None),
            };
            let left_out =
                if selection.directives().iter().any(|of| leaves_out(&of.node)) { "-" } else { "" };
            let parts =
                parts.filter(|parts| !parts.items.is_empty()).map(|parts| format!(" {{ {} }}", shown(parts)));
            format!("{left_out}{head}{}", parts.unwrap_or_default())
        };
        selected.items.iter().map(|item| of(&item.node)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn variables_are_written_in_and_roots_merged() {
        let table = [
            ("query ($v: Int) { a(b: $v) }", json!({}), "a()"),
            ("query ($v: Int) { a(b: $v) }", json!({ "v": null }), "a(b: null)"),
            ("query ($v: Int = 3) { a(b: $v) }", json!({}), "a(b: 3)"),
            ("query ($v: Int = 3) { a(b: $v) }", json!({ "v": null }), "a(b: null)"),
            ("query ($v: Int) { a(b: { c: $v, d: 1 }) }", json!({}), "a(b: {d: 1})"),
            ("query ($v: Int) { a(b: [$v, { c: $v }, 1]) }", json!({}), "a(b: [null, {}, 1])"),
            ("query ($v: Direction) { a(b: $v) }", json!({ "v": "OUT" }), "a(b: OUT)"),
            (
                "query ($v: Boolean = true) { a { b @skip(if: $v) c @include(if: $v) } }",
                json!({}),
                "a() { c() }",
            ),
            ("query ($v: Boolean = true) { a @skip(if: $v) c @include(if: $v) }", json!({}), "c()"),
            (
                "query ($v: Boolean = true) { a @skip(if: $v) c @include(if: $v) }",
                json!({ "v": false }),
                "a()",
            ),
            (
                "{ a { b } ...F x: a { d } } fragment F on Query { a { c } x: a { e } }",
                json!({}),
                "a() { b() c() } x() { e() d() }",
            ),
            ("{ a { ...F } } fragment F on A { b }", json!({}), "a() { ...F }"),
            (
                "{ organization { ...F parent { id } } } fragment F on Organization { parent { ... { name } } }",
                json!({}),
                "organization() { parent() { name() id() } }",
            ),
            (
                "{ node { id ...F ... { id } } } fragment F on Organization { id ... on Node { id } }",
                json!({}),
                "node() { id() ...F }",
            ),
            ("{ organization { name @skip(if: true) } }", json!({}), "organization() { -__typename() }"),
            ("{ version @skip(if: true) }", json!({}), "-__typename()"),
            (
                "query ($v: [Int]) { a(b: $v) c(b: $v) }",
                json!({ "v": [1, 2, 3, 4] }),
                "the variables write more than 9 values into the query; ask for less at a time",
            ),
        ];
        for (query, given, expected) in table {
            assert_eq!(check(query, given.clone()), expected, "{query} {given}");
        }
    }
}
