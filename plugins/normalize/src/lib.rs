//! Scales vectors to length one (L2), so that the inner product is the cosine.

use kiteline_guest::{Batch, Plugin, Vectors, plugin};

#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(deny_unknown_fields)]
struct Config {
    /// The fields with the vectors.
    fields: Vec<String>,
    /// What becomes of a row whose vector is zero, which has no direction.
    #[serde(default)]
    zero: Zero,
}

#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(rename_all = "lowercase")]
enum Zero {
    /// Its record goes to the dead letter.
    #[default]
    Reject,
    /// It stays zero.
    Keep,
    /// The field is null.
    Null,
}

#[derive(Debug)]
struct Normalize(Config);

impl Plugin for Normalize {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        if config.fields.is_empty() {
            return Err("fields: name at least one vector field".into());
        }
        Ok(Self(config))
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        self.0.fields.iter().for_each(|field| normalize(batch, field, self.0.zero));
        Ok(())
    }
}

fn normalize(batch: &mut Batch, field: &str, zero: Zero) {
    let Some(ty) = batch.field_type(field) else { return };
    let vectors = batch.vectors(field);
    let mut changed = ty != "float-vector";
    let mut new = Vectors::with_capacity(vectors.len(), 0);
    let dims = batch.dims(field);
    for (row, vector) in vectors.iter().enumerate() {
        let Some(vector) = vector else {
            if dims[row].is_some() {
                batch.reject(row, &format!("{field} is a {ty}, which has no length to scale"));
            }
            new.push(None::<[f32; 0]>);
            continue;
        };
        match Length::of(vector) {
            Length::One => new.push(Some(vector.iter().copied())),
            Length::Other(length) => {
                changed = true;
                new.push(Some(vector.iter().map(|number| (f64::from(*number) / length) as f32)));
            }
            Length::Zero => match zero {
                Zero::Keep => new.push(Some(vector.iter().copied())),
                Zero::Reject => {
                    batch.reject(row, &format!("{field} is zero, which has no direction"));
                    new.push(Some(vector.iter().copied()));
                }
                Zero::Null => {
                    changed = true;
                    new.push(None::<[f32; 0]>);
                }
            },
            Length::Infinite => {
                batch.reject(row, &format!("{field} has a number that is not finite"));
                new.push(Some(vector.iter().copied()));
            }
        }
    }
    // Vectors that have length one already are not written.
    if changed && vectors.iter().any(|vector| vector.is_some()) {
        batch.set_vectors(field, &new);
    }
}

/// The length of a vector.
#[derive(Debug, PartialEq)]
enum Length {
    Zero,
    /// As near to one as 32-bit floats come.
    One,
    Other(f64),
    Infinite,
}

impl Length {
    fn of(vector: &[f32]) -> Self {
        // In 64 bits no square of a 32-bit float overflows, and none but zero's is zero.
        let square: f64 = vector.iter().map(|number| f64::from(*number) * f64::from(*number)).sum();
        if !square.is_finite() {
            Self::Infinite
        } else if square == 0.0 {
            Self::Zero
        } else if (square - 1.0).abs() < 1e-6 {
            Self::One
        } else {
            Self::Other(square.sqrt())
        }
    }
}

plugin!(Normalize);

#[cfg(test)]
mod tests {
    use kiteline_guest::Plugin;
    use kiteline_guest::testing::{Outcome, Rows, Tester, check_schema};
    use kiteline_plugin_testing::readme_configs;
    use serde_json::json;

    use super::{Length, Normalize};

    fn normalize(zero: &str, rows: &[&str]) -> Outcome {
        let config = format!(r#"{{"fields": ["v"], "zero": "{zero}"}}"#);
        let rows = Rows::typed(rows, &[("v", "float-vector")]);
        Tester::<Normalize>::new(&config).expect("configured").process(rows).expect("processed")
    }

    #[test]
    fn a_vector_keeps_its_direction_and_has_length_one() {
        let after = normalize("reject", &[r#"{"v": [3, 4]}"#, r#"{"v": [0, -2]}"#, "{}", r#"{"v": [1, 0]}"#]);
        assert_eq!(
            after.json(),
            [json!({"v": [0.6, 0.8]}), json!({"v": [0.0, -1.0]}), json!({}), json!({"v": [1.0, 0.0]})]
        );
    }

    #[test]
    fn a_zero_vector_is_rejected_kept_or_null() {
        let rows = [r#"{"v": [0, 0]}"#, r#"{"v": [2, 0]}"#];
        let rejected = normalize("reject", &rows);
        assert_eq!(rejected.rejected(), [(0, "v is zero, which has no direction".to_owned())]);
        assert_eq!(rejected.json(), [json!({"v": [1.0, 0.0]})]);
        assert_eq!(normalize("keep", &rows).json(), [json!({"v": [0.0, 0.0]}), json!({"v": [1.0, 0.0]})]);
        assert_eq!(normalize("null", &rows).json(), [json!({}), json!({"v": [1.0, 0.0]})]);
    }

    #[test]
    fn the_smallest_and_the_largest_floats_have_a_length() {
        for number in [f32::from_bits(1), f32::MAX] {
            let Length::Other(length) = Length::of(&[number, number]) else { panic!("{number}") };
            assert!((f64::from(number) / length - std::f64::consts::FRAC_1_SQRT_2).abs() < 1e-12);
        }
        assert_eq!(Length::of(&[f32::NAN]), Length::Infinite);
        assert_eq!((Length::of(&[-0.0]), Length::of(&[0.6, 0.8])), (Length::Zero, Length::One));
    }

    #[test]
    fn an_array_of_numbers_is_a_vector_and_any_other_field_is_left_alone() {
        let config = r#"{"fields": ["v", "t", "none"]}"#;
        let after =
            Tester::<Normalize>::new(config).expect("configured").process(Rows::json(&[r#"{"v": [0, 2], "t": "x"}"#]));
        let after = after.expect("processed");
        assert_eq!(after.json(), [json!({"v": [0.0, 1.0], "t": "x"})]);
        assert_eq!(after.field_type("v"), Some("float-vector"));
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Normalize::new(config).expect("the example is right");
        }
        check_schema::<Normalize>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
    }
}
