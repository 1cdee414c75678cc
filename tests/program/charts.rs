//! Charts of the district as files.

use crate::desk::{Desk, desk_with_district};

fn draw(desk: &Desk, options: &str, format: &str) -> Vec<u8> {
    let file = format!("chart.{format}");
    let font = desk.font();
    let command = format!(
        "diagram --data store --as-of 2024-06-30 {options} --font {font} --format {format} -o {file}"
    );
    let outcome = desk.run(&command);
    let path = desk.path().join(&file);
    assert_eq!(outcome.code, 0, "{command}: {}", outcome.stderr);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    bytes
}

#[test]
fn a_character_that_no_font_has_is_drawn_by_its_code_with_a_warning() {
    let desk = Desk::new();
    desk.write("in/organizations.csv", "id,kind,name\ncn-37,PROVINCE,甲\u{3FFFD}省\ncn-3701,CITY,乙市\n");
    desk.write("in/relations.csv", "source,type,target\ncn-3701,PART_OF,cn-37\n");
    desk.done("import --data store in");
    for format in ["svg", "png", "pdf"] {
        let font = desk.font();
        let outcome = desk.run(&format!(
            "diagram --data store --root cn-37 --font {font} --format {format} -o chart.{format}"
        ));
        assert_eq!(outcome.code, 0, "{format}: {}", outcome.stderr);
        for words in ["(U+3FFFD)", "\"甲\u{3FFFD}省\" of cn-37", "install a font", "fonts-babelstone-han"] {
            assert!(outcome.stderr.contains(words), "{format}: {words}: {}", outcome.stderr);
        }
    }
    let svg = desk.read("chart.svg");
    assert!(svg.contains("[U+3FFFD]省</text>") && svg.contains("1 个字符没有字体可用"), "{svg}");
    // Formats that other programs draw hold it as it is.
    for format in ["dot", "mermaid", "drawio"] {
        let font = desk.font();
        desk.done(&format!("diagram --data store --root cn-37 --font {font} --format {format} -o chart"));
        assert!(desk.read("chart").contains('\u{3FFFD}'), "{format}");
    }
}

/// Names that are markup, controls or scripts somewhere, and break nothing here.
const HOSTILE: [&str; 12] = [
    "第一行\u{2028}第二行",
    "1. 甲厂",
    "- 乙厂",
    "1) 丙厂",
    "A &amp; B &lt;c&gt; &#49;",
    "零\u{200B}宽\u{AD}厂",
    "%%{init: {\"securityLevel\": \"loose\"}}%%",
    "<img src=x onerror=alert(1)>",
    "]]> --> \\N \\G \\\\",
    "http://a.example/ www.b.example",
    "javascript:alert(1)",
    "ﬂ°°45¶ß `code` *em* [x](y) $$z$$",
];

#[test]
fn hostile_names_break_no_chart_in_any_format() {
    let desk = Desk::new();
    let rows: String = HOSTILE
        .iter()
        .enumerate()
        .map(|(number, name)| format!("u-{number},ENTERPRISE,\"{}\"\n", name.replace('"', "\"\"")))
        .collect();
    // Ids that the formats use for elements of their own.
    let rows =
        rows + "title,ENTERPRISE,甲\ndescription,ENTERPRISE,乙\nchart,ENTERPRISE,丙\nb1,ENTERPRISE,丁\n";
    desk.write(
        "in/organizations.csv",
        format!("id,kind,name\nt,INDUSTRY_ASSOCIATION,\"%%{{init}}%% <b>\"\n{rows}"),
    );
    let ids = (0..HOSTILE.len()).map(|number| format!("u-{number}"));
    let ids = ids.chain(["title", "description", "chart", "b1"].map(str::to_owned));
    let relations: String = ids.map(|id| format!("{id},MEMBER_OF,t\n")).collect();
    desk.write("in/relations.csv", format!("source,type,target\n{relations}"));
    desk.done("import --data store in");
    let options = "--root t --view membership --details id";
    for format in ["svg", "png", "pdf", "dot", "mermaid", "drawio"] {
        draw(&desk, options, format);
    }
    let svg = String::from_utf8(draw(&desk, options, "svg")).unwrap();
    let dark = String::from_utf8(draw(&desk, &format!("{options} --theme dark"), "svg")).unwrap();
    let page = format!("{svg}{dark}");
    let mut ids: Vec<_> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert!(all > 30 && ids.len() == all, "an id stands twice: {all} {}", ids.len());
    for link in svg.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.binary_search(&link).is_ok(), "{link} leads nowhere");
    }
    assert!(svg.contains("第一行 第二行"));
    let dot = String::from_utf8(draw(&desk, options, "dot")).unwrap();
    assert!(dot.contains("A &amp;amp; B &amp;lt;c"), "{dot}");
    assert!(
        dot.lines().all(|line| !line.contains('\u{2028}'))
            && dot.lines().count() == 2 * (HOSTILE.len() + 5) + 4
    );
    let mermaid = String::from_utf8(draw(&desk, options, "mermaid")).unwrap();
    assert!(
        !mermaid.contains("%%{") && mermaid.contains("1#46; 甲厂") && mermaid.contains("#45; 乙厂"),
        "{mermaid}"
    );
}

#[test]
fn links_that_would_run_a_script_are_refused() {
    let desk = desk_with_district();
    for links in ["javascript:alert(1)//", "JAVASCRIPT:x", "data:text/html,", "vbscript:x", "java\tscript:x"]
    {
        let arguments =
            ["diagram", "--data", "store", "--root", "cn-370114", "--format", "svg", "--links", links];
        let outcome = desk.run_with(&arguments);
        assert!(outcome.code == 2 && outcome.stderr.contains("links "), "{links}: {}", outcome.stderr);
        let query = format!("{{ diagram(root: \"cn-370114\", links: {links:?}) {{ text }} }}");
        let outcome = desk.run_with(&["query", "--data", "store", &query]);
        assert!(outcome.stdout.contains("BAD_USER_INPUT"), "{links}: {}", outcome.stdout);
    }
}

#[test]
fn the_whole_party_of_the_district_is_drawn() {
    let desk = desk_with_district();
    let all = "--root zq-party-committee --view party --depth 12 --limit 100000";
    let svg = String::from_utf8(draw(&desk, all, "svg")).unwrap();
    let boxes = svg.matches("<a id=").count();
    assert!(boxes > 3000, "{boxes}");
    for (name, of) in [("示例清照社区党委", "a committee"), ("明水街道党工委", "a working committee")]
    {
        assert!(svg.contains(&format!(">{name}</text>")), "{of}");
    }
    assert!(svg.contains("含生成数据 generated data") && svg.contains("<title>"));
    assert_eq!(draw(&desk, all, "svg"), svg.into_bytes(), "the same input gives the same bytes");
    let pdf = draw(&desk, all, "pdf");
    assert!(pdf.starts_with(b"%PDF-") && pdf == draw(&desk, all, "pdf"));
}

#[test]
fn every_view_has_boxes_in_every_format() {
    let desk = desk_with_district();
    let views = [
        ("hierarchy", "cn-370114"),
        ("party", "zq-party-committee"),
        ("affiliation", "zq-party-committee"),
        ("membership", "cn-370114001"),
        ("chain", "zq-chain-high-end-equipment"),
        ("neighbourhood", "zq-ipc-food-delivery"),
        ("coverage --indicator two-new-either", "cn-370114001"),
    ];
    for (view, root) in views {
        let options = format!("--root {root} --view {view} --limit 6");
        let dot = String::from_utf8(draw(&desk, &options, "dot")).unwrap();
        assert!(dot.matches(" [label=").count() > 4, "{view}: {dot}");
        let mermaid = String::from_utf8(draw(&desk, &options, "mermaid")).unwrap();
        assert!(mermaid.contains("flowchart LR"), "{view}: {mermaid}");
        assert!(draw(&desk, &options, "png").starts_with(b"\x89PNG"), "{view}");
        assert!(draw(&desk, &options, "drawio").starts_with(b"<mxfile"), "{view}");
    }
}

#[test]
fn a_chart_fits_on_as_many_sheets_as_it_can_be_read_on() {
    let desk = desk_with_district();
    let party = "--root zq-party-committee --view party --depth 12 --limit 100000";
    let font = desk.font();
    let fit = |sheets: u32| {
        desk.run(&format!(
            "diagram --data store {party} --font {font} --fit {sheets} --format pdf -o fit.pdf"
        ))
    };
    let refused = fit(1);
    let fewest = refused
        .stderr
        .trim_end()
        .strip_prefix("error: on 1 of these sheets nobody could read the chart; on ");
    let fewest = fewest.and_then(|rest| rest.strip_suffix(" it could be read"));
    let fewest: u32 = fewest.unwrap_or_else(|| panic!("{}", refused.stderr)).parse().unwrap();
    assert!(refused.code == 1 && fewest > 1, "{}", refused.stderr);
    let fitted = fit(fewest);
    assert_eq!(fitted.code, 0, "{}", fitted.stderr);
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let desk = desk_with_district();
    let table = [
        ("--root nobody --format dot", "there is no organisation with the id \"nobody\"", 1),
        ("--root cn-370114 --view coverage --format dot", "say which", 1),
        ("--root cn-370114 --indicator none --format dot", "there is no indicator with the id \"none\"", 1),
        ("--root cn-370114 --view tree --format dot", "hierarchy, party, membership", 2),
        ("--root cn-370114 --depth 65 --format dot", "at most 64 steps", 1),
        ("--root cn-370114 --font nowhere --format svg", "there is no font \"nowhere\"", 1),
        ("--root cn-370114 --format gif", "svg, png, pdf, dot, mermaid, drawio", 2),
    ];
    for (options, words, code) in table {
        let outcome = desk.run(&format!("diagram --data store {options}"));
        assert_eq!(outcome.code, code, "{options}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(words), "{options}: {}", outcome.stderr);
    }
}

#[test]
fn graphql_gives_the_chart_that_the_command_draws() {
    let desk = desk_with_district();
    for (view, root) in [("hierarchy", "cn-370114001"), ("party", "zq-party-committee")] {
        for format in ["dot", "mermaid"] {
            let drawn = draw(&desk, &format!("--root {root} --view {view} --depth 2"), format);
            let asked = desk.ask(&format!(
                "{{ diagram(root: \"{root}\", view: {}, format: {}, asOf: \"2024-06-30\") {{ format text }} }}",
                view.to_uppercase(),
                format.to_uppercase()
            ));
            assert_eq!(asked["diagram"]["format"], format.to_uppercase());
            assert_eq!(asked["diagram"]["text"].as_str().unwrap().as_bytes(), drawn, "{view} {format}");
        }
    }
    let table = [
        ("root: \"nobody\", format: DOT", "there is no organisation with the id"),
        ("root: \"cn-370114\", format: DOT, depth: 65", "depth is 65, but may be from 0 to 64"),
        ("root: \"cn-370114\", format: DOT, depth: 64, limit: 10000", "more than the 10000 that are drawn"),
        ("root: \"cn-370114\", format: DOT, view: COVERAGE", "say which"),
    ];
    for (arguments, words) in table {
        let query = format!("{{ diagram({arguments}) {{ text }} }}");
        let outcome = desk.run_with(&["query", "--data", "store", &query]);
        assert!(outcome.stdout.contains(words), "{arguments}: {}", outcome.stdout);
    }
}
