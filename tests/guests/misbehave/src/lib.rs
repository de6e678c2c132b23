//! Does what its configuration says, mostly what no plugin should: for tests of the engine.

mod mixed;
mod mode;

use kiteline_guest::host::batch as host;
use kiteline_guest::{Batch, Plugin, Texts, Vectors, log, plugin};
use mode::Mode;

#[derive(Debug)]
struct Misbehave {
    mode: Mode,
    /// What `allocate` holds on to.
    hoard: Vec<Vec<u8>>,
}

impl Plugin for Misbehave {
    type Config = Mode;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        if std::hint::black_box(CODE).ends_with(b"!!") {
            panic!("as its bytes say, in describe");
        }
        String::new()
    }

    fn new(mode: Mode) -> Result<Self, String> {
        match mode {
            Mode::CallOutside => {
                let rows = kiteline_guest::host::batch::rows();
                return Err(format!("there are {rows} rows, and no batch"));
            }
            Mode::PanicInConfigure => panic!("as configured, in configure"),
            Mode::SpinInConfigure => spin(),
            Mode::ErrorInConfigure => return Err("as configured".into()),
            _ => {}
        }
        Ok(Self { mode, hoard: Vec::new() })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let mut mode = &self.mode;
        while let Mode::OnText { field, text, then } = mode {
            if find(batch, field, text).is_none() {
                return Ok(());
            }
            mode = then;
        }
        match mode {
            Mode::PanicOnText { field, text } => {
                if let Some(row) = find(batch, field, text) {
                    panic!("as configured, in row {row}: {text}");
                }
            }
            Mode::SpinOnText { field, text } => {
                if find(batch, field, text).is_some() {
                    spin();
                }
            }
            Mode::ErrorOnText { field, text } => {
                batch.set_texts("written", &marks(batch.len()));
                if find(batch, field, text).is_some() {
                    return Err("as configured".into());
                }
            }
            Mode::Allocate { step } => loop {
                self.hoard.push(vec![1; *step]);
            },
            Mode::WrongCount { by } => {
                let rows = batch.len().saturating_add_signed(*by);
                batch.set_ints("number", &vec![Some(1); rows]);
            }
            Mode::HugeAnswer { bytes } => {
                let text = "x".repeat(*bytes);
                let texts: Texts = (0..batch.len()).map(|_| Some(&text)).collect();
                batch.set_texts("huge", &texts);
            }
            Mode::LogFlood { messages, bytes } => {
                let message = "x".repeat(*bytes);
                (0..*messages).for_each(|_| log::info(&message));
            }
            Mode::Repeat { times } => batch.repeat(&vec![*times; batch.len()]),
            Mode::RejectAll { reason } => (0..batch.len()).for_each(|row| batch.reject(row, reason)),
            Mode::DiscardOdd => (1..batch.len()).step_by(2).for_each(|row| batch.discard(row)),
            Mode::Stamp { number } => {
                let number = number + code();
                batch.set_ints("number", &vec![Some(number); batch.len()]);
            }
            Mode::Mixed { fields, header } => mixed::process(batch, fields, header),
            Mode::Panic => panic!("as configured, in every call"),
            Mode::Recurse => {
                log::debug(&recurse(batch.len()).to_string());
            }
            Mode::InvalidText => {
                let lengths = vec![1; batch.len()];
                host::set_packed_texts("text", &vec![0xff; batch.len()], &lengths);
            }
            Mode::NotFinite => {
                batch.set_floats("float", &vec![Some(f64::NAN); batch.len()]);
                let vectors: Vectors = (0..batch.len()).map(|_| Some([f32::INFINITY, f32::NAN])).collect();
                batch.set_vectors("vector", &vectors);
            }
            Mode::LongName { bytes } => batch.set_ints(&"x".repeat(*bytes), &vec![None; batch.len()]),
            Mode::ManyFields { fields } => {
                (0..*fields).for_each(|field| batch.set_ints(&field.to_string(), &vec![None; batch.len()]));
            }
            Mode::RejectBeyond => batch.reject(batch.len(), "there is no such row"),
            Mode::OnText { .. } | Mode::CallOutside => {}
            Mode::PanicInConfigure | Mode::SpinInConfigure | Mode::ErrorInConfigure => {}
        }
        Ok(())
    }
}

plugin!(Misbehave);

/// What tests change in the component's bytes: with `!!` for the digits it panics in `describe`.
static CODE: &[u8] = b"misbehave-code=00";

/// The number at the end of [`CODE`].
fn code() -> i64 {
    let digits = &std::hint::black_box(CODE)[CODE.len() - 2..];
    digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// The first row with that text.
fn find(batch: &Batch, field: &str, text: &str) -> Option<usize> {
    batch.texts(field).iter().position(|value| value == Some(text))
}

fn marks(rows: usize) -> Texts {
    (0..rows).map(|_| Some("yes")).collect()
}

/// Every frame holds something that depends on the next one, so that no compiler makes a loop of it.
#[expect(unconditional_recursion, reason = "that is what it is for")]
fn recurse(depth: usize) -> usize {
    let frame = std::hint::black_box([depth; 64]);
    recurse(std::hint::black_box(depth + 1)) + frame[depth % 64]
}

fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}
