//! What is known of servers beyond their protocol, by their version.

use std::sync::Arc;

/// Which server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    /// What it calls itself.
    pub(super) name: Arc<str>,
    lite: bool,
    version: Option<[u32; 3]>,
}

/// The JSON values that a JSON field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonValues {
    /// Only objects.
    Objects,
    /// Objects and arrays.
    ObjectsAndArrays,
    /// Any value.
    Any,
}

impl Server {
    /// From the tag of its build, such as `v2.3.5-lite` or `milvus_lite`.
    pub(super) fn of(tag: &str) -> Self {
        let numbers = tag.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
        let mut numbers = numbers.split('.').map(|number| number.parse().ok());
        let mut next = || numbers.next().flatten();
        let version = next().zip(next()).zip(next()).map(|((major, minor), patch)| [major, minor, patch]);
        let name = if tag.is_empty() { "of an unknown version" } else { tag };
        Self { name: name.into(), lite: tag == "milvus_lite", version }
    }

    /// The JSON values that its JSON fields take (milvus-io/milvus#31051).
    pub(super) fn json_values(&self) -> JsonValues {
        if self.is_before([2, 4, 0]) {
            JsonValues::Objects
        } else if self.lite {
            JsonValues::ObjectsAndArrays
        } else {
            JsonValues::Any
        }
    }

    /// True where an upsert puts rows into the partition of their primary key instead of their partition key's
    /// (milvus-io/milvus#30772).
    pub(super) fn misplaces_upserts(&self) -> bool {
        self.is_before([2, 3, 10])
    }

    /// True where an upsert can replace single fields of a row.
    pub(super) fn takes_partial_updates(&self) -> bool {
        !self.is_before([2, 6, 0])
    }

    /// True where a list in an expression may have sums in it.
    pub(super) fn takes_sums_in_lists(&self) -> bool {
        !self.lite
    }

    /// True where two writes may be under way at once. Milvus Lite has no lock on a collection: two writes get the same
    /// sequence numbers and are mixed in its log, so that acknowledged rows are lost at its next start.
    pub(super) fn takes_writes_at_once(&self) -> bool {
        !self.lite
    }

    pub(super) fn is_before(&self, version: [u32; 3]) -> bool {
        self.version.is_some_and(|own| own < version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_the_tag_of_the_build() {
        for (tag, version) in [
            ("v2.3.5-lite", Some([2, 3, 5])),
            ("2.6.17", Some([2, 6, 17])),
            ("v2.4.0-rc.1", Some([2, 4, 0])),
            ("milvus_lite", None),
            ("", None),
        ] {
            assert_eq!(Server::of(tag).version, version, "{tag}");
        }
    }

    #[test]
    fn what_a_server_can_not_do_is_known_by_its_version() {
        let of = |tag: &str| (Server::of(tag).json_values(), Server::of(tag).misplaces_upserts());
        assert_eq!(of("v2.3.5-lite"), (JsonValues::Objects, true));
        assert_eq!(of("v2.3.10"), (JsonValues::Objects, false));
        assert_eq!(of("v2.6.17"), (JsonValues::Any, false));
        assert_eq!(of("milvus_lite"), (JsonValues::ObjectsAndArrays, false));
        assert_eq!(of("a fork"), (JsonValues::Any, false));

        let parts = |tag: &str| Server::of(tag).takes_partial_updates();
        assert_eq!(["v2.5.27", "v2.6.0", "milvus_lite", ""].map(parts), [false, true, true, true]);
    }
}
