//! The whole line: Kafka, decode, plugins, validation, write requests, and a sink that acknowledges at once. Kiteline is
//! the real binary in a process of its own, the broker is a real Kafka, and the sink is in the benchmark's process.

mod axes;
mod load;
mod neighbour;
mod page;
mod run;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use kiteline::sink::{self, Schema};

use self::axes::{Axis, Setting};
use self::load::Load;
use self::run::Took;
use crate::ack::Ack;
use crate::feed::collection_of_dimension;
use crate::process::Process;
use crate::{Measured, Options, Tell};

/// Where the real Kafka is.
const KAFKA: &str = "KITELINE_TEST_KAFKA";

/// The servers beside the process that is measured.
struct Servers {
    brokers: String,
    /// The broker, where it runs on this machine.
    broker: Option<Process>,
    ack: Ack,
}

/// Measures one axis, or all.
pub(crate) fn measure(options: &Options, tell: Tell<'_>) -> Result<(), String> {
    let all = axes::all();
    let names = all.iter().map(|axis| axis.name).collect::<Vec<_>>().join(", ");
    let asked: Vec<&Axis> =
        all.iter().filter(|axis| options.axis.as_deref().is_none_or(|asked| asked == axis.name)).collect();
    if asked.is_empty() {
        return Err(format!("the axes are: {names}"));
    }
    let servers = Servers::start(&all)?;
    let slowdown = neighbour::slowdown();
    asked.into_iter().try_for_each(|axis| {
        let mut measured = of_axis(&servers, axis, options)?;
        write!(
            measured.text,
            "\nArithmetic takes {slowdown:.2} times as long while the other processor computes too.\n"
        )
        .expect("writing to a String");
        tell(measured)
    })
}

/// Each run of an axis goes through all its settings, so that a disturbance of the machine meets all of them.
fn of_axis(servers: &Servers, axis: &Axis, options: &Options) -> Result<Measured, String> {
    let mut topics = HashMap::new();
    for (label, Setting { content, .. }) in &axis.settings {
        if let Entry::Vacant(topic) = topics.entry(content.key()) {
            eprintln!("{} {label}: loading a topic", axis.name);
            topic.insert(Load::new(&servers.brokers, *content)?);
        }
    }
    let mut took: Vec<Vec<Took>> = axis.settings.iter().map(|_| Vec::new()).collect();
    for run in 1..=options.runs {
        for ((label, setting), took) in axis.settings.iter().zip(&mut took) {
            eprintln!("{} {label}: run {run} of {}", axis.name, options.runs);
            took.push(run::run(servers, setting, &topics[&setting.content.key()])?);
        }
    }
    let took = axis.settings.iter().map(|(label, setting)| (label.as_str(), &topics[&setting.content.key()])).zip(took);
    let took: Vec<_> = took.map(|((label, topic), took)| page::Line::of(label, topic, &took)).collect();
    let plot = page::plot(axis, &took, options)?;
    let command = format!("line --axis {}", axis.name);
    Ok(Measured { command, text: page::table(axis, &took, options.runs) + &plot })
}

impl Servers {
    fn start(axes: &[Axis]) -> Result<Self, String> {
        let brokers = std::env::var(KAFKA).map_err(|_| {
            format!(
                "{KAFKA} is not set: a real Kafka is needed. This starts one, and prints its address:\n\
                 export {KAFKA}=$(tests/servers/kafka.sh start /tmp/kafka)"
            )
        })?;
        let address: Option<SocketAddr> = brokers.split(',').next().and_then(|first| first.parse().ok());
        let broker = address.and_then(Process::listening_at);
        let ack = Ack::start(None);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(create_collections(&ack.uri(), axes));
        Ok(Self { brokers, broker, ack })
    }
}

/// A collection for each setting's rows.
async fn create_collections(uri: &str, axes: &[Axis]) {
    let options =
        sink::Options { uri: uri.to_owned(), token: None, tls: None, database: None, timeout: Duration::from_secs(10) };
    let client = sink::Client::connect(&options).await.expect("the sink is there");
    for (_, setting) in axes.iter().flat_map(|axis| &axis.settings) {
        let collection = collection_of_dimension(&setting.collection(), setting.vector(), setting.content.dimension);
        client.create_collection(&Schema::new(collection), &[]).await.expect("it is made");
    }
}
