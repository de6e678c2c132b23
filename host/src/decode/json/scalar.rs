//! Reading one value of a type, or an array of them.

use crate::json::{Kind, Number, Scanner, Unread, from_base64};

/// The next value, a boolean.
pub(super) fn bool(scanner: &mut Scanner<'_>) -> Result<bool, Unread> {
    scanner.expect(Kind::Bool)?;
    Ok(scanner.bool()?)
}

/// The next value, a number that `read` takes.
pub(super) fn number<'a, T>(
    scanner: &mut Scanner<'a>,
    read: fn(Number<'a>) -> Result<T, &'static str>,
) -> Result<T, Unread> {
    scanner.expect(Kind::Number)?;
    let at = scanner.at();
    read(scanner.number()?).map_err(|unfit| Unread::misfit(at, unfit))
}

/// Appends the next value, a text.
pub(super) fn text(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Unread> {
    scanner.expect(Kind::Text)?;
    scanner.text()?.append_to(out);
    Ok(())
}

/// Appends the bytes that the next value, a text, stands for in base64.
pub(super) fn base64(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Unread> {
    scanner.expect(Kind::Text)?;
    let at = scanner.at();
    if from_base64(&scanner.text()?.value(), out) {
        Ok(())
    } else {
        Err(Unread::misfit(at, "a text that is no base64"))
    }
}

/// Appends the next value, whatever it is, as it is written.
pub(super) fn json(scanner: &mut Scanner<'_>, out: &mut Vec<u8>) -> Result<(), Unread> {
    out.extend_from_slice(scanner.value()?.as_bytes());
    Ok(())
}

/// Reads each element of the next value, an array.
pub(super) fn array<'a>(
    scanner: &mut Scanner<'a>,
    mut read: impl FnMut(&mut Scanner<'a>) -> Result<(), Unread>,
) -> Result<(), Unread> {
    scanner.expect(Kind::Array)?;
    scanner.open()?;
    while scanner.next_element()? {
        read(scanner).map_err(|unread| unread.within(Kind::Array))?;
    }
    Ok(())
}
