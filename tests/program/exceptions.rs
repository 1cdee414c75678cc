//! Reviewed exceptions of the guard against personal data: who, when and why stays on record.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::desk::Desk;

const NUMBER: &str = "13812345678";

/// Runs `exception` with a text on standard input: what it says, and whether it succeeded.
fn exception(desk: &Desk, arguments: &[&str], text: &str) -> (String, bool) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_orgatlas"))
        .current_dir(desk.path())
        .arg("exception")
        .args(arguments)
        .args(["--data", "store"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap(), output.status.success())
}

#[test]
fn a_reviewed_number_is_let_through_listed_and_refused_again_when_it_is_withdrawn() {
    let desk = Desk::new();
    desk.write("first.csv", "id,kind,name\npark-1,PARK,园区\n");
    desk.done("import --data store first.csv");
    let rows = format!("id,kind,name,aliases\nmeter-{NUMBER},PARK,园区二,表 138-1234-5678\n");
    desk.write("second.csv", rows);
    let refused = desk.run("import --data store second.csv");
    assert!(
        refused.code == 1 && refused.stderr.contains("aliases: it holds a mobile number"),
        "{}",
        refused.stderr
    );
    assert!(!refused.stderr.contains(NUMBER), "{}", refused.stderr);

    let by = ["--reason", "电表编号", "--by", "数据科"];
    let (said, done) = exception(&desk, &[&["add"], &by[..]].concat(), "12345");
    assert!(!done && said.contains("no number that the guard refuses"), "{said}");
    let (said, done) = exception(&desk, &[&["add"], &by[..]].concat(), &format!("表 {NUMBER}\n"));
    assert!(done, "{said}");
    let (said, done) = exception(&desk, &[&["add"], &by[..]].concat(), NUMBER);
    assert!(!done && said.contains("already") && !said.contains(NUMBER), "{said}");
    let (listed, _) = exception(&desk, &["list", "--format", "json"], "");
    assert!(listed.contains(NUMBER) && listed.contains("电表编号") && listed.contains("数据科"), "{listed}");
    desk.done("import --data store second.csv");

    let (said, done) = exception(&desk, &[&["withdraw"], &by[..]].concat(), NUMBER);
    assert!(done, "{said}");
    let (listed, _) = exception(&desk, &["list", "--format", "json"], "");
    assert!(listed.contains("\"withdrawn\": {"), "{listed}");
    desk.write("third.csv", format!("id,kind,name\nmeter-2,PARK,表{NUMBER}\n"));
    assert_eq!(desk.run("import --data store third.csv").code, 1);
    // What was recorded meanwhile stays, and the store opens.
    desk.done("check --data store");
}
