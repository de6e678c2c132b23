//! The system packages that building and testing need.

use std::process::{Command, Stdio};

use crate::run::{Failure, Result, run};

/// Something that this machine must have.
struct Need {
    what: &'static str,
    /// Debian's packages that bring it; the first one that the release has is taken.
    packages: &'static [&'static str],
    met: fn() -> bool,
}

/// For building: librdkafka is compiled by make, with OpenSSL and zlib of the system; Milvus Lite is a Python program.
const BUILD: &[Need] = &[
    Need {
        what: "a C compiler, a C++ compiler and make",
        packages: &["build-essential"],
        met: || ["cc", "c++", "make"].iter().all(|tool| answers(tool, &["--version"])),
    },
    Need { what: "pkg-config", packages: &["pkg-config"], met: || answers("pkg-config", &["--version"]) },
    Need {
        what: "the headers of OpenSSL",
        packages: &["libssl-dev"],
        met: || answers("pkg-config", &["--exists", "openssl"]),
    },
    Need {
        what: "the headers of zlib",
        packages: &["zlib1g-dev"],
        met: || answers("pkg-config", &["--exists", "zlib"]),
    },
    Need {
        what: "Python 3.10 or newer with venv",
        packages: &["python3-venv"],
        met: || answers("python3", &["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"]),
    },
];

/// For the tests: a real Kafka, and certificates.
const TESTS: &[Need] = &[
    Need {
        what: "Java 17 or newer",
        packages: &["openjdk-21-jre-headless", "openjdk-17-jre-headless", "openjdk-25-jre-headless"],
        met: || java_version().is_some_and(|version| version >= 17),
    },
    Need { what: "Maven", packages: &["maven"], met: || answers("mvn", &["--version"]) },
    Need { what: "curl", packages: &["curl"], met: || answers("curl", &["--version"]) },
    Need { what: "OpenSSL's tool", packages: &["openssl"], met: || answers("openssl", &["version"]) },
];

/// For counting instructions.
const COUNTING: &[Need] =
    &[Need { what: "Valgrind", packages: &["valgrind"], met: || answers("valgrind", &["--version"]) }];

/// Installs what is missing for building.
pub(crate) fn for_building() -> Result {
    install(BUILD.iter().collect())
}

/// Installs what is missing for building and counting instructions.
pub(crate) fn for_counting() -> Result {
    install(BUILD.iter().chain(COUNTING).collect())
}

/// Installs what is missing for building and testing.
pub(crate) fn for_testing() -> Result {
    install(BUILD.iter().chain(COUNTING).chain(TESTS).collect())
}

/// Where a package can't be installed the error names it in one line.
fn install(needs: Vec<&Need>) -> Result {
    let missing = missing(&needs);
    if missing.is_empty() {
        return Ok(());
    }
    let Some(apt) = Apt::find() else {
        return Err(Failure::Package(advice(&missing)));
    };
    println!("missing: {}", list(&missing, |need| need.what));
    apt.run(&["update"])?;
    let packages: Vec<&str> = missing.iter().map(|need| available(need)).collect();
    apt.run(&[&["install", "--yes", "--no-install-recommends"], packages.as_slice()].concat())?;
    let left = self::missing(&needs);
    if left.is_empty() {
        return Ok(());
    }
    let what = list(&left, |need| need.what);
    Err(Failure::Package(format!(
        "still missing after {} was installed: {what}; is another one first on the PATH?",
        packages.join(", ")
    )))
}

fn missing<'a>(needs: &[&'a Need]) -> Vec<&'a Need> {
    needs.iter().copied().filter(|need| !(need.met)()).collect()
}

fn advice(missing: &[&Need]) -> String {
    let what = list(missing, |need| need.what);
    if answers("apt-get", &["--version"]) {
        let packages: Vec<&str> = missing.iter().map(|need| available(need)).collect();
        format!("run `sudo apt-get install {}` and repeat (for {what})", packages.join(" "))
    } else {
        format!("install and repeat: {what} (Debian's packages: {})", list(missing, |need| need.packages[0]))
    }
}

fn list(needs: &[&Need], text: impl Fn(&Need) -> &'static str) -> String {
    needs.iter().map(|need| text(need)).collect::<Vec<_>>().join(", ")
}

/// Of a need's packages the one that this release has; the first where it is not known.
fn available(need: &Need) -> &'static str {
    let known = |package: &&&str| answers("apt-get", &["install", "--simulate", package]);
    need.packages.iter().find(known).unwrap_or(&need.packages[0])
}

/// apt-get, as root or by way of a sudo that asks for no password.
struct Apt {
    sudo: bool,
}

impl Apt {
    fn find() -> Option<Self> {
        if !answers("apt-get", &["--version"]) {
            return None;
        }
        let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
        (root || answers("sudo", &["-n", "true"])).then_some(Self { sudo: !root })
    }

    fn run(&self, arguments: &[&str]) -> Result {
        let prefix: &[&str] = if self.sudo { &["sudo", "-n", "env"] } else { &["env"] };
        let mut command = Command::new(prefix[0]);
        command.args(&prefix[1..]).args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]).args(arguments);
        // It tells of every package that it unpacks. What goes wrong it says on standard error.
        run(command.stdin(Stdio::null()).stdout(Stdio::null()))
    }
}

/// Whether a command is there and succeeds.
fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn java_version() -> Option<u32> {
    let output = Command::new("java").arg("-version").output().ok()?;
    parse_java_version(&String::from_utf8_lossy(&output.stderr))
}

/// The number from `openjdk version "17.0.15" 2025-04-15`; before 9 it was `"1.8.0_392"`, which is too old all the same.
fn parse_java_version(text: &str) -> Option<u32> {
    let version = text.split("version \"").nth(1)?;
    let major: String = version.chars().take_while(char::is_ascii_digit).collect();
    major.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_of_java_out_of_its_answer() {
        let version = |line| parse_java_version(line);
        assert_eq!(version("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime Environment"), Some(17));
        assert_eq!(version("Picked up JAVA_TOOL_OPTIONS: -X\nopenjdk version \"21\" 2023-09-19"), Some(21));
        assert_eq!(version("java version \"25-ea\""), Some(25));
        assert_eq!(version("java version \"1.8.0_392\""), Some(1));
        assert_eq!(version("command not found"), None);
    }

    #[test]
    fn names_what_is_missing_and_how_to_get_it_in_one_line() {
        let absent = Need { what: "the thing", packages: &["the-package"], met: || false };
        let present = Need { what: "the other", packages: &["the-other-package"], met: || true };
        let advice = advice(&missing(&[&present, &absent]));
        assert!(advice.contains("the thing") && advice.contains("the-package"), "{advice}");
        assert!(!advice.contains("the other") && !advice.contains('\n'), "{advice}");
    }
}
