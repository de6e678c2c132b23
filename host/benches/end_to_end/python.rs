//! The plain program in Python that Kiteline is held against.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{Bench, Took};
use crate::page::root;
use crate::process::Process;
use crate::topic::Topic;

/// What it needs, of the day of Milvus Lite 3.2.2, which is tested with the same pymilvus.
const REQUIREMENTS: [&str; 3] = ["pymilvus==2.6.17", "orjson==3.11.4", "confluent-kafka==2.12.1"];
/// Rows of an insert, as the program has it.
const BATCH: f64 = 1000.0;

/// The program with a Python of its own.
pub(super) struct Program {
    python: PathBuf,
}

impl Program {
    /// What it is made of.
    pub(super) fn packages() -> String {
        REQUIREMENTS.join(", ").replace("==", " ")
    }

    /// Makes the environment below `target`, once.
    pub(super) fn install() -> Result<Self, String> {
        let home = root().join("target").join(format!("bench-python-{}", REQUIREMENTS.join("-").replace("==", "-")));
        let python = home.join("bin/python");
        if !home.join("complete").exists() {
            eprintln!("installing {} into {}", REQUIREMENTS.join(" "), home.display());
            succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
            succeed(Command::new(&python).args(pip).args(REQUIREMENTS))?;
            std::fs::write(home.join("complete"), "").map_err(|error| error.to_string())?;
        }
        Ok(Self { python })
    }

    /// Runs it until all records are written.
    pub(super) fn run(&self, bench: &Bench<'_>, group: &str, collection: &str) -> Result<Took, String> {
        let program = root().join("host/benches/end_to_end/program.py");
        let Topic { name, brokers, .. } = &bench.topic;
        let mut command = Command::new(&self.python);
        command.arg(program).args([brokers, name, group, &bench.uri, collection, &bench.case.records.to_string()]);
        let failed = |what: &dyn std::fmt::Display| format!("the program in Python: {what}");
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| failed(&error))?;
        let process = Process(child.id());
        let mut window = bench.account.window(process, bench.case.records);
        // It prints how many rows are acknowledged.
        for line in BufReader::new(child.stdout.take().ok_or("no output of the program")?).lines().map_while(Result::ok)
        {
            window.saw(line.parse().map_err(|_| failed(&line))?);
        }
        let status = child.wait().map_err(|error| failed(&error))?;
        if !status.success() {
            return Err(failed(&status));
        }
        window.took(BATCH)
    }
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |what: &str| format!("{name}: {what}");
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => return Err(failed(&error.to_string())),
    };
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(())
}
