//! Processes of this machine, as Linux tells of them: the one that is measured and the servers beside it.

use std::fs;
use std::net::SocketAddr;

use crate::threads::Times;

/// A process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process(pub(crate) u32);

/// What a process has of the machine's memory, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) now: u64,
    /// The most that it ever had.
    pub(crate) peak: u64,
}

impl Process {
    /// This one.
    pub(crate) fn own() -> Self {
        Self(std::process::id())
    }

    /// The server that listens at an address of the loopback; none where it runs elsewhere or as another user.
    pub(crate) fn listening_at(address: SocketAddr) -> Option<Self> {
        let sockets: Vec<String> = ["tcp", "tcp6"].iter().flat_map(|table| listening(table, address.port())).collect();
        let processes = fs::read_dir("/proc").ok()?.flatten();
        let mut ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.find(|id| has_one(*id, &sockets)).map(Self)
    }

    /// The times of its threads up to now.
    pub(crate) fn times(self) -> Times {
        Times::of(self.0)
    }

    /// None where it has ended.
    pub(crate) fn memory(self) -> Option<Memory> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.0)).ok()?;
        let bytes = |key: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
            value.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib << 10)
        };
        Some(Memory { now: bytes("VmRSS")?, peak: bytes("VmHWM")? })
    }
}

/// The sockets that listen at a port, as the links of a process' descriptors name them.
fn listening(table: &str, port: u16) -> Vec<String> {
    const LISTEN: &str = "0A";
    let text = fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default();
    let port = format!(":{port:04X}");
    let rows = text.lines().map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    rows.filter(|row| row.len() > 9 && row[1].ends_with(&port) && row[3] == LISTEN)
        .map(|row| format!("socket:[{}]", row[9]))
        .collect()
}

fn has_one(process: u32, sockets: &[String]) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{process}/fd")) else { return false };
    let links = descriptors.flatten().filter_map(|descriptor| fs::read_link(descriptor.path()).ok());
    links.filter_map(|link| link.into_os_string().into_string().ok()).any(|link| sockets.contains(&link))
}
