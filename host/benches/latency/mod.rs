//! Latency at fixed rates: from the moment a record is due to Milvus' acknowledgement, at a sink that acknowledges at
//! once, and until a reader finds the row, on a real Milvus. A record counts from when it was to be sent, so what waits
//! behind a stall is not left out.

mod producer;
mod record;
mod search;
mod stolen;
mod table;
mod target;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use self::producer::Schedule;
use self::search::Looking;
use self::stolen::Stolen;
use self::table::{Latencies, Row};
use self::target::{Instantly, Target};
use crate::child::Kiteline;
use crate::end_to_end::collection::Fresh;
use crate::feed::Feed;
use crate::pipeline;
use crate::servers::{KAFKA, MILVUS};
use crate::topic::{Topic, unique};

/// Two for each lane. A producer sends each partition's records in requests of their own, so more of them are smaller
/// requests, and the broker would soon be what is measured.
const PARTITIONS: i32 = 4;
/// Shares of the top rate.
const LOADS: [f64; 3] = [0.1, 0.5, 0.9];
/// For so long the top rate is looked for, behind a start that does not count.
const TOP: Duration = Duration::from_secs(10);
/// A rate is held for so long, behind a start that does not count.
const HELD: Duration = Duration::from_secs(30);
const START: Duration = Duration::from_secs(3);
/// How old a row gets in an open write request: as by default, and short.
const AGES: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(20)];

/// What all runs share.
struct Bench<'a> {
    feed: &'a Feed,
    brokers: String,
    runtime: &'a Runtime,
}

/// Measures both; two tables.
pub(crate) fn measure(feed: &Feed) -> Result<String, String> {
    let (brokers, uri) = (KAFKA.address()?, MILVUS.address()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let bench = Bench { feed, brokers, runtime: &runtime };
    let sink = Instantly::start()?;
    let mut rows = Vec::new();
    for age in AGES {
        rows.extend(bench.at_loads(age, || {
            sink.clear();
            Ok(Target::Instantly(&sink))
        })?);
    }
    let mut text = table::acknowledged(&rows);
    let rows = bench.at_loads(AGES[0], || {
        let fresh = Box::new(Fresh::create(&runtime, &uri, record::rows(""))?);
        Ok(Target::Milvus { fresh, uri: &uri })
    })?;
    text += &table::searchable(&rows);
    Ok(text)
}

impl<'a> Bench<'a> {
    /// Finds the top rate, then holds parts of it, each into a target that is empty.
    fn at_loads(&self, age: Duration, target: impl Fn() -> Result<Target<'a>, String>) -> Result<Vec<Row>, String> {
        let top = self.top(age, &target()?)?;
        eprintln!("age {age:?}: the top rate is {top:.0} records/s");
        let mut rows = Vec::new();
        for load in LOADS {
            rows.push(self.hold(age, load, &target()?, top * load)?);
            eprintln!("{}", table::line(rows.last().expect("one was pushed")));
        }
        Ok(rows)
    }

    /// Starts Kiteline on an empty topic.
    fn start(&self, age: Duration, target: &Target<'_>) -> Result<(Topic, Kiteline), String> {
        let topic = Topic::create("latency", &self.brokers, PARTITIONS)?;
        let (uri, collection) = target.name();
        let write = format!("[write]\nage = \"{}ms\"\n", age.as_millis());
        let pipeline = pipeline::text(&topic, &unique("group"), &uri, collection, "", &write);
        let mut kiteline = Kiteline::start(&pipeline, &[])?;
        kiteline.wait_until_ready()?;
        Ok((topic, kiteline))
    }

    /// Records a second that are acknowledged while as many are sent.
    fn top(&self, age: Duration, target: &Target<'_>) -> Result<f64, String> {
        let (topic, mut kiteline) = self.start(age, target)?;
        let done = AtomicU64::new(0);
        let (rate, sent) = std::thread::scope(|scope| {
            let producer = scope
                .spawn(|| producer::as_fast_as_done(self.feed, &topic, START + TOP, || done.load(Ordering::Relaxed)));
            let begin = Instant::now();
            let (mut first, mut last) = (None, (begin, 0));
            while !producer.is_finished() {
                std::thread::sleep(Duration::from_millis(10));
                let now = (Instant::now(), target.done(&kiteline));
                done.store(now.1, Ordering::Relaxed);
                if begin.elapsed() < START + TOP {
                    last = now;
                }
                if first.is_none() && begin.elapsed() > START {
                    first = Some(now);
                }
            }
            let sent = producer.join().map_err(|_| "the producer panicked")??;
            let (from, before) = first.ok_or("no time was left to measure")?;
            let rows = last.1.saturating_sub(before) as f64;
            Ok::<_, String>((rows / last.0.saturating_duration_since(from).as_secs_f64(), sent))
        })?;
        end(&mut kiteline, target, sent)?;
        kiteline.terminate()?;
        if rate > 0.0 { Ok(rate) } else { Err("nothing was acknowledged in time".into()) }
    }

    /// Holds a rate, which is such a share of the top rate.
    fn hold(&self, age: Duration, load: f64, target: &Target<'_>, rate: f64) -> Result<Row, String> {
        let (topic, mut kiteline) = self.start(age, target)?;
        let records = ((START + HELD).as_secs_f64() * rate) as u64;
        let from = (START.as_secs_f64() * rate) as u64;
        let stolen = Stolen::since_now();
        let schedule = Schedule { start: Instant::now(), rate };
        let (sent, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let found = std::thread::scope(|scope| {
            let producer = scope.spawn(|| {
                let produced = producer::at_rate(self.feed, &topic, schedule, records, &sent);
                stop.store(produced.is_err(), Ordering::Relaxed);
                produced
            });
            let found = match target {
                Target::Instantly(_) => Ok(Vec::new()),
                Target::Milvus { fresh, .. } => {
                    let (runtime, client, collection) = (self.runtime, &fresh.client, &*fresh.name);
                    let (sent, stop) = (&sent, &stop);
                    search::look(&Looking { runtime, client, collection, schedule, from, records, sent, stop })
                }
            };
            producer.join().map_err(|_| "the producer panicked")??;
            found
        })?;
        end(&mut kiteline, target, records)?;
        let stolen = stolen.percent();
        let write_p99 = table::write_p99(&kiteline.metrics()?);
        kiteline.terminate()?;
        let seen = match target {
            Target::Milvus { .. } => found,
            Target::Instantly(sink) => sink.arrivals(),
        };
        // Of a real Milvus only some records are looked for.
        let seen: Vec<(u64, Instant)> = seen.into_iter().filter(|(number, _)| *number >= from).collect();
        let delivered: HashMap<u64, Instant> = topic.deliveries().into_iter().collect();
        let parts = || seen.iter().filter_map(|(number, at)| Some((*number, *delivered.get(number)?, *at)));
        Ok(Row {
            age,
            load,
            rate,
            all: Latencies::of(seen.iter().map(|(number, at)| since(*at, schedule.due(*number)))),
            broker: Latencies::of(parts().map(|(number, delivered, _)| since(delivered, schedule.due(number)))),
            from_broker: Latencies::of(parts().map(|(_, delivered, at)| since(at, delivered))),
            write_p99,
            stolen,
        })
    }
}

/// Milliseconds.
fn since(at: Instant, before: Instant) -> f64 {
    at.saturating_duration_since(before).as_secs_f64() * 1e3
}

/// Waits until all is acknowledged.
fn end(kiteline: &mut Kiteline, target: &Target<'_>, records: u64) -> Result<(), String> {
    kiteline.wait_until("has not written all", |kiteline| {
        std::thread::sleep(Duration::from_millis(10));
        target.done(kiteline) >= records
    })
}
