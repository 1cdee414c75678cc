use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, Selection, Value};

/// Writes the lists in the arguments of fields as texts; whether there are any.
pub(super) fn lists_as_texts(document: &mut Document) -> bool {
    let mut any = false;
    for definition in &mut document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                any |= selected(&mut operation.make_mut().selection_set);
            }
            Definition::FragmentDefinition(fragment) => {
                any |= selected(&mut fragment.make_mut().selection_set);
            }
            _ => {}
        }
    }
    any
}

fn selected(selections: &mut [Selection]) -> bool {
    let mut any = false;
    for selection in selections {
        any |= match selection {
            Selection::Field(field) => {
                let field = field.make_mut();
                let mut of_arguments = false;
                for argument in &mut field.arguments {
                    of_arguments |= as_text(&mut argument.make_mut().value);
                }
                selected(&mut field.selection_set) | of_arguments
            }
            Selection::InlineFragment(fragment) => selected(&mut fragment.make_mut().selection_set),
            Selection::FragmentSpread(_) => false,
        };
    }
    any
}

fn as_text(value: &mut Node<Value>) -> bool {
    if let Value::List(_) = value.as_ref() {
        let text = value.to_string();
        *value.make_mut() = Value::String(text);
        return true;
    }
    let mut any = false;
    if let Value::Object(_) = value.as_ref()
        && let Value::Object(fields) = value.make_mut()
    {
        for (_, inner) in fields {
            any |= as_text(inner);
        }
    }
    any
}
