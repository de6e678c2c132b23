//! How the memory for records is shared: between what Kafka gives and the lanes, and within a lane between what it reads,
//! gathers and has sent.

use super::StartError;
use crate::config::{Bytes, PipelineFile};

/// Requests of a lane that may be under way together: Milvus has the next one while the answer to the first waits for the
/// lane, which is busy with a batch. More would only hold memory.
pub(crate) const UNDER_WAY: usize = 2;
/// Closed requests that may wait before no more is read.
pub(crate) const WAITING: usize = 1;
/// Requests that open ones together may be as large as, however many partitions rows go to.
pub(crate) const OPEN: usize = 2;

/// Parts of a lane's memory: its requests, and a batch that is being read. One request is as large as a part.
const PARTS: usize = UNDER_WAY + WAITING + OPEN + 1;
/// What is under way may be there twice: as rows, and as the bytes of the message, of which only dense vectors stay where
/// they are.
const ALL_PARTS: usize = PARTS + UNDER_WAY;
/// A lane's memory where the file does not say what all may take: a few hundred rows of a large model's vectors for each
/// part.
const LANE: u64 = 24 << 20;
/// A batch and its columns must fit a part.
const BATCHES: u64 = 2;

/// What may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemoryPlan {
    /// By the batches of all lanes, until each is done.
    pub(crate) batches: usize,
    /// By the rows of one request, with the records that they came from.
    pub(crate) request: usize,
}

impl MemoryPlan {
    /// As the file says, for so many lanes.
    pub(crate) fn new(file: &PipelineFile, lanes: usize) -> Result<Self, StartError> {
        let fetch = file.kafka.fetch_memory.get();
        let all = file.limits.memory.map_or(fetch + lanes as u64 * LANE, Bytes::get);
        let part = all.saturating_sub(fetch) / (lanes * ALL_PARTS) as u64;
        let least = BATCHES * file.batch.bytes.get();
        if part < least {
            return Err(StartError::Target(vec![format!(
                "`limits.memory` is too small for {lanes} lanes: they need {}, {} times `batch.bytes` each and \
                 `kafka.fetch_memory`; set it higher, or those lower",
                Bytes::new(fetch + (lanes * ALL_PARTS) as u64 * least),
                ALL_PARTS as u64 * BATCHES,
            )]));
        }
        let part = usize::try_from(part).unwrap_or(usize::MAX);
        Ok(Self { batches: part.saturating_mul(PARTS * lanes), request: part })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(limits: &str, lanes: usize) -> Result<MemoryPlan, String> {
        let text = format!(
            "name = \"a\"\n[kafka]\nbrokers = \"b:1\"\ntopics = [\"t\"]\ngroup = \"g\"\nfetch_memory = \"32MiB\"\n\
             [milvus]\nuri = \"http://m:1\"\ncollection = \"c\"\n[limits]\n{limits}"
        );
        let file = crate::config::parse(&text, "a.toml", &[], &|_| None).expect("it has no mistakes");
        MemoryPlan::new(&file, lanes).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_limit_each_lane_has_its_own_part() {
        assert_eq!(plan("", 2), Ok(MemoryPlan { batches: 36 << 20, request: 3 << 20 }));
        assert_eq!(plan("", 8), Ok(MemoryPlan { batches: 144 << 20, request: 3 << 20 }));
    }

    #[test]
    fn all_that_is_planned_is_within_the_limit() {
        for (limit, lanes) in [(80, 2), (512, 2), (512, 8), (4096, 64)] {
            let MemoryPlan { batches, request } = plan(&format!("memory = \"{limit}MiB\""), lanes).expect("enough");
            let all = (32 << 20) + batches + UNDER_WAY * lanes * request;
            assert!(all <= limit << 20 && all > (limit << 20) * 99 / 100, "{limit} MiB: {all}");
        }
    }

    #[test]
    fn too_little_is_told_with_what_is_needed() {
        let error = plan("memory = \"63MiB\"", 2).expect_err("too little");
        assert!(error.contains("2 lanes: they need 64MiB, 16 times `batch.bytes` each"), "{error}");
        assert!(plan("memory = \"64MiB\"", 2).is_ok());
    }
}
