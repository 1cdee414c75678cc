//! Conditions in the words of users: what `describe` says in the names that rules are written in, in Chinese.

use crate::graph::{Direction, Operand};
use crate::model::{
    AttributeCatalog, EnumLabels, KindSet, Language, OrganizationKind, RelationType, traditional,
};

use super::{Compare, Comparison, Condition, Quantifier, Related, RuleValue};

impl Condition {
    /// The condition as users read it; in English in the words of the rule.
    pub fn written(&self, language: Language, attributes: &AttributeCatalog) -> String {
        in_language(language, || Words { attributes }.said_of(self), || self.to_string())
    }
}

/// A text in a language, of which the traditional writing follows from the simplified.
pub(super) fn in_language(
    language: Language,
    simplified: impl FnOnce() -> String,
    english: impl FnOnce() -> String,
) -> String {
    match language {
        Language::ZhHans => simplified(),
        Language::ZhHant => traditional(&simplified()),
        Language::En => english(),
    }
}

/// How users read a value of an enum.
pub(super) fn label<'v>(of: &str, value: &'v str) -> &'v str {
    EnumLabels::of(of).and_then(|labels| labels.simplified(value)).unwrap_or(value)
}

/// Says conditions in simplified Chinese.
struct Words<'a> {
    attributes: &'a AttributeCatalog,
}

impl Words<'_> {
    /// What a condition says of an organisation.
    fn said_of(&self, condition: &Condition) -> String {
        match condition {
            Condition::Kind(kinds) => format!("属于{}", kind_names(kinds)),
            Condition::Designation(designation) => format!("标识为{}", label("Designation", designation)),
            Condition::OperatingStatus(statuses) => {
                let names = statuses.iter().map(|status| label("OperatingStatus", status.name()));
                format!("经营状态为{}", names.collect::<Vec<_>>().join("或"))
            }
            Condition::Compare(compare) => self.compared(compare),
            Condition::Related(related) => self.related(related),
            Condition::Within(id) => format!("位于 {id} 范围内"),
            Condition::All(parts) if parts.is_empty() => "不限".to_owned(),
            Condition::All(parts) => self.joined(parts, "，且", |part| matches!(part, Condition::Any(_))),
            Condition::Any(parts) if parts.is_empty() => "无从满足".to_owned(),
            Condition::Any(parts) => self.joined(parts, "，或", |part| matches!(part, Condition::All(_))),
            Condition::Not(inner) => format!("不符合“{}”", self.said_of(inner)),
        }
    }

    fn joined(&self, parts: &[Condition], between: &str, bracketed: impl Fn(&Condition) -> bool) -> String {
        let said = |part: &Condition| match bracketed(part) {
            true => format!("（{}）", self.said_of(part)),
            false => self.said_of(part),
        };
        parts.iter().map(said).collect::<Vec<_>>().join(between)
    }

    fn compared(&self, Compare { operand, comparison, value }: &Compare) -> String {
        if let (Comparison::Equal, RuleValue::Flag(flag)) = (comparison, value) {
            return format!("{}：{}", self.operand(operand), if *flag { "是" } else { "否" });
        }
        let comparison: &str = comparison.into();
        format!("{}{} {value}", self.operand(operand), label("Comparison", comparison))
    }

    fn operand(&self, operand: &Operand) -> String {
        let name = match operand {
            Operand::Members => "党员数（正式党员优先）",
            Operand::PartyMembers => label("OrganizationOrderField", "PARTY_MEMBERS"),
            Operand::FullMembers => label("OrganizationOrderField", "FULL_MEMBERS"),
            Operand::Employees => label("OrganizationOrderField", "EMPLOYEES"),
            Operand::FloorAreaM2 => label("OrganizationOrderField", "FLOOR_AREA_M2"),
            Operand::AnnualIncomeCny => label("OrganizationOrderField", "ANNUAL_INCOME_CNY"),
            Operand::Industry => label("OrganizationGroupKey", "INDUSTRY"),
            Operand::EstablishedOn => label("OrganizationOrderField", "ESTABLISHED_ON"),
            Operand::DissolvedOn => label("OrganizationOrderField", "DISSOLVED_ON"),
            Operand::Declared(id) => {
                return self
                    .attributes
                    .get(id.as_str())
                    .map_or_else(|| id.to_string(), |a| a.name.simplified.clone());
            }
        };
        name.to_owned()
    }

    fn related(&self, related: &Related) -> String {
        let modes: Vec<_> = related.modes.iter().map(|mode| label("RelationMode", mode.name())).collect();
        let modes = if modes.is_empty() { String::new() } else { format!("（{}）", modes.join("或")) };
        let phrase = |to: &str| format!("{}{modes}", phrase(related.relation_type, related.direction, to));
        match related.quantifier {
            Quantifier::Some => phrase(&self.named(&related.to)),
            Quantifier::None => format!("不得{}", phrase(&self.named(&related.to))),
            Quantifier::AtLeast => {
                format!("{}，不少于 {} 个", phrase(&self.named(&related.to)), related.count())
            }
            Quantifier::AtMost => {
                format!("{}，不多于 {} 个", phrase(&self.named(&related.to)), related.count())
            }
            Quantifier::Every => {
                format!("凡{}，均须{}", phrase("某组织"), self.said_of(&related.to))
            }
        }
    }

    /// The organisations of which a condition holds.
    fn named(&self, condition: &Condition) -> String {
        match condition {
            Condition::Kind(kinds) => kind_names(kinds),
            Condition::All(parts) => {
                let (kinds, others): (Vec<_>, Vec<_>) =
                    parts.iter().partition(|part| matches!(part, Condition::Kind(_)));
                let name = match kinds.as_slice() {
                    [kinds] => self.named(kinds),
                    _ => "组织".to_owned(),
                };
                let others: Vec<_> = others.into_iter().map(|part| self.said_of(part)).collect();
                if others.is_empty() { name } else { format!("{name}（{}）", others.join("，且")) }
            }
            other => format!("组织（{}）", self.said_of(other)),
        }
    }
}

/// Kinds by name; the two groups that the glossary names go by their names.
fn kind_names(kinds: &[OrganizationKind]) -> String {
    let set: KindSet = kinds.iter().copied().collect();
    let group = KindSet::PARTY_ORGANIZATIONS;
    let (first, others) = match group.without(set) == KindSet::EMPTY {
        true => (Some("党组织"), set.without(group)),
        false => (None, set),
    };
    let others = others.iter().map(|kind| label("OrganizationKind", kind.name()));
    let names: Vec<_> = first.into_iter().chain(others).collect();
    match names.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{}或{last}", others.join("、")),
        names => names.concat(),
    }
}

/// That an organisation is related to some others.
fn phrase(relation_type: RelationType, direction: Direction, to: &str) -> String {
    use RelationType as T;
    match (relation_type, direction) {
        (T::PartOf, Direction::Out) => format!("隶属于{to}"),
        (T::PartOf, Direction::In) => format!("下设{to}"),
        (T::LocatedIn, Direction::Out) => format!("坐落于{to}"),
        (T::LocatedIn, Direction::In) => format!("范围内有{to}"),
        (T::LocatedIn, Direction::Both) => format!("坐落于{to}或范围内有{to}"),
        (T::SubordinateTo, Direction::Out) => format!("上级为{to}"),
        (T::SubordinateTo, Direction::In) => format!("下级有{to}"),
        (T::Organizes, Direction::Out) => format!("组建于{to}"),
        (T::Organizes, Direction::In) => format!("建有{to}"),
        (T::Instructs, Direction::Out) => format!("向{to}选派指导员"),
        (T::Instructs, Direction::In) => format!("由{to}选派指导员"),
        (T::MemberOf, Direction::Out) => format!("加入{to}"),
        (T::MemberOf, Direction::In) => format!("成员有{to}"),
        (T::Leads, Direction::Out) => format!("引领{to}"),
        (T::Leads, Direction::In) => format!("由{to}引领"),
        (T::OperatesIn, Direction::Out) => format!("所属行业为{to}"),
        (T::OperatesIn, Direction::In) => format!("业内有{to}"),
        (T::InChain, Direction::Out) => format!("所属产业链为{to}"),
        (T::InChain, Direction::In) => format!("链上有{to}"),
        (T::ManagedBy, Direction::Out) => format!("由{to}属地管理"),
        (T::ManagedBy, Direction::In) => format!("属地管理{to}"),
        (T::GuidedBy, Direction::Out) => format!("由{to}行业指导"),
        (T::GuidedBy, Direction::In) => format!("行业指导{to}"),
        (T::Serves, Direction::Out) => format!("服务{to}"),
        (T::Serves, Direction::In) => format!("由{to}服务"),
        (T::Chairs, Direction::Out) => format!("轮值主持{to}"),
        (T::Chairs, Direction::In) => format!("由{to}轮值主持"),
        (T::JoinsLocality, Direction::Out) => format!("融入{to}"),
        (T::JoinsLocality, Direction::In) => format!("有{to}融入"),
        (T::ResponsibleFor, Direction::Out) => format!("负责{to}"),
        (T::ResponsibleFor, Direction::In) => format!("由{to}负责"),
        (T::PartnersWith, _) => format!("与{to}共建"),
        (other, Direction::Both) => format!("与{to}有“{}”关系", label("RelationType", other.name())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::IndicatorCatalog;

    fn attributes() -> AttributeCatalog {
        AttributeCatalog::from_toml(include_str!("../../graph-data/attributes.toml")).unwrap()
    }

    #[test]
    fn rules_are_said_in_chinese() {
        let table = [
            (r#"{ kind = ["COMMUNITY", "VILLAGE"] }"#, "属于社区或村"),
            (r#"{ designation = "RED_WORKSHOP" }"#, "标识为红色车间"),
            (r#"{ operating_status = ["OPERATING"] }"#, "经营状态为在营"),
            (r#"{ within = "cn-370114" }"#, "位于 cn-370114 范围内"),
            (r#"{ all = [] }"#, "不限"),
            (
                r#"{ compare = { operand = "floor_area_m2", comparison = "AT_LEAST", value = 600 } }"#,
                "面积（平方米）不少于 600",
            ),
            (
                r#"{ compare = { operand = "boundary_clear", comparison = "EQUAL", value = true } }"#,
                "边界清晰：是",
            ),
            (
                r#"{ related = { type = "ORGANIZES", direction = "IN", modes = ["STANDALONE", "JOINT"], to = { kind = ["PARTY_BRANCH"] } } }"#,
                "建有党支部（单独组建或联合组建）",
            ),
            (
                r#"{ related = { type = "MEMBER_OF", direction = "OUT", quantifier = "AT_LEAST", count = 2 } }"#,
                "加入组织，不少于 2 个",
            ),
            (
                r#"{ related = { type = "PART_OF", direction = "IN", quantifier = "EVERY", to = { any = [{ not = { kind = ["WORK_TEAM"] } }, { all = [{ designation = "LARGE" }, { kind = ["WORK_TEAM"] }] }] } } }"#,
                "凡下设某组织，均须不符合“属于班组”，或（标识为大型，且属于班组）",
            ),
        ];
        for (rule, words) in table {
            let rule: std::collections::BTreeMap<String, Condition> =
                toml::from_str(&format!("rule = {rule}")).unwrap();
            assert_eq!(rule["rule"].written(Language::ZhHans, &attributes()), words);
        }
    }

    #[test]
    fn no_rule_of_the_bundled_indicators_is_half_english() {
        let attributes = attributes();
        for indicator in IndicatorCatalog::core().unwrap().iter() {
            for condition in indicator.forms.iter().map(|form| &form.when).chain([&indicator.population]) {
                let said = condition.written(Language::ZhHans, &attributes);
                assert!(!said.contains(|c: char| c.is_ascii_alphabetic()), "{}: {said}", indicator.id);
                assert_eq!(condition.written(Language::ZhHant, &attributes), traditional(&said));
                assert_eq!(condition.written(Language::En, &attributes), condition.to_string());
            }
        }
    }
}
