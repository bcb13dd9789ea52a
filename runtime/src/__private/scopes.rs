//! What `scope_config!` asks at compile time.

/// Whether variables can have names that begin so.
#[must_use]
pub const fn is_prefix_of_variables(prefix: &str) -> bool {
    let bytes = prefix.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if !(bytes[index].is_ascii_alphanumeric() || bytes[index] == b'_') {
            return false;
        }
        index += 1;
    }
    index > 0 && !bytes[0].is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::is_prefix_of_variables;

    #[test]
    fn a_prefix_is_letters_digits_and_underscores() {
        for prefix in ["A", "a", "_", "T3CODE_RELAY_CLIENT_OTLP_TRACES", "_3"] {
            assert!(is_prefix_of_variables(prefix), "{prefix}");
        }
        for prefix in ["", "3", "3A", "A-B", "A B", "A=", "A\0", "\u{e4}", "A."] {
            assert!(!is_prefix_of_variables(prefix), "{prefix}");
        }
    }
}
