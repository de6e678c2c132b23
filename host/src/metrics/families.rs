//! Every metric: its name, what it means, its labels. `docs/metrics.md` says the same; a test compares the two.

use prometheus::core::Collector;
use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry,
};

/// What every name starts with.
const PREFIX: &str = "kiteline";

/// Seconds that a stage may take for a batch. A call of a plugin ends after one.
const STAGE: &[f64] = &[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0];
/// Seconds that Milvus may take for a request; `milvus.timeout` is 30 s where nobody sets it.
const CALL: &[f64] = &[0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Seconds from a change to what comes of it: it is noticed within one, and an interpreter takes ten to compile.
const RELOAD: &[f64] = &[0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0];
/// Seconds for an exchange of pointers, and the worst that may come between.
const PAUSE: &[f64] = &[0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.1];
/// Records of a batch and rows of a request, around the defaults of a thousand and two thousand.
const COUNTS: &[f64] = &[1.0, 10.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0, 100_000.0];

/// Every metric. A family without labels that may be unknown has no value until it is set for the first time.
pub(super) struct Families {
    pub(super) registry: Registry,
    #[cfg(test)]
    pub(super) described: Vec<tests::Described>,

    pub(super) build_info: IntGaugeVec,
    pub(super) pipeline_info: IntGaugeVec,
    pub(super) start_time: Gauge,
    pub(super) starts: IntCounter,

    pub(super) assigned_partitions: IntGauge,
    pub(super) rebalances: IntCounterVec,
    pub(super) lag_records: IntGaugeVec,
    pub(super) lag_seconds: GaugeVec,
    pub(super) read_records: IntCounterVec,
    pub(super) read_bytes: IntCounterVec,
    pub(super) batch_records: Histogram,

    pub(super) decode_duration: Histogram,
    pub(super) plugin_duration: HistogramVec,
    pub(super) plugin_rows: IntCounterVec,
    pub(super) plugin_faults: IntCounterVec,
    pub(super) plugin_info: IntGaugeVec,
    pub(super) reloads: IntCounterVec,
    pub(super) reload_duration: Histogram,
    pub(super) swap_pause: Histogram,
    pub(super) validate_duration: Histogram,

    pub(super) rejected: IntCounterVec,
    pub(super) discarded: IntCounter,
    pub(super) dead_lettered: IntCounter,

    pub(super) written_rows: IntCounterVec,
    pub(super) write_requests: IntCounterVec,
    pub(super) write_request_bytes: IntCounterVec,
    pub(super) write_request_rows: HistogramVec,
    pub(super) write_duration: HistogramVec,
    pub(super) write_failures: IntCounterVec,
    pub(super) write_retries: IntCounterVec,
    pub(super) last_write: GaugeVec,
    pub(super) milvus_up: IntGaugeVec,

    pub(super) lane_busy: IntGaugeVec,
    pub(super) lane_paused: IntGaugeVec,
    pub(super) lane_pauses: IntCounterVec,
    pub(super) memory_in_flight: IntGaugeVec,
    pub(super) memory_limit: IntGaugeVec,
}

impl Families {
    pub(super) fn new() -> Self {
        let mut new = New::default();
        let plugin = &["plugin", "digest"];
        let write = &["collection", "operation"];
        let failure = &["code", "class"];
        Self {
            build_info: new.gauges("build_info", "Always 1; the labels say what runs.", &["version"]),
            pipeline_info: new.gauges("pipeline_info", "Always 1; the labels say what runs.", &["pipeline", "group"]),
            start_time: new.gauge("start_time_seconds", "When the process started, since 1970."),
            starts: new.counter("starts_total", "How often the pipeline started: once more for each changed schema."),

            assigned_partitions: {
                let opts = New::opts("assigned_partitions", "Partitions that are this process's now.");
                new.add(IntGauge::with_opts(opts))
            },
            rebalances: new.counters(
                "rebalances_total",
                "How often partitions came (`assigned`) or went (`revoked`).",
                &["event"],
            ),
            lag_records: new.gauges(
                "lag_records",
                "Records of a partition that are not done: offsets between the stored position and the end.",
                &["topic", "partition"],
            ),
            lag_seconds: {
                let help = "Age of the newest record whose position is stored; 0 where there is no lag in records.";
                new.add(GaugeVec::new(New::opts("lag_seconds", help), &["topic", "partition"]))
            },
            read_records: new.counters("read_records_total", "Records read from Kafka.", &["topic"]),
            read_bytes: new.counters(
                "read_bytes_total",
                "Bytes of the keys and values of the records read.",
                &["topic"],
            ),
            batch_records: new.histogram("batch_records", "Records of a batch.", COUNTS),

            decode_duration: new.histogram("decode_duration_seconds", "Time to decode a batch.", STAGE),
            plugin_duration: new.histograms("plugin_duration_seconds", "Time of a plugin's call.", plugin, STAGE),
            plugin_rows: new.counters(
                "plugin_rows_total",
                "Rows that a plugin was given. One that it is given again, in a part of a batch that it failed on, \
                 counts once.",
                plugin,
            ),
            plugin_faults: new.counters(
                "plugin_faults_total",
                "Calls of a plugin that failed: by an error, a trap, or a timeout. A batch is given again in parts, so \
                 one bad record fails several calls.",
                &["plugin", "digest", "kind"],
            ),
            plugin_info: new.gauges(
                "plugin_info",
                "Always 1; the labels say which plugins run.",
                &["plugin", "version", "digest"],
            ),
            reloads: new.counters(
                "reloads_total",
                "Reloads of plugins that were `swapped` in, `refused` or `rolled-back`.",
                &["result"],
            ),
            reload_duration: new.histogram(
                "reload_duration_seconds",
                "Time from a plugin's change to the first batch by the new one. Going back counts for nothing here.",
                RELOAD,
            ),
            swap_pause: new.histogram(
                "swap_pause_seconds",
                "Time for which a lane stood still to take new plugins.",
                PAUSE,
            ),
            validate_duration: new.histogram(
                "validate_duration_seconds",
                "Time to hold a batch's rows against their schema.",
                STAGE,
            ),

            rejected: new.counters(
                "rejected_records_total",
                "Records that were rejected: by `decode`, by a `plugin`, by `validate`, or by Milvus (`write`).",
                &["stage", "plugin"],
            ),
            discarded: new
                .counter("discarded_records_total", "Records that a plugin discarded, or that are an empty array."),
            dead_lettered: new.counter("dead_lettered_records_total", "Rejected records that the dead letter has."),

            written_rows: new.counters("written_rows_total", "Rows that Milvus acknowledged.", write),
            write_requests: new.counters("write_requests_total", "Write requests that Milvus acknowledged.", write),
            write_request_bytes: new.counters(
                "write_request_bytes_total",
                "Bytes of the write requests that Milvus acknowledged.",
                write,
            ),
            write_request_rows: new.histograms(
                "write_request_rows",
                "Rows of a write request that Milvus acknowledged.",
                write,
                COUNTS,
            ),
            write_duration: new.histograms(
                "write_duration_seconds",
                "Time until Milvus acknowledged, of the attempt that it did.",
                write,
                CALL,
            ),
            write_failures: new.counters(
                "write_failures_total",
                "Calls for rows that failed, by what it was.",
                failure,
            ),
            write_retries: new.counters(
                "write_retries_total",
                "Calls for rows that failed and after which the rows were sent again.",
                failure,
            ),
            last_write: {
                let help = "When Milvus last acknowledged a write request, since 1970.";
                new.add(GaugeVec::new(New::opts("last_write_timestamp_seconds", help), &[]))
            },
            milvus_up: new.gauges(
                "milvus_up",
                "1 where Milvus answered the last call for rows, 0 where it did not.",
                &[],
            ),

            lane_busy: new.gauges("lane_busy", "1 while a lane has read what is not done.", &["lane"]),
            lane_paused: new.gauges(
                "lane_paused",
                "1 while a lane reads no more until Milvus has more, or the schema registry answers.",
                &["lane"],
            ),
            lane_pauses: new.counters(
                "lane_pauses_total",
                "How often a lane began to read no more until Milvus has more, or the schema registry answers.",
                &["lane"],
            ),
            memory_in_flight: new.gauges("memory_in_flight_bytes", "Memory of what was read and is not done.", &[]),
            memory_limit: new.gauges("memory_limit_bytes", "Most memory for what was read and is not done.", &[]),

            registry: new.registry,
            #[cfg(test)]
            described: new.described,
        }
    }
}

/// Makes metrics and registers them.
#[derive(Default)]
struct New {
    registry: Registry,
    #[cfg(test)]
    described: Vec<tests::Described>,
}

impl New {
    fn opts(name: &str, help: &str) -> Opts {
        Opts::new(name, help).namespace(PREFIX)
    }

    fn add<C: Collector + Clone + 'static>(&mut self, made: prometheus::Result<C>) -> C {
        let made = made.expect("name and labels are of the characters that they may have");
        self.registry.register(Box::new(made.clone())).expect("each name is there once");
        #[cfg(test)]
        self.described.push(tests::Described::of(&made));
        made
    }

    fn counter(&mut self, name: &str, help: &str) -> IntCounter {
        self.add(IntCounter::with_opts(Self::opts(name, help)))
    }

    fn counters(&mut self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.add(IntCounterVec::new(Self::opts(name, help), labels))
    }

    fn gauge(&mut self, name: &str, help: &str) -> Gauge {
        self.add(Gauge::with_opts(Self::opts(name, help)))
    }

    fn gauges(&mut self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.add(IntGaugeVec::new(Self::opts(name, help), labels))
    }

    fn histogram(&mut self, name: &str, help: &str, buckets: &[f64]) -> Histogram {
        let opts = HistogramOpts::from(Self::opts(name, help)).buckets(buckets.to_vec());
        self.add(Histogram::with_opts(opts))
    }

    fn histograms(&mut self, name: &str, help: &str, labels: &[&str], buckets: &[f64]) -> HistogramVec {
        let opts = HistogramOpts::from(Self::opts(name, help)).buckets(buckets.to_vec());
        self.add(HistogramVec::new(opts, labels))
    }
}

#[cfg(test)]
mod tests;
