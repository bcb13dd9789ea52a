//! [`Reader`]: values of variables, by the rules that hold for all of them.
//!
//! Empty is unset. What cannot be used is ignored, with a warning that names the variable and never its value: that may be
//! a secret in the wrong place.

use std::fmt;
use std::time::Duration;

/// For what has no limit: nobody waits for anything that long.
const NO_LIMIT: Duration = Duration::from_secs(60 * 60);

pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    warnings: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            warnings: Vec::new(),
        }
    }

    pub(super) fn into_warnings(self) -> Vec<String> {
        self.warnings
    }

    /// Notes what is wrong with a variable, once: one for all signals is read for each of them.
    pub(super) fn warn(&mut self, variable: &str, fault: impl fmt::Display) {
        let warning = format!("`{variable}` {fault}");
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The value without the space around it; `None` where nothing is left.
    pub(super) fn text(&self, variable: &str) -> Option<String> {
        let value = (self.lookup)(variable)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    pub(super) fn is_true(&mut self, variable: &str) -> bool {
        self.boolean(variable).unwrap_or_default()
    }

    pub(super) fn boolean(&mut self, variable: &str) -> Option<bool> {
        let value = self.text(variable)?;
        let is_true = value.eq_ignore_ascii_case("true");
        if !is_true && !value.eq_ignore_ascii_case("false") {
            self.warn(
                variable,
                "is neither `true` nor `false`, and counts as `false`",
            );
        }
        Some(is_true)
    }

    /// A whole number of at least this.
    pub(super) fn number(&mut self, variable: &str, least: u32) -> Option<u32> {
        let value = self.text(variable)?;
        let number = value.parse().ok().filter(|number| *number >= least);
        if number.is_none() {
            let fault = format!("is not a whole number from {least} on, and is ignored");
            self.warn(variable, fault);
        }
        number
    }

    pub(super) fn milliseconds(&mut self, variable: &str) -> Option<Duration> {
        let value = self.text(variable)?;
        let number = value.parse().ok();
        if number.is_none() {
            self.warn(
                variable,
                "is not a whole number of milliseconds, and is ignored",
            );
        }
        number.map(Duration::from_millis)
    }

    /// Milliseconds, of which 0 is no limit.
    pub(super) fn timeout(&mut self, variable: &str) -> Option<Duration> {
        let timeout = self.milliseconds(variable)?;
        Some(if timeout.is_zero() {
            NO_LIMIT
        } else {
            timeout.min(NO_LIMIT)
        })
    }

    /// What one of these names in any case stands for.
    pub(super) fn name<T: Clone>(&mut self, variable: &str, names: &[(&str, T)]) -> Option<T> {
        let value = self.text(variable)?;
        let found = one_of(&value, names);
        if found.is_none() {
            self.warn_of_name(variable, names);
        }
        found
    }

    /// What the names of a list stand for, each once. Names that are not known are left out.
    pub(super) fn names<T: Clone + PartialEq>(
        &mut self,
        variable: &str,
        names: &[(&str, T)],
    ) -> Vec<T> {
        let mut found = Vec::new();
        let mut is_known = true;
        for name in self.text(variable).iter().flat_map(|list| list.split(',')) {
            let name = name.trim();
            match one_of(name, names) {
                Some(value) if !found.contains(&value) => found.push(value),
                Some(_) => {}
                None => is_known &= name.is_empty(),
            }
        }
        if !is_known {
            self.warn_of_name(variable, names);
        }
        found
    }

    fn warn_of_name<T>(&mut self, variable: &str, names: &[(&str, T)]) {
        let names: Vec<_> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
        let fault = format!(
            "has a name that is not known, which is ignored; known are {}",
            names.join(", ")
        );
        self.warn(variable, fault);
    }

    /// The first of two variables that has a value which can be used: that for one signal comes before that for all.
    pub(super) fn either<T>(
        &mut self,
        variables: [&str; 2],
        read: impl Fn(&mut Self, &str) -> Option<T>,
    ) -> Option<T> {
        let [specific, generic] = variables;
        read(self, specific).or_else(|| read(self, generic))
    }

    /// `key=value` pairs between commas, as they are written; `None` for one that is no pair.
    pub(super) fn pairs(&self, variable: &str) -> Vec<Option<(String, String)>> {
        let list = self.text(variable);
        let list = list.iter().flat_map(|list| list.split(','));
        list.map(str::trim)
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=')?;
                let key = key.trim();
                (!key.is_empty()).then(|| (key.to_owned(), value.trim().to_owned()))
            })
            .collect()
    }
}

fn one_of<T: Clone>(value: &str, names: &[(&str, T)]) -> Option<T> {
    let (_, found) = names
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(value))?;
    Some(found.clone())
}

/// Percent-decodes; `None` for what is no text afterwards, or has a percent sign that begins nothing.
pub(super) fn decoded(value: &str) -> Option<String> {
    let mut parts = value.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_percent_encoded_is_decoded_or_refused_as_a_whole() {
        let rows = [
            ("plain", Some("plain")),
            ("a%20b%2Cc", Some("a b,c")),
            ("%c3%bc%E2%82%AC", Some("ü€")),
            ("%EF%BF%BD", Some("\u{fffd}")),
            ("\u{fffd}", Some("\u{fffd}")),
            ("100%", None),
            ("%2", None),
            ("%zz", None),
            ("%ff", None),
            ("%+1", None),
        ];
        for (value, wanted) in rows {
            assert_eq!(decoded(value).as_deref(), wanted, "{value}");
        }
    }

    #[test]
    fn a_list_is_read_without_regard_to_case_space_and_repetition() {
        let names = [("one", 1), ("two", 2)];
        let rows: [(&str, &[u8], usize); 5] = [
            ("one,two", &[1, 2], 0),
            (" TWO , two,,One ", &[2, 1], 0),
            (",", &[], 0),
            ("three,two", &[2], 1),
            ("three,four", &[], 1),
        ];
        for (value, wanted, warnings) in rows {
            let lookup = |_: &str| Some(value.to_owned());
            let mut reader = Reader::new(&lookup);
            assert_eq!(reader.names("LIST", &names), wanted, "{value}");
            assert_eq!(reader.into_warnings().len(), warnings, "{value}");
        }
    }
}
