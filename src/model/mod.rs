//! What an organisation is: kinds, relations and which kinds each may join, identifiers, validity, changes.
//!
//! Floor 0: no input or output, no async, no framework. Every newtype validates on every way in,
//! deserialisation included, so a value that exists is a value that is right.

mod annex;
mod attribute;
mod change;
mod characters;
mod code;
mod date;
mod dated_value;
mod definition;
mod disclosure;
mod exemption;
mod kind;
mod label;
mod labels;
mod month;
mod organization;
mod origin;
mod percent;
mod personal_data;
mod relation;
mod reviewed;
mod rules;
mod task;
mod unfit_text;
mod writing;

pub use annex::{Annex, AnnexKey};
pub use attribute::{
    AttributeCatalog, AttributeDeclaration, AttributeError, AttributeId, AttributeType, AttributeValue,
    parse_flag,
};
pub use change::Change;
pub use characters::{breaks_line, changes_direction, is_invisible};
pub use code::{CodeError, CreditCodeFault, DivisionCode, OrganizationId, UnifiedSocialCreditCode};
pub use date::{Date, DateError, Validity, month_before, parse_date, today, until_tomorrow};
pub use dated_value::{DatedAttribute, DatedValue, DatedValueKey};
pub use definition::{IndicatorDefinition, MAX_DEFINITION_BYTES, MAX_DEFINITIONS};
pub use disclosure::{Disclosure, DisclosureError};
pub use exemption::{Exemption, ExemptionKey};
pub use kind::{KindSet, OperatingStatus, OrganizationCategory, OrganizationKind};
pub use label::{Label, Language};
pub use labels::EnumLabels;
pub use month::Month;
pub use organization::{MAX_COUNT, Organization};
pub use origin::{COMMAND_LINE, Door, IMPORT_REASON, Network, Origin, reason_without_files};
pub use percent::{Percentage, rounded_half_up};
pub use personal_data::{
    PersonalData, PersonalNumber, is_personal_column, is_province, mask_personal_numbers, personal_data_in,
    personal_numbers,
};
pub use relation::{Relation, RelationKey, RelationMode, RelationType};
pub use reviewed::{ReviewedError, ReviewedNumber, ReviewedNumbers, Withdrawal};
pub use rules::{
    MAX_TEXT_BYTES, RelationRule, Violation, check_organization, check_relation, relation_rules,
};
pub use task::{NamedOrganization, Task, TaskError, TaskFault, TaskId, TaskState, TaskStep, told_reason};
pub use unfit_text::{
    UnfitText, check_new_credit_code, check_new_id, check_text, check_text_but, unfit_text_in,
};
pub use writing::{other_writings, simplified, traditional};
