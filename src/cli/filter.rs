use clap::Args;
use serde_json::{Value, json};

use super::report::Field;

/// Which units of a population are counted; one that says nothing of what is asked is of unknown membership.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only units of this sector, as ledgers name it; given again, of any of them
    #[arg(long = "industry", value_name = "NAME")]
    industries: Vec<String>,
    /// Only units with this designation; given again, with any of them
    #[arg(long = "designation", value_name = "NAME")]
    designations: Vec<String>,
    /// Only units of this size band of the programme, such as members-3; given again, of any of them
    #[arg(long = "size-band", value_name = "ID")]
    size_bands: Vec<String>,
}

impl Filter {
    /// The filter as GraphQL takes it; null where everything passes.
    pub(super) fn variable(&self) -> Value {
        let some = |names: &[String]| (!names.is_empty()).then(|| json!(names));
        let fields = [
            ("industries", some(&self.industries)),
            ("designations", some(&self.designations)),
            ("sizeBands", some(&self.size_bands)),
        ];
        let given = fields.into_iter().filter_map(|(field, names)| Some((field.to_owned(), names?)));
        let given: serde_json::Map<_, _> = given.collect();
        if given.is_empty() { Value::Null } else { Value::Object(given) }
    }

    /// The line of a report that says what passes; none where everything does.
    pub(super) fn line(&self) -> Option<Field> {
        let parts = [
            ("industry", "行业", &self.industries),
            ("designation", "标识", &self.designations),
            ("size band", "规模", &self.size_bands),
        ];
        let given = || parts.iter().filter(|(_, _, names)| !names.is_empty());
        let said: Vec<_> =
            given().map(|(english, _, names)| format!("{english} {}", names.join(" or "))).collect();
        let printed: Vec<_> =
            given().map(|(_, chinese, names)| format!("{chinese} {}", names.join("、"))).collect();
        (!said.is_empty()).then(|| {
            Field::Coded(format!("only {}", said.join(", ")), format!("筛选：{}", printed.join("；")))
        })
    }
}
