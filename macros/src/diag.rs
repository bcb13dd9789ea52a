//! Collects the errors of one attribute, so that all of them are reported at once, and writes them
//! in one form: the fault on the first line, the remedy on a `help:` line.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// The errors of one attribute, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics(Vec<Error>);

impl Diagnostics {
    /// Adds an error that was built elsewhere.
    pub(crate) fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Adds an error that underlines `tokens`.
    pub(crate) fn report(&mut self, tokens: impl ToTokens, fault: &str, help: &str) {
        self.push(at(tokens, fault, help));
    }

    /// The value, or nothing and one more error.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The texts of the errors.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(Error::to_string)
    }
}

/// One `compile_error!` an error.
impl ToTokens for Diagnostics {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().map(Error::to_compile_error));
    }
}

/// The text of an error: lower case, no final full stop, the remedy on its own line.
pub(crate) fn text(fault: &str, help: &str) -> String {
    format!("{fault}\nhelp: {help}")
}

/// An error that underlines `tokens` from the first to the last.
pub(crate) fn at(tokens: impl ToTokens, fault: &str, help: &str) -> Error {
    Error::new_spanned(tokens, text(fault, help))
}

/// An error at the next token, or at the end where there is none.
pub(crate) fn error_here(input: syn::parse::ParseStream<'_>, fault: &str, help: &str) -> Error {
    input.error(text(fault, help))
}

/// The names in backticks, separated by commas: `` `a`, `b` ``.
pub(crate) fn list(names: impl IntoIterator<Item = impl Display>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// The candidate that `name` is most likely a misspelling of, if any is near enough.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (name.len().max(candidate.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of characters to add, remove, replace or swap with their neighbour.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    // Distances of the beginnings of `left`, without its last two, last and no characters, from
    // all beginnings of `right`.
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for from in left.chars() {
        let mut row: Vec<usize> = last
            .first()
            .map(|distance| distance + 1)
            .into_iter()
            .collect();
        for (index, to) in right.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, index).saturating_add(usize::from(from != *to));
            let removed = at(&last, index + 1).saturating_add(1);
            let added = at(&row, index).saturating_add(1);
            let mut distance = replaced.min(removed).min(added);
            let swapped = index
                .checked_sub(1)
                .filter(|before| previous == Some(*to) && right.get(*before) == Some(&from));
            if let Some(before) = swapped {
                distance = distance.min(at(&before_last, before).saturating_add(1));
            }
            row.push(distance);
        }
        before_last = std::mem::replace(&mut last, row);
        previous = Some(from);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{edit_distance, nearest};

    #[test]
    fn distance_counts_single_edits() {
        for (left, right, distance) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kind", "kind", 0),
            ("kindd", "kind", 1),
            ("knd", "kind", 1),
            ("kimd", "kind", 1),
            ("feild", "field", 1),
            ("ab", "ba", 1),
            ("abcd", "cdab", 4),
            ("field", "fields", 1),
            ("restamp", "rename", 3),
        ] {
            assert_eq!(edit_distance(left, right), distance, "{left} {right}");
            assert_eq!(edit_distance(right, left), distance, "{right} {left}");
        }
    }

    #[test]
    fn only_near_names_are_suggested() {
        let names = ["name", "kind", "restamp"];
        assert_eq!(nearest("kindd", names), Some("kind"));
        assert_eq!(nearest("restmp", names), Some("restamp"));
        assert_eq!(nearest("colour", names), None);
    }
}
