use std::fs;
use std::path::Path;

use super::{Base, Format, Part, PartError, write, write_parquet};
use crate::graph::Graph;
use crate::model::{
    Annex, AttributeCatalog, AttributeValue, Change, Date, DatedAttribute, DatedValue, Exemption, KindSet,
    Organization, OrganizationKind as K, Relation, RelationMode, RelationType as T, Validity,
};

fn catalog() -> AttributeCatalog {
    let declaration = "[[attribute]]\nid = \"social_workers\"\ntype = \"integer\"\n\
                       name = { simplified = \"社工\", traditional = \"社工\", english = \"social workers\" }\n";
    AttributeCatalog::from_toml(declaration).unwrap()
}

fn organization(id: &str, kind: K, name: &str) -> Organization {
    Organization::new(id.parse().unwrap(), kind, name)
}

fn day(year: i16) -> Option<Date> {
    Some(Date::constant(year, 1, 1))
}

/// An enterprise with all that may be recorded, in a building, with a branch, a workshop and an association.
fn changes() -> Vec<Change> {
    let mut enterprise = organization("ent-1", K::Enterprise, "示例<制造>&\u{1}\"有限\"公司");
    enterprise.name_en = Some("Example\r\nworks".into());
    enterprise.aliases = vec!["=1+1".into(), "示例".into()];
    enterprise.employees = Some(80);
    enterprise.floor_area_m2 = Some(812.5);
    enterprise.designations = ["TWO_NEW".into()].into();
    enterprise.life = Validity::new(day(2000), day(2030)).unwrap();
    enterprise.synthetic = true;
    enterprise.sources = vec!["generated".into()];
    enterprise.attributes = [("social_workers".parse().unwrap(), AttributeValue::Integer(i64::MAX))].into();
    let organizations = [
        organization("cn-370114", K::District, "章丘区"),
        organization("tower", K::OfficeBuilding, "示例大厦"),
        enterprise,
        organization("shop", K::Workshop, "示例车间"),
        organization("branch", K::PartyBranch, "示例党支部"),
        organization("guild", K::IndustryAssociation, "示例协会"),
    ];
    let relation = |source: &str, relation_type, target: &str| {
        Relation::new(source.parse().unwrap(), relation_type, target.parse().unwrap())
    };
    let mut organizes = relation("branch", T::Organizes, "ent-1");
    organizes.mode = Some(RelationMode::Standalone);
    let mut member = relation("ent-1", T::MemberOf, "guild");
    member.validity = Validity::new(day(2020), day(2024)).unwrap();
    member.citation = Some("a \"citation\"".into());
    let relations = [
        relation("tower", T::LocatedIn, "cn-370114"),
        relation("ent-1", T::LocatedIn, "tower"),
        relation("shop", T::PartOf, "ent-1"),
        organizes,
        member,
    ];
    let exemption = Exemption {
        unit: "ent-1".parse().unwrap(),
        indicator: "own rule".into(),
        granted_on: Date::constant(2023, 6, 1),
        until: day(2025),
        reason: "停产搬迁".into(),
        granted_by: "区委组织部".into(),
    };
    let value = DatedValue {
        organization: "ent-1".parse().unwrap(),
        attribute: DatedAttribute::Employees,
        value: AttributeValue::Integer(75),
        validity: Validity::new(day(2022), day(2023)).unwrap(),
        source: Some("年报".into()),
    };
    let annexes = [Annex::Exemption(exemption), Annex::Value(value)];
    let organizations = organizations.into_iter().map(|o| Change::PutOrganization(Box::new(o)));
    let relations = relations.into_iter().map(Change::PutRelation);
    let annexes = annexes.into_iter().map(|annex| Change::PutAnnex(Box::new(annex)));
    organizations.chain(relations).chain(annexes).collect()
}

fn graph() -> Graph {
    let mut graph = Graph::new();
    graph.apply(&changes()).unwrap();
    graph
}

/// What is written of a graph, and what is said to be left out.
fn written(graph: &Graph, format: &Format) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let left_out = write(graph, &catalog(), format, None, &path).unwrap();
    format!("{}\nleft out: {left_out}\n", fs::read_to_string(&path).unwrap())
}

#[test]
fn each_format_holds_what_it_can_and_says_what_it_cannot() {
    let formats = [
        ("graphml", Format::GraphMl),
        ("gexf", Format::Gexf),
        ("cytoscape", Format::Cytoscape),
        ("turtle", Format::Turtle(Base::default())),
        ("json-ld", Format::JsonLd("https://data.example.org/".parse().unwrap())),
    ];
    for (name, format) in formats {
        insta::assert_snapshot!(name, written(&graph(), &format));
    }
}

#[test]
fn the_same_graph_gives_the_same_bytes_whatever_its_history() {
    let mut other = Graph::new();
    let (organizations, rest): (Vec<_>, Vec<_>) =
        changes().into_iter().partition(|change| matches!(change, Change::PutOrganization(_)));
    for change in organizations.iter().rev().chain(rest.iter().rev()) {
        other.apply(std::slice::from_ref(change)).unwrap();
    }
    for format in [Format::GraphMl, Format::Gexf, Format::Cytoscape, Format::Turtle(Base::default())] {
        assert_eq!(written(&graph(), &format), written(&other, &format), "{format:?}");
    }
    let bytes = |graph: &Graph| {
        let folder = tempfile::tempdir().unwrap();
        write_parquet(graph, &catalog(), None, folder.path()).unwrap();
        let read = |path: &Path| fs::read(path).unwrap();
        ["organizations", "relations", "exemptions", "values"]
            .map(|table| read(&folder.path().join(format!("{table}.parquet"))))
    };
    let files = bytes(&graph());
    assert_eq!(files, bytes(&other));
    assert!(files.iter().all(|file| file.starts_with(b"PAR1") && file.ends_with(b"PAR1")));
}

#[test]
fn a_part_is_what_stands_within_a_root_so_many_steps_away_on_a_day() {
    let ids = |root: Option<&str>, depth, kinds: &[K], year: Option<i16>| {
        let kinds = (!kinds.is_empty()).then(|| KindSet::of(kinds));
        let part = Part { root: root.map(str::to_owned), depth, kinds, as_of: year.and_then(day) };
        let (graph, left_out) = part.of(&graph())?;
        let ids: Vec<_> = graph.organizations().map(|o| o.id.to_string()).collect();
        let relations = graph.relation_count();
        Ok(format!("{} | {relations} | {} | {left_out}", ids.join(" "), graph.annex_count()))
    };
    type Case<'a> = (Option<&'a str>, Option<u32>, &'a [K], Option<i16>, &'a str);
    let table: [Case<'_>; 6] = [
        (
            None,
            None,
            &[K::Enterprise, K::Workshop],
            None,
            "ent-1 shop | 1 | 2 | 3 relations that lead out of the part",
        ),
        (Some("tower"), None, &[], None, "ent-1 shop tower | 2 | 2 | 3 relations that lead out of the part"),
        (Some("tower"), Some(1), &[], None, "ent-1 tower | 1 | 2 | 4 relations that lead out of the part"),
        (
            Some("cn-370114"),
            Some(3),
            &[K::Workshop],
            None,
            "cn-370114 shop | 0 | 0 | 2 relations that lead out of the part",
        ),
        (None, None, &[], Some(2022), "branch cn-370114 ent-1 guild shop tower | 5 | 1 | "),
        (Some("ent-1"), None, &[], Some(2040), " | 0 | 0 | "),
    ];
    for (root, depth, kinds, year, expected) in table {
        assert_eq!(ids(root, depth, kinds, year).as_deref(), Ok(expected), "{root:?}");
    }
    assert_eq!(ids(Some("x"), None, &[], None), Err(PartError::Root("x".into())));
    assert_eq!(ids(None, Some(1), &[], None), Err(PartError::NoRoot));
}

#[test]
fn a_base_is_an_iri_after_which_names_can_follow() {
    for base in ["https://data.example.org/", "https://data.example.org/a#", "urn:x:"] {
        assert!(base.parse::<Base>().is_ok(), "{base}");
    }
    for base in ["", "data.example.org/", "https://data.example.org", "https://a b/", "/"] {
        assert!(base.parse::<Base>().is_err(), "{base}");
    }
}

/// Attributes with the names of fields of ours, of formats, and of changed names; each value says whose it is.
#[test]
fn attributes_named_as_fields_of_formats_stand_beside_them() {
    const IDS: [&str; 14] = [
        "category",
        "label",
        "graphics",
        "value",
        "values",
        "exemptions",
        "parent",
        "suid",
        "x",
        "key",
        "attribute_label",
        "dated_income",
        "income",
        "list",
    ];
    let declared: String = IDS
        .iter()
        .map(|id| {
            let name = format!("{{ simplified = \"{id}\", traditional = \"{id}\", english = \"{id}\" }}");
            format!("[[attribute]]\nid = \"{id}\"\ntype = \"code\"\nname = {name}\n")
        })
        .collect();
    let catalog = AttributeCatalog::from_toml(&declared).unwrap();
    let mut enterprise = organization("ent-1", K::Enterprise, "甲公司");
    for id in IDS {
        enterprise.attributes.insert(id.parse().unwrap(), AttributeValue::Code(format!("of {id}").into()));
    }
    let dated = DatedValue {
        organization: enterprise.id.clone(),
        attribute: DatedAttribute::Declared("income".parse().unwrap()),
        value: AttributeValue::Code("dated".into()),
        validity: Validity::new(day(2020), None).unwrap(),
        source: None,
    };
    let mut graph = Graph::new();
    let put = Change::PutOrganization(Box::new(enterprise));
    graph.apply(&[put, Change::PutAnnex(Box::new(Annex::Value(dated)))]).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let text = |format: Format| {
        write(&graph, &catalog, &format, None, &path).unwrap();
        fs::read_to_string(&path).unwrap()
    };
    // Names between quotes behind a mark, without regard to case, as many tools compare them.
    let unique = |text: &str, mark: &str| {
        let names: Vec<_> =
            text.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap().to_lowercase()).collect();
        let once: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(once.len(), names.len(), "{mark} {names:?}");
    };
    let graphml = text(Format::GraphMl);
    let nodes = graphml.split("<key id=\"e_").next().unwrap();
    unique(nodes, "<key id=\"");
    unique(nodes, "attr.name=\"");
    let gexf = text(Format::Gexf);
    let nodes = gexf.split("class=\"edge\"").next().unwrap();
    unique(nodes, "<attribute id=\"");
    unique(nodes, "title=\"");
    for id in IDS {
        let named = if ["income", "list"].contains(&id) { id.to_owned() } else { format!("attribute_{id}") };
        assert!(graphml.contains(&format!("<data key=\"n_{named}\">of {id}</data>")), "{named}: {graphml}");
        assert!(
            gexf.contains(&format!("<attvalue for=\"n_{named}\" value=\"of {id}\"/>")),
            "{named}: {gexf}"
        );
    }
    assert!(graphml.contains("<data key=\"n_label\">甲公司</data>"), "{graphml}");
    assert!(
        gexf.contains("<attvalue for=\"n_dated_income\" value=\"dated\" start=\"2020-01-01\"/>"),
        "{gexf}"
    );

    let cytoscape: serde_json::Value = serde_json::from_str(&text(Format::Cytoscape)).unwrap();
    let data = &cytoscape["elements"]["nodes"][0]["data"];
    assert_eq!(
        [
            &data["id"],
            &data["value"],
            &data["category"],
            &data["values"][0]["value"],
            &data["attribute_values"]
        ],
        ["ent-1", "ent-1", "UNIT", "dated", "of values"]
    );
    assert_eq!([&data["parent"], &data["exemptions"]], [&serde_json::Value::Null; 2]);
    assert_eq!(text(Format::Turtle(Base::default())).matches("\"of ").count(), IDS.len());

    let tables = folder.path().join("tables");
    write_parquet(&graph, &catalog, None, &tables).unwrap();
    let file = fs::File::open(tables.join("organizations.parquet")).unwrap();
    let reader = parquet::file::reader::SerializedFileReader::new(file).unwrap();
    let schema = parquet::file::reader::FileReader::metadata(&reader).file_metadata().schema();
    let names: Vec<_> = schema.get_fields().iter().map(|field| field.name().to_lowercase()).collect();
    let once: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(once.len(), names.len(), "{names:?}");
    assert!(names.contains(&"attribute_category".to_owned()) && names.contains(&"category".to_owned()));
}
