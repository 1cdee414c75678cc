use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use super::contents::{Contents, SYNTHETIC};
use super::field::{FieldType, FieldValue};
use super::left_out::LeftOut;
use crate::model::{AttributeValue, Date, DatedValue, Exemption};
use crate::new_file::{NewFile, WriteError};

/// How many rows are held in memory at once; a row group of the file.
const ROWS_A_GROUP: usize = 65_536;

/// Writes a folder of Parquet files, one a table, columns named and typed as ledgers have them.
pub(super) fn write(contents: &Contents<'_>, folder: &Path) -> Result<LeftOut, WriteError> {
    let files = [
        file(contents, folder, "organizations", &organization_columns(contents), |table| {
            contents.organizations().try_for_each(|organization| {
                let organization = organization?;
                let id = std::iter::once(Some(text(organization.id.as_str())));
                let fields = contents.organization_fields.iter().map(|field| field.of(&organization));
                table.row(id.chain(fields))
            })
        })?,
        file(contents, folder, "relations", &relation_columns(contents), |table| {
            contents.edges().try_for_each(|edge| {
                let edge = edge?;
                let ends = [&edge.relation.source, &edge.relation.target].map(|id| Some(text(id.as_str())));
                let fields = contents.relation_fields.iter().map(|field| field.of(&edge));
                table.row(ends.into_iter().chain(fields))
            })
        })?,
        file(contents, folder, "exemptions", &exemption_columns(), |table| {
            contents.organizations().try_for_each(|organization| {
                let organization = organization?;
                contents
                    .exemptions(&organization)
                    .try_for_each(|exemption| table.row(exemption_row(exemption)))
            })
        })?,
        file(contents, folder, "values", &value_columns(), |table| {
            contents.organizations().try_for_each(|organization| {
                let organization = organization?;
                contents.values(&organization).try_for_each(|value| table.row(value_row(value)))
            })
        })?,
    ];
    files.into_iter().try_for_each(NewFile::publish)?;
    Ok(contents.left_out(true, true))
}

type Columns<'a> = Vec<(&'a str, FieldType)>;

fn organization_columns<'a>(contents: &'a Contents<'_>) -> Columns<'a> {
    let fields = contents.organization_fields.iter().map(|field| (&*field.name, field.field_type));
    std::iter::once(("id", FieldType::Text)).chain(fields).collect()
}

fn relation_columns<'a>(contents: &'a Contents<'_>) -> Columns<'a> {
    let fields = contents.relation_fields.iter().map(|field| (&*field.name, field.field_type));
    [("source", FieldType::Text), ("target", FieldType::Text)].into_iter().chain(fields).collect()
}

fn exemption_columns() -> Columns<'static> {
    let texts = ["indicator", "unit", "reason", "granted_by"].map(|name| (name, FieldType::Text));
    texts.into_iter().chain(["granted_on", "until"].map(|name| (name, FieldType::Day))).collect()
}

fn exemption_row(exemption: &Exemption) -> [Option<FieldValue>; 6] {
    let Exemption { unit, indicator, granted_on, until, reason, granted_by } = exemption;
    [
        Some(text(indicator)),
        Some(text(unit.as_str())),
        Some(text(reason)),
        Some(text(granted_by)),
        Some(day(*granted_on)),
        until.map(day),
    ]
}

/// The value is text, since a column has one type and attributes have several.
fn value_columns() -> Columns<'static> {
    use FieldType::{Day, Text};
    let columns = [("organization", Text), ("attribute", Text), ("value", Text), ("valid_from", Day)];
    columns.into_iter().chain([("valid_to", Day), ("source", Text)]).collect()
}

fn value_row(dated: &DatedValue) -> [Option<FieldValue>; 6] {
    let DatedValue { organization, attribute, value, validity, source } = dated;
    [
        Some(text(organization.as_str())),
        Some(text(attribute.name())),
        Some(text(&value.to_string())),
        validity.from().map(day),
        validity.to().map(day),
        source.as_deref().map(text),
    ]
}

fn text(text: &str) -> FieldValue {
    FieldValue::One(AttributeValue::Code(text.into()))
}

fn day(day: Date) -> FieldValue {
    FieldValue::One(AttributeValue::Date(day))
}

fn file(
    contents: &Contents<'_>,
    folder: &Path,
    name: &str,
    columns: &[(&str, FieldType)],
    rows: impl FnOnce(&mut Table<'_>) -> io::Result<()>,
) -> Result<NewFile, WriteError> {
    NewFile::write(folder, format!("{name}.parquet"), |to| {
        let said = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
        let generated = contents.is_synthetic().then(|| said("generated", SYNTHETIC));
        let classification = contents.classification.map(|label| said("classification", label));
        let marks: Vec<_> = classification.into_iter().chain(generated).collect();
        let properties = WriterProperties::builder()
            .set_created_by("Orgatlas".to_owned())
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata((!marks.is_empty()).then_some(marks))
            .build();
        let schema = parse_message_type(&schema(name, columns)).map_err(io::Error::other)?;
        let file =
            SerializedFileWriter::new(to as &mut (dyn Write + Send), Arc::new(schema), properties.into());
        let columns = columns.iter().map(|(_, field_type)| Column::new(*field_type)).collect();
        let mut table = Table { file: file.map_err(io::Error::other)?, columns, rows: 0 };
        rows(&mut table)?;
        table.write_group().map_err(io::Error::other)?;
        table.file.close().map_err(io::Error::other)?;
        Ok(())
    })
}

fn schema(name: &str, columns: &[(&str, FieldType)]) -> String {
    let columns = columns.iter().map(|(name, field_type)| match field_type {
        FieldType::Text => format!("optional binary {name} (UTF8);"),
        FieldType::Texts => format!(
            "optional group {name} (LIST) {{ repeated group list {{ required binary element (UTF8); }} }}"
        ),
        FieldType::Flag => format!("optional boolean {name};"),
        FieldType::Count => format!("optional int32 {name};"),
        FieldType::Integer => format!("optional int64 {name};"),
        FieldType::Decimal => format!("optional double {name};"),
        FieldType::Day => format!("optional int32 {name} (DATE);"),
    });
    format!("message {name} {{ {} }}", columns.collect::<String>())
}

/// A file that is being written, with the rows that are not in it yet.
struct Table<'a> {
    file: SerializedFileWriter<&'a mut (dyn Write + Send)>,
    columns: Vec<Column>,
    rows: usize,
}

/// Values of a column, without those that are not there, and the levels that say where they are.
struct Column {
    values: Values,
    /// How much of each entry there is: nothing, or a value of a list or of the column itself.
    definition: Vec<i16>,
    /// Of a list, whether an entry goes on with the list of the one before.
    repetition: Option<Vec<i16>>,
}

enum Values {
    Texts(Vec<ByteArray>),
    Flags(Vec<bool>),
    Counts(Vec<i32>),
    Integers(Vec<i64>),
    Decimals(Vec<f64>),
}

impl Table<'_> {
    fn row(&mut self, values: impl IntoIterator<Item = Option<FieldValue>>) -> io::Result<()> {
        self.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        self.rows += 1;
        if self.rows == ROWS_A_GROUP { self.write_group().map_err(io::Error::other) } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            if let Some(writer) = group.next_column()? {
                column.write(writer)?;
            }
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl Column {
    fn new(field_type: FieldType) -> Self {
        let values = match field_type {
            FieldType::Text | FieldType::Texts => Values::Texts(Vec::new()),
            FieldType::Flag => Values::Flags(Vec::new()),
            FieldType::Count | FieldType::Day => Values::Counts(Vec::new()),
            FieldType::Integer => Values::Integers(Vec::new()),
            FieldType::Decimal => Values::Decimals(Vec::new()),
        };
        let repetition = (field_type == FieldType::Texts).then(Vec::new);
        Self { values, definition: Vec::new(), repetition }
    }

    fn push(&mut self, value: Option<FieldValue>) {
        match value {
            None => self.level(0, 0),
            Some(FieldValue::One(value)) => {
                self.level(1, 0);
                self.values.push(&value);
            }
            Some(FieldValue::Texts(texts)) => {
                for (number, text) in texts.into_iter().enumerate() {
                    self.level(2, i16::from(number > 0));
                    self.values.push(&AttributeValue::Code(text));
                }
            }
        }
    }

    fn level(&mut self, definition: i16, repetition: i16) {
        self.definition.push(definition);
        if let Some(levels) = &mut self.repetition {
            levels.push(repetition);
        }
    }

    /// Writes the values that are held, and forgets them.
    fn write(&mut self, mut to: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = (self.definition.as_slice(), self.repetition.as_deref());
        match &mut self.values {
            Values::Texts(values) => write_values::<ByteArrayType>(&mut to, values, levels)?,
            Values::Flags(values) => write_values::<BoolType>(&mut to, values, levels)?,
            Values::Counts(values) => write_values::<Int32Type>(&mut to, values, levels)?,
            Values::Integers(values) => write_values::<Int64Type>(&mut to, values, levels)?,
            Values::Decimals(values) => write_values::<DoubleType>(&mut to, values, levels)?,
        }
        self.definition.clear();
        if let Some(levels) = &mut self.repetition {
            levels.clear();
        }
        to.close()
    }
}

fn write_values<T: DataType>(
    to: &mut SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    (definition, repetition): (&[i16], Option<&[i16]>),
) -> Result<(), ParquetError> {
    to.typed::<T>().write_batch(values, Some(definition), repetition)?;
    values.clear();
    Ok(())
}

impl Values {
    /// Adds a value, which is of the type of the column.
    fn push(&mut self, value: &AttributeValue) {
        match (self, value) {
            (Self::Texts(texts), value) => texts.push(ByteArray::from(value.to_string().into_bytes())),
            (Self::Flags(flags), AttributeValue::Flag(flag)) => flags.push(*flag),
            // A count is at most what GraphQL's `Int` holds.
            (Self::Counts(counts), AttributeValue::Integer(count)) => {
                counts.push(i32::try_from(*count).unwrap_or(i32::MAX));
            }
            (Self::Counts(days), AttributeValue::Date(day)) => days.push(days_since_1970(*day)),
            (Self::Integers(numbers), AttributeValue::Integer(number)) => numbers.push(*number),
            (Self::Decimals(numbers), AttributeValue::Number(number)) => numbers.push(*number),
            _ => {}
        }
    }
}

fn days_since_1970(day: Date) -> i32 {
    let span = Date::constant(1970, 1, 1).until(day);
    span.map_or(0, |span| span.get_days())
}
