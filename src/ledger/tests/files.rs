use std::sync::{Arc, Mutex};

use insta::assert_snapshot;

use super::{catalog, check, read_into};
use crate::graph::Graph;
use crate::ledger::{ReadError, read};
use crate::work::{Stop, Watch, run};

#[test]
fn headers_tell_files_apart_and_name_what_is_wrong_with_them() {
    let files = [
        ("1.csv", "id,kind,name,source\na,PARK,名,F1\n"),
        ("2.csv", "source,type,target\na,PARTNERS_WITH,b\n"),
        ("3.csv", "id,kind,name,workers,Größe,name\nb,PARK,名,1,2,3\n"),
        ("4.csv", "source,type,target,weight,mode,mode\n"),
        ("5.csv", "id,kind\na,PARK\n"),
        ("6.csv", "source,target\n"),
        ("7.csv", "企业,人数\n"),
        ("8.csv", ""),
        ("9.txt", "no ledger"),
    ];
    assert_snapshot!(check(&files), @"
    problem: 3.csv:1: column workers: ledgers of organizations have no such column, and it is no declared attribute: attributes are declared in the store's attributes.toml
    problem: 3.csv:1: column Größe: ledgers of organizations have no such column
    problem: 3.csv:1: column name: it stands twice
    problem: 4.csv:1: column weight: ledgers of relations have only the columns source, type, target, mode, valid_from, valid_to, citation, implied
    problem: 4.csv:1: column mode: it stands twice
    problem: 5.csv:1: the column name, which organizations must have, is missing
    problem: 6.csv:1: the column type, which relations must have, is missing
    problem: 7.csv:1: it has neither the columns id, kind and name of organizations nor source, type and target of relations, nor those of exemptions or values
    problem: 8.csv: the file is empty: a ledger has a header
    ");
}

#[test]
fn lines_are_those_of_the_file_where_a_row_starts() {
    let file = "id,kind,name\r\n\r\na,PARK,\"two\r\nlines\"\r\nb,PARK\r\n\r\n,,\r\nc,\"PA\r\nRK\",名\r\nd,PARK,名,\r\n";
    assert_snapshot!(check(&[("a.csv", file)]), @r#"
    problem: a.csv:5: column name: it is required, but empty
    problem: a.csv:8: column kind: "PA��RK" is not an organisation kind such as ENTERPRISE
    problem: a.csv:10: the row has 4 cells, but the header 3
    warning: a.csv: 1 rows, the first of them on line 5, have fewer cells than the header: the missing ones at their ends are read as empty, since spreadsheet programs leave them out
    warning: a.csv:3: column name: line breaks and tabs in the name are read as a blank
    "#);
}

#[test]
fn columns_without_heading_must_be_empty() {
    let file = "id,kind,name,,\na,PARK,名,,\nb,PARK,名,,x\n";
    assert_snapshot!(check(&[("a.csv", file)]), @"problem: a.csv:3: a value stands in a column without heading");
}

#[test]
fn bad_rows_beyond_a_thousand_are_counted_but_not_kept() {
    let rows: String = (0..3_000).map(|i| format!("a-{i},PARC,,x\n")).collect();
    let file = format!("id,kind,name,employees\n{rows}");
    let (reading, _) = read_into(&Graph::new(), &[("a.csv", file)]);
    assert_eq!((reading.problems.bad_rows(), reading.problems.iter().count()), (3_000, 3_000));
    assert_eq!(reading.rows.organizations, 3_000);
    assert!(reading.problems.to_string().ends_with("and 2000 more bad rows\n"));
}

#[test]
fn paths_that_are_no_ledgers_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("~$a.xlsx"), "lock").unwrap();
    std::fs::write(folder.path().join("a.txt"), "text").unwrap();
    std::fs::create_dir(folder.path().join("inner.csv")).unwrap();
    std::fs::write(folder.path().join("inner.csv/a.csv"), "id,kind,name").unwrap();
    let error = |path: &str| {
        let path = folder.path().join(path);
        read(&[path], &Graph::new(), &catalog()).unwrap_err()
    };
    assert!(matches!(error("nothing.csv"), ReadError::NotFound(_)));
    assert!(matches!(error("a.txt"), ReadError::Form(_)));
    assert!(matches!(error(""), ReadError::NoLedgers(_)));
}

#[test]
fn progress_is_told_in_bytes_and_reading_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let header = "id,kind,name\n";
    let rows = "a,PARK,名\n".repeat(20_000);
    let jsonl = "{\"id\":\"a\",\"kind\":\"PARK\",\"name\":\"名\"}\n";
    std::fs::write(folder.path().join("a.CSV"), format!("{header}{rows}")).unwrap();
    std::fs::write(folder.path().join("b.jsonl"), jsonl).unwrap();
    let told = Arc::new(Told::default());
    let reading = |stop: &Stop| {
        run(stop, Some(Arc::clone(&told) as _), || {
            read(&[folder.path()], &Graph::new(), &catalog()).map(|reading| reading.rows.organizations)
        })
    };
    assert_eq!(reading(&Stop::default()).unwrap(), 20_001);
    let [stages, reached] =
        [&told.stages, &told.reached].map(|told| std::mem::take(&mut *told.lock().unwrap()));
    assert_eq!(stages, [(header.len() + rows.len() + jsonl.len()) as u64]);
    assert!(reached.is_sorted());
    // Neither the header nor a last line is worth a word.
    assert_eq!(*reached.last().unwrap(), rows.len() as u64);
    let stop = Stop::default();
    stop.ask();
    assert!(matches!(reading(&stop), Err(ReadError::Stopped(_))));
}

/// What whoever watches is told.
#[derive(Default)]
struct Told {
    stages: Mutex<Vec<u64>>,
    reached: Mutex<Vec<u64>>,
}

impl Watch for Told {
    fn begin(&self, _: &'static str, steps: u64) -> u64 {
        self.stages.lock().unwrap().push(steps);
        0
    }

    fn reached(&self, _: u64, done: u64) {
        self.reached.lock().unwrap().push(done);
    }

    fn end(&self, _: u64) {}
}
