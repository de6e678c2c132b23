//! `kiteline replay`.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::exit::Exit;
use super::plugin::page::count;
use crate::config::Timestamp;
use crate::delivery::{self, Options, Report};
use crate::metrics::Metrics;
use crate::pipeline::Pipeline;
use crate::reload::Reload;
use crate::source::kafka::{Choice, KafkaSource, Replay, Replayed};

/// Kinds of letters that the summary lists.
const LISTED: usize = 20;

const HELP: &str = "\
It reads the dead letter's topic to where it ends now. A record that is taken has its own headers, time and origin \
again, goes to the collection of its own topic, and takes the way of every record: decode, plugins, validation, Milvus. \
What is rejected again goes to the dead letter again, behind that end.

What was replayed is not replayed again, whatever is asked for later; --again forgets that. What a filter passes over \
stays for later replays. Letters of other pipelines and letters without their value (it was too large) are passed over, \
too. Kafka keeps which letters are done beside the offset of the group GROUP-replay, in 4096 bytes a partition: where \
many small gaps need more, the replay leaves the rest and says so.

Mind the order: an old record that is replayed overwrites a newer row of the same key, and a replayed delete deletes it. \
Replay while no newer record of such a key has been written, or filter by field and reason.";

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    /// The pipeline file
    file: PathBuf,
    /// Only records whose reason has this text in it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Only records that this stage rejected
    #[arg(long)]
    stage: Option<Stage>,
    /// Only records with this field at fault
    #[arg(long)]
    field: Option<String>,
    /// Only records rejected at this time or later, as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only records rejected before this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// At most so many records
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Also records that were replayed before
    #[arg(long)]
    again: bool,
    /// Count what would be replayed, and replay nothing
    #[arg(long)]
    dry_run: bool,
}

/// The stages, as dead letters have them.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Stage {
    /// Its value was not what [decode] says
    Decode,
    /// A plugin rejected it
    Plugin,
    /// It was nothing that its collection takes
    Validate,
    /// Milvus refused it
    Write,
}

/// Puts dead letters back through the pipeline.
pub(super) fn replay(arguments: &Arguments) -> Result<(), Exit> {
    let file = super::read(&arguments.file)?;
    let runtime = super::runtime()?;
    let choice = Choice {
        pipeline: file.name.clone(),
        reason: arguments.reason.clone(),
        stage: arguments.stage.map(|stage| stage.name().to_owned()),
        field: arguments.field.clone(),
        since: arguments.since,
        until: arguments.until,
    };
    let stop = super::stop::on_signal(runtime.handle());
    let replay = Arc::new(Replay::new(choice, arguments.limit, arguments.again, arguments.dry_run));
    let options = Options::Replay(Arc::clone(&replay));
    let metrics = Metrics::new(&file.name, &file.kafka.group);
    let result = delivery::run(&file, &options, &metrics, &Reload::never(), &stop, runtime.handle(), announce);
    let replayed = replay.replayed();
    if result.is_ok() || replayed.count() > 0 {
        print!("{}", page(&replayed, result.as_ref().ok(), arguments.dry_run));
    }
    Ok(result.map(|_| ())?)
}

fn announce(pipeline: &Pipeline, source: &KafkaSource) {
    let topic = pipeline.dead_letter_topic().map(|topic| topic.name);
    tracing::info!(pipeline = pipeline.name(), topic, partitions = source.partitions().len(), "replay");
}

/// What became of the letters. The report is missing where the run failed.
fn page(replayed: &Replayed, report: Option<&Report>, is_dry: bool) -> String {
    let looked_at = [replayed.others, replayed.before, replayed.foreign, replayed.without_value, replayed.left];
    let all = replayed.count() + looked_at.iter().sum::<u64>();
    let verb = if is_dry { "would replay" } else { "replayed" };
    let mut page = format!("{verb} {} of {}", replayed.count(), count(all, "dead letter"));
    if let Some(Report { totals, took }) = report
        && !is_dry
    {
        write!(
            page,
            ": wrote {} in {}, dead-lettered {} again, discarded {}, in {:.1} s",
            count(totals.written, "row"),
            count(totals.requests, "request"),
            totals.dead_lettered,
            totals.discarded,
            took.as_secs_f64()
        )
        .expect("writing to a String");
    }
    page.push('\n');
    let mut kinds: Vec<_> = replayed.taken.iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (kind, count) in kinds.iter().take(LISTED) {
        let field = kind.field.as_ref().map(|field| format!(", field `{field}`")).unwrap_or_default();
        writeln!(page, "  {count} × {}{field}", kind.stage).expect("writing to a String");
    }
    if kinds.len() > LISTED {
        writeln!(page, "  and {} other kinds", kinds.len() - LISTED).expect("writing to a String");
    }
    for (count, what) in [
        (replayed.others, "not asked for"),
        (replayed.before, "replayed before (--again replays them once more)"),
        (replayed.foreign, "of other pipelines"),
        (replayed.without_value, "without their value, which was too large for the topic"),
        (replayed.unknown, "no dead letters"),
        (
            replayed.left,
            "left: Kafka can't keep more gaps between what is replayed; replay what lies before them first",
        ),
    ] {
        if count > 0 {
            writeln!(page, "passed over: {count} {what}").expect("writing to a String");
        }
    }
    if replayed.limited {
        page.push_str("there may be more: the limit was reached\n");
    }
    page
}

impl Stage {
    /// As the headers of dead letters have it.
    fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Plugin => "plugin",
            Self::Validate => "validate",
            Self::Write => "write",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::source::kafka::Kind;

    #[test]
    fn the_page_says_what_became_of_every_letter() {
        let kind = |stage: &str, field: Option<&str>| Kind { stage: stage.into(), field: field.map(str::to_owned) };
        let replayed = Replayed {
            taken: BTreeMap::from([(kind("decode", None), 2), (kind("validate", Some("n")), 3)]),
            others: 4,
            left: 1,
            limited: true,
            ..Replayed::default()
        };
        assert_eq!(
            page(&replayed, None, true),
            "would replay 5 of 10 dead letters\n  3 × validate, field `n`\n  2 × decode\n\
             passed over: 4 not asked for\n\
             passed over: 1 left: Kafka can't keep more gaps between what is replayed; replay what lies before them first\n\
             there may be more: the limit was reached\n"
        );
    }
}
