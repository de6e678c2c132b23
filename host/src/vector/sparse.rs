//! Sparse vectors: `{"17": 0.5}`, `{"indices": [17], "values": [0.5]}` and `[[17, 0.5]]`.

use super::text;
use crate::json::{Kind, Number, Scanner, Unread, numbers};

/// The greatest index that Milvus takes. Here and for plugins any of 32 bits is one.
pub(crate) const INDEX_MAX: u32 = u32::MAX - 1;

/// What an index is that is none.
const NO_INDEX: &str = "an index that is no integer of 32 bits without a sign";
const TWICE: &str = "an index that comes twice";

/// A sparse vector: indices and values.
type Pairs = Vec<(u32, f32)>;

/// Appends the pairs of the next value, a sparse vector, in the order of their indices, each index once.
pub(crate) fn pairs(scanner: &mut Scanner<'_>, out: &mut Pairs) -> Result<(), Unread> {
    if scanner.kind()? == Kind::Text {
        return text::next(scanner, |text| pairs_in(text, out));
    }
    vector(scanner, out)
}

/// Appends the pairs of the sparse vector that a text has in it.
pub(crate) fn pairs_in(text: &str, out: &mut Pairs) -> Result<(), &'static str> {
    if text::has_json(text) {
        return text::json(text, |scanner| vector(scanner, out));
    }
    Err("a text that is no sparse vector in JSON")
}

fn vector(scanner: &mut Scanner<'_>, out: &mut Pairs) -> Result<(), Unread> {
    let kind = scanner.kind()?;
    let at = scanner.at();
    let mut pairs = match kind {
        Kind::Object => object(scanner)?,
        _ => list(scanner)?,
    };
    pairs.sort_by_key(|(index, _)| *index);
    if pairs.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(Unread::misfit(at, TWICE).within(kind));
    }
    out.append(&mut pairs);
    Ok(())
}

/// Indices as names, or the two lists.
fn object(scanner: &mut Scanner<'_>) -> Result<Pairs, Unread> {
    let at = scanner.at();
    let misfit = |at, unfit| Unread::misfit(at, unfit).within(Kind::Object);
    let (mut indices, mut values) = (None, None);
    let mut pairs = Pairs::new();
    scanner.open()?;
    while let Some(name) = scanner.next_name()? {
        match &*name.value() {
            "indices" => {
                let mut list = Vec::new();
                numbers(scanner, index, |index| list.push(index)).map_err(|unread| unread.within(Kind::Object))?;
                indices = Some(list);
            }
            "values" => {
                let mut list = Vec::new();
                numbers(scanner, Number::f32, |value| list.push(value))
                    .map_err(|unread| unread.within(Kind::Object))?;
                values = Some(list);
            }
            name => {
                scanner.expect(Kind::Number).map_err(|unread| unread.within(Kind::Object))?;
                let at = scanner.at();
                let index = index_of(name).ok_or_else(|| misfit(at, "a name that is no index"))?;
                let value = scanner.number()?.f32().map_err(|unfit| misfit(at, unfit))?;
                pairs.push((index, value));
            }
        }
    }
    match (indices, values) {
        (None, None) => {
            last_of_each(&mut pairs);
            Ok(pairs)
        }
        (Some(indices), Some(values)) if pairs.is_empty() => {
            if indices.len() != values.len() {
                return Err(misfit(at, "another number of values than of indices"));
            }
            Ok(indices.into_iter().zip(values).collect())
        }
        _ => Err(misfit(at, "`indices` or `values` without the other one, or beside others")),
    }
}

/// Of a name that comes twice in an object the last value holds, here as everywhere in JSON.
fn last_of_each(pairs: &mut Pairs) {
    pairs.sort_by_key(|(index, _)| *index);
    pairs.dedup_by(|later, first| {
        let twice = later.0 == first.0;
        if twice {
            first.1 = later.1;
        }
        twice
    });
}

/// Pairs of index and value, each an array of two.
fn list(scanner: &mut Scanner<'_>) -> Result<Pairs, Unread> {
    scanner.expect(Kind::Array)?;
    scanner.open()?;
    let mut pairs = Pairs::new();
    while scanner.next_element()? {
        pairs.push(pair(scanner).map_err(|unread| unread.within(Kind::Array))?);
    }
    Ok(pairs)
}

fn pair(scanner: &mut Scanner<'_>) -> Result<(u32, f32), Unread> {
    scanner.expect(Kind::Array)?;
    let at = scanner.at();
    scanner.open()?;
    let mut next = |read: &mut dyn FnMut(Number<'_>) -> Result<(), &'static str>| {
        if !scanner.next_element()? {
            return Err(Unread::misfit(at, "a pair of less than two"));
        }
        scanner.expect(Kind::Number)?;
        let at = scanner.at();
        read(scanner.number()?).map_err(|unfit| Unread::misfit(at, unfit))
    };
    let (mut place, mut value) = (0, 0.0);
    next(&mut |number| index(number).map(|index| place = index))?;
    next(&mut |number| number.f32().map(|number| value = number))?;
    if scanner.next_element()? {
        return Err(Unread::misfit(at, "a pair of more than two"));
    }
    Ok((place, value))
}

fn index(number: Number<'_>) -> Result<u32, &'static str> {
    let index = number.i64().ok().and_then(|number| u32::try_from(number).ok());
    index.ok_or(NO_INDEX)
}

/// An index has digits only, and no leading zero.
fn index_of(name: &str) -> Option<u32> {
    let canonical = name == "0" || !name.starts_with(['0', '+']);
    if canonical { name.parse().ok() } else { None }
}
