//! Names that Milvus takes, made of names that it may not take.

/// Milvus' limit.
const NAME_MAX: usize = 255;

/// The name with nothing but what Milvus takes: letters of ASCII, digits and underscores, no digit first. Empty where
/// nothing is left.
pub(super) fn plain(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let plain = plain.trim_end_matches('_').to_owned();
    let plain = if plain.starts_with(|c: char| c.is_ascii_digit()) { format!("_{plain}") } else { plain };
    plain.chars().take(NAME_MAX).collect()
}

/// The same, other than all that are taken.
pub(super) fn unused(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let plain = plain(name);
    let plain = if plain.is_empty() { "field".to_owned() } else { plain };
    if !is_taken(&plain) {
        return plain;
    }
    let mut numbered = (2..).map(|number| format!("{}_{number}", &plain[..plain.len().min(NAME_MAX - 8)]));
    numbered.find(|name| !is_taken(name)).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_what_milvus_takes() {
        for (name, is) in [("size_kb", "size_kb"), ("a-b.c", "a_b_c"), ("9x", "_9x"), ("größe", "gr__e"), ("$$", "")]
        {
            assert_eq!(plain(name), is);
        }
        assert_eq!(unused("a-b", |name| name == "a_b"), "a_b_2");
        assert_eq!(unused("$", |_| false), "field");
    }
}
