//! One run over a topic, of which the middle is measured.

use std::collections::BTreeMap;
use std::time::Instant;

use super::Servers;
use super::axes::Setting;
use super::load::Load;
use crate::child::Kiteline;
use crate::plugins;
use crate::process::Process;
use crate::threads::{Spent, Times, Work};
use crate::topic::unique;

/// The part of all rows at whose acknowledgement it begins. Start-up is over then, and what is fetched ahead is there.
const FROM: f64 = 0.2;
/// And where it ends: before the last record has been fetched, which is far ahead of the last acknowledgement.
const TO: f64 = 0.85;

/// What the middle of a run took.
pub(crate) struct Took {
    /// Rows that were acknowledged.
    pub(crate) rows: f64,
    pub(crate) seconds: f64,
    /// Kiteline's threads and the sink.
    pub(crate) by_work: BTreeMap<Work, Spent>,
    /// Seconds on a processor, where the broker is a process of this machine.
    pub(crate) broker: Option<f64>,
    /// Bytes, up to the end of the middle.
    pub(crate) peak_memory: f64,
    /// Mean rows.
    pub(crate) batch: f64,
    pub(crate) request: f64,
}

/// Kiteline reads the whole topic and ends by itself.
pub(crate) fn run(servers: &Servers, setting: &Setting, topic: &Load) -> Result<Took, String> {
    let before = servers.ack.rows();
    let acknowledged = || servers.ack.rows() - before;
    let mut kiteline = Kiteline::start(&pipeline(servers, setting, topic), &["--until-end"])?;
    let process = kiteline.process();
    let mut middle = [FROM, TO].into_iter().map(|part| {
        let rows = (part * topic.records as f64) as u64;
        kiteline.wait_until("has not written enough", |_| acknowledged() >= rows)?;
        Ok::<_, String>((Look::at(process, servers), acknowledged()))
    });
    let mut next = || middle.next().expect("there are two");
    let ((from, first), (to, last)) = (next()?, next()?);
    let memory = process.memory().ok_or("kiteline has ended too early")?;
    let mean = |name: &str| {
        let [sum, count] = ["sum", "count"].map(|of| kiteline.metric(&format!("kiteline_{name}_{of}")));
        Ok::<_, String>(sum? / count?)
    };
    let (batch, request) = (mean("batch_records")?, mean("write_request_rows")?);
    kiteline.wait()?;
    if acknowledged() != topic.records {
        return Err(format!("{} of {} rows were acknowledged", acknowledged(), topic.records));
    }
    let mut by_work = to.kiteline.since(&from.kiteline);
    by_work.extend(to.own.since(&from.own).remove_entry(&Work::Sink));
    Ok(Took {
        rows: (last - first) as f64,
        seconds: (to.at - from.at).as_secs_f64(),
        by_work,
        broker: to.broker.zip(from.broker).map(|(to, from)| to.ran_since(&from)),
        peak_memory: memory.peak as f64,
        batch,
        request,
    })
}

/// The times of all processes at one moment.
struct Look {
    at: Instant,
    kiteline: Times,
    own: Times,
    broker: Option<Times>,
}

impl Look {
    fn at(kiteline: Process, servers: &Servers) -> Self {
        Self {
            at: Instant::now(),
            kiteline: kiteline.times(),
            own: Process::own().times(),
            broker: servers.broker.map(Process::times),
        }
    }
}

fn pipeline(servers: &Servers, setting: &Setting, topic: &Load) -> String {
    // The limit in bytes is out of the way where rows are asked for: no axis has more than 1000 of 11 kB.
    let batch =
        setting.batch.map(|rows| format!("[batch]\nrows = {rows}\nbytes = \"12MiB\"\n[limits]\nmemory = \"256MiB\"\n"));
    let fetch_memory = setting.fetch_memory.map(|memory| format!("fetch_memory = \"{memory}\"\n"));
    let format = setting.content.format;
    let all = format.plugin().into_iter().chain(&plugins::ALL[..setting.plugins]);
    format!(
        "name = \"line\"\nlanes = {}\n\
         [kafka]\nbrokers = \"{}\"\ntopics = [\"{}\"]\ngroup = \"{}\"\nstart = \"earliest\"\n{}\
         [milvus]\nuri = \"{}\"\ncollection = \"{}\"\ncreate_partitions = true\n[decode]\n{}{}{}",
        setting.lanes,
        servers.brokers,
        topic.topic.name,
        unique("line"),
        fetch_memory.unwrap_or_default(),
        servers.ack.uri(),
        setting.collection(),
        format.decode,
        batch.unwrap_or_default(),
        plugins::tables(all),
    )
}
