use std::io::{self, Write};
use std::path::Path;

use super::annexes::{remove_others, rows, written_ledgers};
use super::{organizations, relations, written_columns};
use crate::graph::Graph;
use crate::ledger::annex_ledger::AnnexLedger;
use crate::ledger::column::{Columns, RelationColumn};
use crate::ledger::value::Value;
use crate::model::{AttributeCatalog, AttributeValue, Relation};
use crate::new_file::{NewFile, WriteError};

/// Writes a graph as `organizations.jsonl` and `relations.jsonl` in a folder, like [`write_csv`](super::write_csv).
///
/// Every line has every column: `null` where nothing is known, numbers in shortest form, lists as arrays.
///
/// # Errors
/// [`WriteError`] when the system does not let us write.
pub fn write_jsonl(graph: &Graph, catalog: &AttributeCatalog, folder: &Path) -> Result<(), WriteError> {
    let columns = Columns::new(catalog);
    let write = |to: &mut _| write_organizations(graph, &columns, to);
    let organizations = NewFile::write(folder, "organizations.jsonl", write)?;
    let relations = NewFile::write(folder, "relations.jsonl", |to| write_relations(graph, to))?;
    let ledgers = written_ledgers(graph);
    let annexes = ledgers.iter().map(|ledger| {
        NewFile::write(folder, format!("{}.jsonl", ledger.name()), |to| write_annexes(graph, *ledger, to))
    });
    let annexes: Vec<_> = annexes.collect::<Result<_, _>>()?;
    organizations.publish()?;
    relations.publish()?;
    annexes.into_iter().try_for_each(NewFile::publish)?;
    remove_others(folder, &ledgers, "jsonl")
}

pub(super) fn write_organizations(
    graph: &Graph,
    columns: &Columns<'_>,
    to: &mut impl Write,
) -> io::Result<()> {
    let written = written_columns(graph, columns);
    for organization in organizations(graph) {
        let organization = organization?;
        let members = written.iter().map(|c| (columns.name(*c), Value::of(&organization, *c, columns)));
        write_object(to, members)?;
    }
    Ok(())
}

pub(super) fn write_relations(graph: &Graph, to: &mut impl Write) -> io::Result<()> {
    for relation in relations(graph) {
        let (relation, implied) = relation?;
        let Relation { source, relation_type, target, mode, validity, citation } = relation;
        let values = [
            Value::Text(Some(source.into())),
            Value::Text(Some(relation_type.name().into())),
            Value::Text(Some(target.into())),
            Value::Text(mode.map(|mode| mode.name().into())),
            Value::Day(validity.from()),
            Value::Day(validity.to()),
            Value::Text(citation),
            Value::Flag(implied),
        ];
        write_object(to, RelationColumn::all().map(RelationColumn::name).zip(values))?;
    }
    Ok(())
}

pub(super) fn write_annexes(graph: &Graph, ledger: AnnexLedger, to: &mut impl Write) -> io::Result<()> {
    rows(graph, ledger).try_for_each(|row| write_object(to, ledger.columns().iter().copied().zip(row)))
}

fn write_object<'a>(to: &mut impl Write, members: impl Iterator<Item = (&'a str, Value)>) -> io::Result<()> {
    let mut before = '{';
    for (name, value) in members {
        write!(to, "{before}\"{name}\":")?;
        write_value(to, &value)?;
        before = ',';
    }
    to.write_all(b"}\n")
}

/// Writes numbers and flags as they are, and other values as strings. No floating point that is recorded is
/// infinite, so its digits are a JSON number too.
fn write_value(to: &mut impl Write, value: &Value) -> io::Result<()> {
    match value {
        Value::Texts(texts) => serde_json::to_writer(to, texts)?,
        Value::Count(Some(_))
        | Value::Decimal(Some(_))
        | Value::Flag(_)
        | Value::Attribute(Some(
            AttributeValue::Number(_) | AttributeValue::Integer(_) | AttributeValue::Flag(_),
        )) => write!(to, "{value}")?,
        Value::Text(Some(text)) => serde_json::to_writer(to, text)?,
        value => match value.to_string().as_str() {
            "" => to.write_all(b"null")?,
            text => serde_json::to_writer(to, text)?,
        },
    }
    Ok(())
}
