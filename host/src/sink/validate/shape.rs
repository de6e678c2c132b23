//! Shapes, as Milvus takes a Geometry: well-known text. What only a geometry library can tell, such as whether a ring is
//! closed, is left to Milvus.

const SHAPES: [&str; 7] =
    ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];

/// True for a text that starts with the name of a shape, and has numbers in brackets behind it, or nothing.
pub(super) fn is_wkt(text: &str) -> bool {
    let text = text.trim_ascii();
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let is_shape = SHAPES.iter().any(|shape| name.eq_ignore_ascii_case(shape));
    is_shape && is_body(rest.trim_ascii_start(), name.eq_ignore_ascii_case("GEOMETRYCOLLECTION"))
}

fn is_body(body: &str, nests: bool) -> bool {
    let with_axes = ["ZM", "Z", "M"].iter().find_map(|axes| {
        let (head, rest) = body.split_at_checked(axes.len())?;
        (head.eq_ignore_ascii_case(axes) && rest.starts_with([' ', '('])).then(|| rest.trim_ascii_start())
    });
    let body = with_axes.unwrap_or(body);
    if body.eq_ignore_ascii_case("EMPTY") {
        return true;
    }
    if !body.starts_with('(') || !body.ends_with(')') {
        return false;
    }
    let mut depth = 0usize;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return false,
            b')' => depth -= 1,
            b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E' | b',' | b' ' | b'\t' | b'\n' | b'\r' => {}
            b'a'..=b'z' | b'A'..=b'Z' if nests => {}
            _ => return false,
        }
        // Behind the last bracket nothing may come.
        if depth == 0 && at + 1 < body.len() {
            return false;
        }
    }
    depth == 0 && body.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_wkt;

    #[test]
    fn shapes_have_a_name_and_brackets() {
        for text in [
            "POINT (30 10)",
            "point(30.5 -1e3)",
            "POINT Z (1 2 3)",
            "POINT ZM (1 2 3 4)",
            "POINT EMPTY",
            "LINESTRING (30 10, 10 30, 40 40)",
            "POLYGON ((30 10, 40 40, 20 40, 10 20, 30 10))",
            "MULTIPOINT ((10 40), (40 30))",
            "GEOMETRYCOLLECTION (POINT (40 10), LINESTRING (10 10, 20 20))",
            " POINT (30 10)\n",
        ] {
            assert!(is_wkt(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_shape_is_refused() {
        for text in [
            "",
            "POINT",
            "POINT ()",
            "POINT (30 10",
            "POINT 30 10",
            "POINT (30 10))",
            "POINT (30 10) (1 2)",
            "POINT (a b)",
            "CIRCLE (30 10)",
            "SRID=4326;POINT (30 10)",
            "0101000000000000000000F03F",
            "{\"type\":\"Point\"}",
            "POINTÉ (1 2)",
        ] {
            assert!(!is_wkt(text), "{text}");
        }
    }
}
