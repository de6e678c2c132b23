//! The known name that a wrong one was most likely meant to be.

use strsim::damerau_levenshtein;

/// The known name nearest to `name`, if it is near: a slip in every third letter at most. Case and the choice between
/// `-`, `_`, `.` and a space cost nothing.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = plain(name);
    let distances = known.iter().map(|candidate| (damerau_levenshtein(&name, &plain(candidate)), *candidate));
    let (distance, candidate) = distances.min_by_key(|(distance, _)| *distance)?;
    let longer = name.chars().count().max(candidate.chars().count());
    (distance <= (longer / 3).max(1)).then_some(candidate)
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['-', '.', ' '], "_")
}

/// The advice that follows a wrong name.
pub(crate) fn advice(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("known here: {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["brokers", "topics", "group", "fetch_memory", "use"];
        let meant = ["broker", "topcis", "Group", "fetch-memory", "fetchMemory", "uses", "Fetch.Memroy"]
            .map(|name| nearest(name, &known));
        let expected = ["brokers", "topics", "group", "fetch_memory", "fetch_memory", "use", "fetch_memory"];
        assert_eq!(meant, expected.map(Some));
    }

    #[test]
    fn suggests_nothing_that_is_far_off() {
        let known = ["brokers", "topics", "use"];
        for name in ["bootstrap_servers", "x", "path", ""] {
            assert_eq!(nearest(name, &known), None, "{name:?}");
        }
        assert_eq!(nearest("use", &[]), None);
    }

    #[test]
    fn lists_the_known_names_where_none_is_near() {
        assert_eq!(advice("path", &["use", "topics"]), "known here: `use`, `topics`");
        assert_eq!(advice("topic", &["use", "topics"]), "did you mean `topics`?");
    }
}
