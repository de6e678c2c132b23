//! The demo on the servers of the tests: it fails where an answer or a count is not the expected one.

use super::support::collection::Milvus;
use super::support::kiteline::kiteline;

/// One after the other, as all demos write to one collection.
#[test]
fn the_demo_gets_the_expected_answers_before_and_after_the_changes() {
    for milvus in [Milvus::real(), Milvus::lite()] {
        let folder = tempfile::tempdir().expect("a folder");
        let ended = kiteline(&["demo", "--milvus", &milvus.uri, "--folder", folder.path().to_str().expect("UTF-8")]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let counted = [
            "28 of 28 deleted packages are gone",
            "30 of 30 new packages are there",
            "86 of 86 changed packages are as the feed left them",
            "2006 rows in all",
        ];
        for line in counted {
            assert!(ended.stdout.contains(line), "{line}\n{}", ended.stdout);
        }
        assert_eq!(ended.stdout.matches("26 of 26 questions").count(), 2, "{}", ended.stdout);
    }
}
