//! Malformed input: what stands in `corpus`, and what it becomes where it is changed at random, goes through every
//! decoder. Each is read, or rejected with a reason; never is there a panic, nor much memory.
//!
//! A folder of `corpus` is one target's: an input a file, named by what is wrong or special with it, and `expected.txt`
//! with what becomes of each, which `UPDATE_GOLDEN=1` writes anew. `targets/mod.rs` lists the targets. KITELINE_FUZZ says
//! how many changed inputs each target gets, KITELINE_FUZZ_SEED with which seed; see the README.

mod corpus;
mod decoding;
mod mutate;
mod registry;
mod targets;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{SystemTime, UNIX_EPOCH};

use self::corpus::Corpus;
use self::mutate::Mutator;
use self::targets::{TARGETS, Target};

/// Changed inputs a target where nothing else is said: a few seconds.
const INPUTS: u64 = 1_000;
/// Most outcomes that are told apart: names of fields may be anything.
const SHAPES: usize = 10_000;
/// What the whole process may have had, in KiB: targets, their libraries and the largest limits of the decoders.
const PEAK_KIB: u64 = 512 << 10;

#[test]
fn what_becomes_of_each_input_of_the_corpus_is_as_expected() {
    for target in TARGETS {
        let corpus = Corpus::of(target.name);
        let mut run = (target.start)();
        let became: Vec<(&str, String)> =
            corpus.inputs.iter().map(|(name, input)| (name.as_str(), run(input).to_string())).collect();
        corpus.expect(&became);
    }
}

#[test]
fn whatever_an_input_becomes_it_is_read_or_rejected() {
    let inputs = number("KITELINE_FUZZ").unwrap_or(INPUTS);
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64;
    let seed = number("KITELINE_FUZZ_SEED").unwrap_or_else(now);
    println!("KITELINE_FUZZ_SEED={seed}");
    std::thread::scope(|scope| {
        let threads: Vec<_> = TARGETS.iter().map(|target| scope.spawn(move || fuzz(target, seed, inputs))).collect();
        for (target, thread) in TARGETS.iter().zip(threads) {
            assert!(thread.join().is_ok(), "{} failed with KITELINE_FUZZ_SEED={seed}", target.name);
        }
    });
    // Where the system tells it.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    let peak: u64 = peak.unwrap_or_default();
    println!("{peak} KiB at most");
    assert!(peak < PEAK_KIB, "{peak} KiB");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect(variable))
}

fn fuzz(target: &Target, seed: u64, inputs: u64) {
    let corpus = Corpus::of(target.name);
    let mut mutator = Mutator::new(seed, target.name, corpus.inputs.into_iter().map(|(_, input)| input).collect());
    let mut run = (target.start)();
    let (mut read, mut rejected, mut shapes) = (0, 0, HashSet::new());
    for _ in 0..inputs {
        let input = mutator.next();
        match catch_unwind(AssertUnwindSafe(|| run(&input))) {
            Ok(outcome) => {
                if outcome.is_read() {
                    read += 1
                } else {
                    rejected += 1
                }
                // What ends in another way than all before it has gone where none of them has.
                if shapes.len() < SHAPES && shapes.insert(outcome.shape()) {
                    mutator.keep(input);
                }
            }
            Err(panic) => {
                let name = format!("{}/{}-{seed}", env!("CARGO_TARGET_TMPDIR"), target.name);
                std::fs::write(&name, &input).expect("written");
                println!("the input is in {name}: add it to the corpus");
                std::panic::resume_unwind(panic);
            }
        }
    }
    println!("{}: {read} read, {rejected} rejected, {} different ends", target.name, shapes.len());
}
