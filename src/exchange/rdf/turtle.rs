use std::io::{self, Write};

use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNode, Term as Node, Triple};
use oxttl::TurtleSerializer;

use super::describe::describe;
use super::name::{Base, Name, Space};
use super::{LeftOut, Object, datatype};
use crate::exchange::contents::Contents;

/// Writes Turtle.
pub(in crate::exchange) fn write(
    contents: &Contents<'_>,
    base: &Base,
    mut to: impl Write,
) -> io::Result<LeftOut> {
    let left_out = contents.left_out(true, true);
    if let Some(mark) = contents.mark() {
        writeln!(to, "# {mark}")?;
    }
    let mut serializer = TurtleSerializer::new();
    for space in Space::ALL {
        serializer = serializer.with_prefix(space.prefix(), space.iri(base)).map_err(io::Error::other)?;
    }
    let mut serializer = serializer.for_writer(to);
    describe(contents, |resource| {
        let subject = node(&resource.id, base);
        for class in &resource.classes {
            serializer.serialize_triple(&Triple::new(subject.clone(), rdf::TYPE, node(class, base)))?;
        }
        for (term, object) in &resource.statements {
            let object = object_node(object, base);
            serializer.serialize_triple(&Triple::new(subject.clone(), node(&term.name, base), object))?;
        }
        Ok(())
    })?;
    let mut to = serializer.finish()?;
    if !left_out.is_empty() {
        writeln!(to, "# not in this file: {left_out}")?;
    }
    Ok(left_out)
}

/// The base has been checked, and what follows it is written so that it is right.
fn node(name: &Name, base: &Base) -> NamedNode {
    NamedNode::new_unchecked(name.iri(base))
}

fn object_node(object: &Object, base: &Base) -> Node {
    match object {
        Object::Resource(name) => node(name, base).into(),
        Object::Named(text, language) => {
            Literal::new_language_tagged_literal_unchecked(text, *language).into()
        }
        Object::Value(text, value_type) => {
            let datatype = Name::fixed(Space::Xsd, datatype(*value_type));
            Literal::new_typed_literal(text, node(&datatype, base)).into()
        }
    }
}
