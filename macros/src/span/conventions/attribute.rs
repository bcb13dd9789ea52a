//! What the conventions say about one attribute: its key, the type of its value, and what took its
//! place.

use super::registry::{ATTRIBUTES, NAMESPACES};
use crate::diag::{self, Diagnostics};
use crate::span::args::Key;

/// One attribute, or a family of them.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// Ends with a dot where it is the beginning of a family of keys.
    key: &'static str,
    pub(crate) value: Type,
    /// The keys to write instead of a deprecated one.
    successors: Option<&'static [&'static str]>,
}

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Type {
    /// A number becomes text.
    Text,
    /// An integer and nothing else.
    Int,
    /// A list, which an attribute of ours cannot be, or a type that is not checked.
    Other,
}

pub(super) const fn current(key: &'static str, value: Type) -> Attribute {
    Attribute {
        key,
        value,
        successors: None,
    }
}

pub(super) const fn deprecated(
    key: &'static str,
    value: Type,
    successors: &'static [&'static str],
) -> Attribute {
    Attribute {
        key,
        value,
        successors: Some(successors),
    }
}

impl Attribute {
    /// What the conventions say about a key.
    pub(crate) fn of(key: &str) -> Option<&'static Self> {
        let is =
            |attribute: &&Self| attribute.key == key || attribute.name_in_family(key).is_some();
        ATTRIBUTES.iter().find(is)
    }

    /// Whether the key is not deprecated.
    #[cfg(test)]
    pub(super) fn is_current(&self) -> bool {
        self.successors.is_none()
    }

    /// Whether this key is one to write instead.
    #[cfg(test)]
    pub(super) fn is_replaced_by(&self, current: &str) -> bool {
        self.successors
            .is_some_and(|successors| successors.contains(&current))
    }

    /// What the key has after the beginning that it shares with its family.
    fn name_in_family<'a>(&self, key: &'a str) -> Option<&'a str> {
        let name = key.strip_prefix(self.key)?;
        (self.key.ends_with('.') && !name.is_empty()).then_some(name)
    }

    /// What to write instead of the key, if it is deprecated.
    fn deprecation(&self, key: &str) -> Option<String> {
        let name = self.name_in_family(key).unwrap_or("<key>");
        let full = |successor: &&str| {
            let name = if successor.ends_with('.') { name } else { "" };
            format!("{successor}{name}")
        };
        let successors: Vec<String> = self.successors?.iter().map(full).collect();
        Some(match successors.as_slice() {
            [] => "remove it, nothing takes its place".to_owned(),
            [only] => format!("write `{only}`"),
            several => format!("write one of {}", diag::list(several)),
        })
    }
}

/// Refuses a key of a namespace of the conventions that they do not know. Returns what to write instead
/// of one that is deprecated.
pub(crate) fn check_key(key: &Key, diagnostics: &mut Diagnostics) -> Option<String> {
    let name = key.name.as_str();
    if let Some(attribute) = Attribute::of(name) {
        return attribute.deprecation(name);
    }
    if let Some(namespace) = NAMESPACES.iter().find(|prefix| name.starts_with(**prefix)) {
        report_unknown(key, namespace, diagnostics);
    }
    None
}

fn report_unknown(key: &Key, namespace: &str, diagnostics: &mut Diagnostics) {
    let name = key.name.as_str();
    let current = ATTRIBUTES
        .iter()
        .filter(|known| known.successors.is_none())
        .map(|known| known.key);
    let neighbours = current.clone().filter(|known| known.starts_with(namespace));
    let neighbours: Vec<&str> = neighbours.collect();
    let help = match diag::nearest(name, current) {
        Some(near) => format!("did you mean `{near}`?"),
        None if neighbours.is_empty() => {
            format!("give the key another beginning: all of `{namespace}` is deprecated")
        }
        None => format!(
            "give the key another beginning, or write one of {}",
            diag::list(neighbours)
        ),
    };
    diagnostics.report(
        &key.tokens,
        &format!("the conventions have no attribute `{name}`"),
        &help,
    );
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES, Attribute, NAMESPACES, Type};

    #[test]
    fn each_key_is_there_once_and_in_a_checked_namespace() {
        let keys: Vec<&str> = ATTRIBUTES.iter().map(|attribute| attribute.key).collect();
        assert!(keys.is_sorted_by(|left, right| left < right));
        for key in keys {
            let in_namespace = |prefix: &&&str| key.starts_with(**prefix);
            assert_eq!(NAMESPACES.iter().filter(in_namespace).count(), 1, "{key}");
        }
    }

    #[test]
    fn what_takes_the_place_of_a_key_is_current() {
        let successors = ATTRIBUTES
            .iter()
            .filter_map(|attribute| attribute.successors);
        for successor in successors.flatten() {
            let checked = NAMESPACES
                .iter()
                .any(|prefix| successor.starts_with(prefix));
            let found = Attribute::of(successor);
            assert_eq!(found.is_some(), checked, "{successor}");
            assert!(
                found.is_none_or(|found| found.successors.is_none()),
                "{successor}"
            );
        }
    }

    #[test]
    fn keys_have_their_types_and_families_their_names() {
        for (key, value) in [
            ("rpc.method", Some(Type::Text)),
            ("rpc.status_code", Some(Type::Text)),
            ("http.response.status_code", Some(Type::Int)),
            ("server.port", Some(Type::Int)),
            ("network.protocol.version", Some(Type::Text)),
            ("http.request.header.accept", Some(Type::Other)),
            ("db.query.parameter.id", Some(Type::Text)),
            ("db.query.parameter", None),
            ("http.response.status", None),
            ("turn.id", None),
        ] {
            assert_eq!(Attribute::of(key).map(|known| known.value), value, "{key}");
        }
    }

    #[test]
    fn a_deprecated_key_names_its_successors() {
        for (key, help) in [
            ("rpc.method", None),
            ("rpc.system", Some("write `rpc.system.name`")),
            ("http.target", Some("write one of `url.path`, `url.query`")),
            ("db.user", Some("remove it, nothing takes its place")),
            (
                "rpc.grpc.request.metadata.tenant",
                Some("write `rpc.request.header.tenant`"),
            ),
        ] {
            let known = Attribute::of(key).unwrap();
            assert_eq!(known.deprecation(key).as_deref(), help);
        }
    }
}
