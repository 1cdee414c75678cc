//! What the tests of the program as a whole share: a folder, the program run in it, and its answers.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::made_font::{CHINESE, made_font};

/// A folder for one test, and the program run in it.
pub(crate) struct Desk {
    folder: TempDir,
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// The name of a font with Chinese characters, for charts that are the same on every machine.
    pub(crate) fn font(&self) -> &'static str {
        static FONT: LazyLock<Vec<u8>> = LazyLock::new(|| made_font("Made for tests", CHINESE));
        self.write("chinese.ttf", &**FONT);
        "chinese.ttf"
    }

    /// Runs the program with these arguments, separated by blanks.
    pub(crate) fn run(&self, arguments: &str) -> Outcome {
        self.run_with(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn run_with(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(&self.command(arguments).output().unwrap())
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orgatlas"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command
    }

    /// Runs a script of a shell in which `$0` is the program; it must succeed.
    #[cfg(unix)]
    pub(crate) fn shell(&self, script: &str) {
        let program = self.command(&[]);
        let mut shell = Command::new("sh");
        shell.args(["-ec", script]).arg(program.get_program()).current_dir(self.path());
        let outcome = Outcome::of(&shell.output().unwrap());
        assert_eq!(outcome.code, 0, "{script}: {}", outcome.stderr);
    }

    /// Runs the program, which must succeed, and gives its standard output.
    pub(crate) fn done(&self, arguments: &str) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, 0, "{arguments}: {}", outcome.stderr);
        outcome.stdout
    }

    /// Answers a GraphQL query on the store `store`; the answer must hold no error.
    pub(crate) fn ask(&self, query: &str) -> Value {
        let outcome = self.run_with(&["query", "--data", "store", query]);
        let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
        assert_eq!(outcome.code, 0, "{query}: {answer}");
        answer["data"].clone()
    }
}

impl Outcome {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }
}

/// The bundled district.
pub(crate) fn district() -> String {
    format!("{}/graph-data/district", env!("CARGO_MANIFEST_DIR"))
}

/// A desk with the district imported into `store`.
pub(crate) fn desk_with_district() -> Desk {
    let desk = Desk::new();
    desk.done(&format!("import --data store {}", district()));
    desk
}
