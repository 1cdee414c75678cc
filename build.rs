//! Bundles GraphiQL from npm packages where Node is there; without it everything else builds, and the page says
//! what is missing.
//!
//! The environment variable `ORGATLAS_WEB` decides: `off` leaves it out, `required` makes a failure one of the
//! build, anything else tries. It is tried anew when `web/` or the variable changes, and not otherwise.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, io};

/// What the bundle is made from, all of it under `web/`.
const SOURCES: [&str; 7] = [
    "package.json",
    "package-lock.json",
    ".npmrc",
    "build.js",
    "graphiql/main.jsx",
    "graphiql/examples.js",
    "graphiql/page.css",
];

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed=ORGATLAS_WEB");
    println!("cargo::rerun-if-changed=build.rs");
    for source in SOURCES {
        println!("cargo::rerun-if-changed=web/{source}");
    }
    let Some(out) = env::var_os("OUT_DIR").map(PathBuf::from) else { return ExitCode::FAILURE };
    let wish = env::var("ORGATLAS_WEB").unwrap_or_default();
    let bundled = if wish == "off" { Err("ORGATLAS_WEB is off".to_owned()) } else { bundle(&out) };
    if let Err(missing) = &bundled {
        let level = if wish == "required" { "error" } else { "warning" };
        println!("cargo::{level}=the page /graphiql is left out: {missing}");
    }
    let code = match bundled {
        Ok(folder) => format!(
            "Ok(Bundle {{ script: include_bytes!({:?}), style: include_bytes!({:?}) }})",
            folder.join("graphiql.js"),
            folder.join("graphiql.css")
        ),
        Err(missing) => format!("Err({missing:?})"),
    };
    match fs::write(out.join("graphiql_bundle.rs"), code) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Makes the bundle in a copy of its sources, so that nothing is written beside them, and gives its folder.
fn bundle(out: &Path) -> Result<PathBuf, String> {
    let folder = out.join("web");
    copy(&folder).map_err(|cause| format!("web/ cannot be copied: {cause}"))?;
    // Scripts of packages are not run: none is needed. A registry that does not answer is not waited for long.
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"];
    run(&folder, "npm", &[&install[..], &["--fetch-timeout=20000"]].concat())?;
    run(&folder, "node", &["build.js", "dist"])?;
    // They are of no use any more, and large.
    fs::remove_dir_all(folder.join("node_modules")).ok();
    Ok(folder.join("dist"))
}

fn copy(folder: &Path) -> io::Result<()> {
    for source in SOURCES {
        let target = folder.join(source);
        fs::create_dir_all(target.parent().unwrap_or(folder))?;
        fs::copy(Path::new("web").join(source), target)?;
    }
    Ok(())
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    // On Windows npm is a script, which is found under its whole name only.
    let name = if cfg!(windows) && program == "npm" { "npm.cmd" } else { program };
    let output = Command::new(name)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|cause| format!("{program} cannot be run: {cause}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let cause =
        said.lines().find(|line| line.to_lowercase().contains("error")).unwrap_or("it does not say why");
    Err(format!("{program} {} failed: {cause}", arguments.first().unwrap_or(&"")))
}
