use std::collections::BTreeSet;

use kiteline_plugin_testing::{assert_schema_names_the_keys_of, readme_configs};

use super::{Config, Named, Place, Routed, Rule};

fn try_rule(config: &str) -> Result<Rule, String> {
    let config: Config = serde_json::from_str(config).map_err(|error| error.to_string())?;
    Rule::new(config)
}

fn rule(config: &str) -> Rule {
    try_rule(config).expect("the configuration is right")
}

fn error(config: &str) -> String {
    try_rule(config).expect_err("the configuration is wrong")
}

fn route<'a>(rule: &'a Rule, value: Option<&'a str>, place: Place) -> Result<Routed<'a>, String> {
    rule.route(value, place, &mut Named::default())
}

fn name(rule: &Rule, value: &str) -> Result<String, String> {
    name_after(rule, value, &mut Named::default())
}

/// The name of a partition, after those that were named before.
fn name_after(rule: &Rule, value: &str, named: &mut Named) -> Result<String, String> {
    match rule.route(Some(value), Place::Name, named)? {
        Routed::Name(name) => Ok(name.into_owned()),
        other => panic!("{other:?} is no name"),
    }
}

#[test]
fn a_value_names_the_partition() {
    let rule = rule(r#"{"field":"section","prefix":"s_"}"#);
    assert_eq!(name(&rule, "sound"), Ok("s_sound".into()));
}

#[test]
fn a_value_that_is_no_name_is_rejected_unless_it_is_made_one() {
    let reason = "section makes no valid name of a partition: letters, digits and _, no digit first, at most 255 bytes";
    assert_eq!(name(&rule(r#"{"field":"section"}"#), "gnu-r"), Err(reason.into()));
    let sanitizing = rule(r#"{"field":"section","sanitize":true}"#);
    assert_eq!(name(&sanitizing, "gnu-r"), Ok("gnu_r".into()));
    assert_eq!(name(&sanitizing, &"-".repeat(256)), Err(reason.into()));
}

#[test]
fn a_row_without_a_value_goes_to_the_default_or_is_rejected() {
    let without = rule(r#"{"field":"section"}"#);
    let reason = "section is neither a text nor an integer, and there is no default";
    assert_eq!(route(&without, None, Place::Name), Err(reason.into()));
    assert_eq!(name(&without, ""), Err("section is empty, and there is no default".into()));
    let with = rule(r#"{"field":"section","default":"rest"}"#);
    assert_eq!(route(&with, None, Place::Name), Ok(Routed::Name("rest".into())));
    assert_eq!(name(&with, ""), Ok("rest".into()));
}

#[test]
fn a_map_gives_whole_names() {
    let rule = rule(r#"{"field":"tenant","by":"map","map":{"7":"gold","8":"iron"}}"#);
    assert_eq!(name(&rule, "7"), Ok("gold".into()));
    let reason = "tenant has a value that the map does not have, and there is no default";
    assert_eq!(name(&rule, "9"), Err(reason.into()));
}

#[test]
fn a_hash_keeps_its_partition_in_every_version() {
    let rule = rule(r#"{"field":"pkg","by":"hash","partitions":16}"#);
    let names: Vec<_> = ["cmus", "gzip", "7", ""].into_iter().map(|value| name(&rule, value)).collect();
    assert_eq!(names, ["p1", "p5", "p6", "p5"].map(|name| Ok(name.to_owned())));
}

#[test]
fn values_beyond_the_limit_are_rejected_and_known_ones_are_not() {
    let mut named = Named::default();
    let rule = rule(r#"{"field":"section","max":2,"default":"rest"}"#);
    assert_eq!(name_after(&rule, "a", &mut named), Ok("a".into()));
    assert_eq!(name_after(&rule, "b", &mut named), Ok("b".into()));
    assert_eq!(name_after(&rule, "c", &mut named), Err("section names more partitions than max = 2".into()));
    assert_eq!(name_after(&rule, "a", &mut named), Ok("a".into()));
    assert_eq!(name_after(&rule, "", &mut named), Ok("rest".into()));
}

#[test]
fn a_partition_key_gets_the_value_itself() {
    let rule = rule(r#"{"field":"section","prefix":"s_","max":1}"#);
    assert_eq!(route(&rule, Some("gnu-r"), Place::TextKey), Ok(Routed::Text("gnu-r".into())));
    assert_eq!(route(&rule, Some("7"), Place::IntKey), Ok(Routed::Int(7)));
    let reason = "section is no 64-bit integer, as the collection's partition key is";
    assert_eq!(route(&rule, Some("sound"), Place::IntKey), Err(reason.into()));
}

#[test]
fn a_partition_key_gets_the_number_of_the_hash() {
    let rule = rule(r#"{"field":"pkg","by":"hash","partitions":16}"#);
    assert_eq!(route(&rule, Some("cmus"), Place::IntKey), Ok(Routed::Int(1)));
    assert_eq!(route(&rule, Some("cmus"), Place::TextKey), Ok(Routed::Text("p1".into())));
}

#[test]
fn a_collection_is_one_of_the_pipeline() {
    let known = ["books".to_owned(), "songs".to_owned()];
    let strict = rule(r#"{"to":"collection","field":"kind"}"#);
    assert_eq!(strict.collection(Some("songs"), &known).as_deref(), Ok("songs"));
    let reason = "kind names no collection of the pipeline, and there is no default";
    assert_eq!(strict.collection(Some("films"), &known), Err(reason.into()));
    assert_eq!(strict.collection(Some("films"), &[]).as_deref(), Ok("films"));
    let lenient = rule(r#"{"to":"collection","field":"kind","default":"books"}"#);
    for value in [Some("films"), Some("-"), None] {
        assert_eq!(lenient.collection(value, &known).as_deref(), Ok("books"));
    }
}

#[test]
fn keys_that_do_nothing_together_are_mistakes() {
    assert_eq!(error(r#"{"field":"f","map":{}}"#), "map is for by = \"map\"");
    assert_eq!(error(r#"{"field":"f","by":"map"}"#), "by = \"map\" needs map");
    assert_eq!(error(r#"{"field":"f","by":"hash"}"#), "by = \"hash\" needs partitions");
    assert_eq!(error(r#"{"field":"f","by":"hash","partitions":0}"#), "partitions: 1 to 4096");
    assert!(error(r#"{"field":"f","by":"hash","partitions":4,"to":"collection"}"#).starts_with("by = \"hash\" is for"));
    assert!(error(r#"{"field":"f","by":"map","map":{},"prefix":"x"}"#).starts_with("prefix and sanitize are for"));
    assert!(error(r#"{"field":"f","by":"map","map":{},"max":3}"#).starts_with("max is for partitions by value"));
    assert!(error(r#"{"field":"f","prefix":"1"}"#).starts_with("prefix: "));
    assert!(error(r#"{"field":"f","by":"hash","partitions":4,"prefix":""}"#).starts_with("prefix: "));
}

#[test]
fn names_of_the_configuration_are_checked_against_what_the_collections_take() {
    let check =
        |config: &str, places: &[Place]| rule(config).check_names(places.iter().copied().collect::<BTreeSet<_>>());
    let (name, int, bad) = (
        r#"{"field":"f","default":"rest"}"#,
        r#"{"field":"f","default":"7"}"#,
        r#"{"field":"f","by":"map","map":{"a":"x-y"}}"#,
    );
    assert_eq!(check(name, &[Place::Name]), Ok(()));
    assert!(check(name, &[Place::IntKey]).is_err_and(|error| error.starts_with("default: the partition key is an")));
    assert!(check(int, &[Place::Name]).is_err_and(|error| error.starts_with("default: no valid name of a partition")));
    assert_eq!(check(int, &[Place::IntKey]), Ok(()));
    assert_eq!(check(int, &[]), Ok(()));
    assert!(check(bad, &[]).is_err_and(|error| error.starts_with("map.a: neither a valid name of a partition")));
    assert_eq!(check(bad, &[Place::TextKey]), Ok(()));
}

#[test]
fn readme_and_schema_are_true() {
    for config in readme_configs(include_str!("../../README.md")) {
        Rule::new(config).expect("the example is right");
    }
    assert_schema_names_the_keys_of::<Config>(include_str!("../../config.schema.json"));
}
