//! Exports for other tools, by the command line. What these tools make of them is tested in `tests/readers`.

use std::io::Write;
use std::net::TcpStream;

use crate::desk::{Desk, desk_with_district};
use crate::server::{Answer, Server};

#[test]
fn every_format_is_written_of_the_whole_and_of_a_part() {
    let desk = desk_with_district();
    let part = "--root cn-370114001 --depth 1 --kinds COMMUNITY --as-of 2024-06-30";
    let table = [
        ("graphml", "<graphml ", "<node id=\""),
        ("gexf", "<gexf ", "<node id=\""),
        ("cytoscape", "{\"data\":", "\"category\":"),
        ("turtle", "@prefix", "orgatlas:operatingStatus"),
        ("jsonld", "{\"@context\":", "\"orgatlas:operatingStatus\":\""),
    ];
    let (all, some) = (organizations(&desk, ""), organizations(&desk, part));
    for (format, beginning, once_an_organization) in table {
        desk.done(&format!("export --data store --format {format} -o whole"));
        let whole = desk.read("whole");
        assert!(whole.contains(beginning), "{format}");
        assert_eq!(whole.matches(once_an_organization).count(), all, "{format}");
        let outcome = desk.run(&format!("export --data store --format {format} {part} -o part"));
        let count = desk.read("part").matches(once_an_organization).count();
        assert_eq!(count, some, "{format}");
        assert!(outcome.stderr.contains("relations that lead out of the part"), "{}", outcome.stderr);
    }
    desk.done("export --data store --format parquet -o tables");
    let tables = std::fs::read_dir(desk.path().join("tables")).unwrap().count();
    assert_eq!(tables, 4);
}

/// Each line writes what a plain file holds, behind what its output held.
#[cfg(unix)]
#[test]
fn an_output_that_is_no_file_is_written_through() {
    let desk = desk_with_district();
    let exported = "export --data store --root cn-370114001 --format graphml";
    desk.done(&format!("{exported} -o file"));
    let whole = desk.read("file");
    let drawn = "diagram --data store --root cn-370114001 --format dot";
    desk.done(&format!("{drawn} -o chart"));
    let table = [
        (exported, "-o /dev/stdout > out", ""),
        (exported, "-o /proc/self/fd/1 | cat > out", ""),
        (exported, "-o /dev/stdout >> out", "before\n"),
        (exported, "-o - >> out", "before\n"),
        (exported, "-o /dev/fd/3 3>> out", "before\n"),
        (exported, "-o link; cat out > out2; mv out2 out", ""),
        (drawn, "-o /dev/stdout >> out", "before\n"),
        (drawn, "-o link", ""),
    ];
    for (command, output, before) in table {
        let held = if before.is_empty() { "what was there" } else { before };
        desk.write("out", held);
        desk.shell(&format!("ln -sf out link; \"$0\" {command} {output}"));
        let expected = if command == drawn { desk.read("chart") } else { whole.clone() };
        assert!(desk.read("out") == format!("{before}{expected}"), "{command} {output}");
        assert!(desk.path().join("link").is_symlink());
    }
    desk.shell("\"$0\" export --data store --root cn-370114001 --format xlsx -o /dev/stdout | cat > out");
    assert!(std::fs::read(desk.path().join("out")).unwrap().starts_with(b"PK"));
}

/// How many organisations an export as CSV has.
fn organizations(desk: &Desk, part: &str) -> usize {
    desk.done(&format!("export --data store --format csv {part} -o ledgers"));
    desk.read("ledgers/organizations.csv").lines().count() - 1
}

#[test]
fn a_safe_export_holds_no_formula_and_comes_back_as_it_was() {
    let desk = Desk::new();
    let ledger = "id,kind,name,annual_income_cny\n\
                  a,ENTERPRISE,=1+1,-5\nb,ENTERPRISE,'=1,\nc,ENTERPRISE,'示例',\n";
    desk.write("in/organizations.csv", ledger);
    desk.done("import --data store in");
    desk.done("export --data store --format csv -o exact");
    desk.done("export --data store --format csv --spreadsheet-safe -o safe");
    let safe = desk.read("safe/organizations.csv");
    assert!(safe.starts_with('\u{feff}'));
    for cell in [",'=1+1,", ",'-5,", ",''=1,", ",'示例',"] {
        assert!(safe.contains(cell), "{safe}");
    }
    desk.done("import --data again safe");
    desk.done("export --data again --format csv -o again-exact");
    assert_eq!(desk.read("again-exact/organizations.csv"), desk.read("exact/organizations.csv"));
}

#[test]
fn what_cannot_be_exported_is_said() {
    let desk = Desk::new();
    desk.write("in/organizations.csv", "id,kind,name\na,ENTERPRISE,示例\n");
    desk.done("import --data store in");
    let table = [
        ("--format graphml --root nobody", "there is no organisation with the id \"nobody\"", 1),
        ("--format graphml --depth 1", "--root <ID>", 2),
        ("--format graphml --spreadsheet-safe", "--spreadsheet-safe is for --format csv", 1),
        ("--format turtle --base example.org", "is no IRI that ends in /", 2),
        ("--format dbf", "graphml", 2),
    ];
    for (options, words, code) in table {
        let outcome = desk.run(&format!("export --data store {options} -o out"));
        assert_eq!(outcome.code, code, "{options}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(words), "{options}: {}", outcome.stderr);
        assert!(!desk.path().join("out").exists());
    }
}

#[test]
fn the_server_sends_what_the_command_writes() {
    let desk = desk_with_district();
    let part = "--root cn-370114001 --depth 1 --kinds COMMUNITY --as-of 2024-06-30";
    let asked = "root=cn-370114001&depth=1&kinds=COMMUNITY&as-of=2024-06-30";
    desk.done("export --data store --format csv -o ledgers");
    desk.done(&format!("export --data store --format graphml {part} -o part.graphml"));
    desk.done("export --data store --format jsonld --base https://example.org/ -o all.jsonld");
    desk.done(&format!("export --data store --format csv --spreadsheet-safe {part} -o safe"));
    desk.done(&format!("export --data store --format jsonl {part} -o lines"));
    let server = Server::start(&desk, "serve --data store");
    let table = [
        ("organizations.csv", "", "text/csv", "ledgers/organizations.csv"),
        ("relations.csv", "", "text/csv", "ledgers/relations.csv"),
        (
            "organizations.csv",
            &format!("spreadsheet-safe=true&{asked}"),
            "text/csv",
            "safe/organizations.csv",
        ),
        ("relations.jsonl", asked, "application/jsonl", "lines/relations.jsonl"),
        ("graph.graphml", asked, "application/graphml+xml", "part.graphml"),
        ("graph.jsonld", "base=https://example.org/", "application/ld+json", "all.jsonld"),
    ];
    for (file, options, media_type, written) in table {
        let answer = server.get(&format!("/exports/{file}?{options}"));
        assert_eq!(answer.status, 200, "{file}?{options}: {}", answer.body);
        assert!(answer.head.contains(&format!("content-type: {media_type}")), "{file}: {}", answer.head);
        assert!(answer.head.contains(&format!("attachment; filename=\"{file}\"")), "{}", answer.head);
        assert!(answer.body == desk.read(written), "{file}?{options} is not as the command writes it");
    }
    let part = server.get(&format!("/exports/graph.graphml?{asked}"));
    assert!(part.head.contains("orgatlas-not-in-it: "), "{}", part.head);
    let refused = [
        ("graph.dbf", 404, "there is no export \"graph.dbf\""),
        ("graph.graphml?root=nobody", 404, "there is no organisation with the id \"nobody\""),
        ("graph.graphml?kinds=HOUSE", 400, "\"HOUSE\" is no kind"),
        ("graph.graphml?spreadsheet-safe=true", 400, "for ledgers as .csv"),
        ("relations.csv?as-of=yesterday", 400, "as-of: "),
    ];
    for (asked, status, words) in refused {
        let answer = server.get(&format!("/exports/{asked}"));
        assert_eq!(answer.status, status, "{asked}: {}", answer.body);
        assert!(answer.body.contains(words), "{asked}: {}", answer.body);
    }
}

#[test]
fn clients_that_do_not_read_keep_no_other_from_an_export() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store --max-time 3600");
    let asked = format!(
        "GET /exports/graph.jsonld HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        server.address
    );
    // More than are written at a time; the file is larger than what a connection holds.
    let mut slow: Vec<_> = (0..4).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
    slow.iter_mut().for_each(|stream| stream.write_all(asked.as_bytes()).unwrap());
    let answer = server.get("/exports/graph.jsonld");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let length = format!("content-length: {}", answer.body.len());
    assert!(answer.head.contains(&length), "whoever reads knows when it is whole: {}", answer.head);
    for stream in &mut slow {
        assert!(Answer::read(stream).body == answer.body, "and who read late gets all of it");
    }
}

#[test]
fn an_unchanged_export_imported_again_changes_nothing() {
    let desk = desk_with_district();
    let formats =
        [("csv", "ledgers"), ("csv --spreadsheet-safe", "safe"), ("jsonl", "lines"), ("xlsx", "book.xlsx")];
    for (format, path) in formats {
        desk.done(&format!("export --data store --format {format} -o {path}"));
        let outcome = desk.run(&format!("import --data store --dry-run {path}"));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""), "{format}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("dry run: 0 changes"), "{format}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("warning"), "{format}: {}", outcome.stderr);
    }
}
