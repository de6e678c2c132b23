//! Calls the interface as its configuration says, and writes down what it answers: the same calls over the batch in
//! memory of the SDK and in the real host must have the same answers.

mod answers;
#[cfg(test)]
mod case;
mod step;
#[cfg(test)]
mod tests;

use kiteline_guest::host::batch;
use kiteline_guest::{Batch, Plugin, plugin};
use serde_json::Value;
use step::Step;

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Conformance {
    steps: Vec<Step>,
}

impl Plugin for Conformance {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn new(config: Config) -> Result<Self, String> {
        Ok(Self { steps: config.steps })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let answers: Vec<Value> = self.steps.iter().map(Step::take).collect();
        let text = Value::from(answers).to_string();
        batch::set_json_texts("answers", &vec![Some(&*text); batch.len()]);
        Ok(())
    }
}

plugin!(Conformance);
