//! Semantic conventions: the constant attributes that they ask for, and the keys that they know.

use super::args::Key;
use crate::diag::{self, Diagnostics};

/// A set of conventions that an attribute can name.
#[derive(Debug)]
pub(crate) struct Conventions {
    /// The namespaces whose keys are checked.
    namespaces: &'static [&'static str],
    /// The keys in these namespaces that are current.
    current: &'static [&'static str],
    /// The keys that are deprecated, and what to write instead.
    deprecated: &'static [(&'static str, &'static str)],
    /// Attributes that are the same on every span.
    pub(crate) constant: &'static [(&'static str, &'static str)],
    /// The key whose value is the name of the span.
    pub(crate) name: &'static str,
    /// Keys whose value is text, also where it is a number.
    pub(crate) textual: &'static [&'static str],
    /// Older keys that are recorded beside the current ones where the environment asks for it.
    pub(crate) older: &'static [(&'static str, &'static str)],
}

/// [JSON-RPC](https://opentelemetry.io/docs/specs/semconv/rpc/json-rpc/), version 1.45 of the
/// conventions.
static JSONRPC: Conventions = Conventions {
    namespaces: &["rpc.", "jsonrpc."],
    current: &[
        "rpc.system.name",
        "rpc.method",
        "rpc.method_original",
        "rpc.response.status_code",
        "rpc.status_code",
        "jsonrpc.protocol.version",
        "jsonrpc.request.id",
    ],
    deprecated: &[
        ("rpc.system", "rpc.system.name"),
        ("rpc.service", "rpc.method"),
        ("rpc.jsonrpc.version", "jsonrpc.protocol.version"),
        ("rpc.jsonrpc.request_id", "jsonrpc.request.id"),
        ("rpc.jsonrpc.error_code", "rpc.status_code"),
        ("rpc.jsonrpc.error_message", "error.type"),
    ],
    constant: &[
        ("rpc.system.name", "jsonrpc"),
        ("jsonrpc.protocol.version", "2.0"),
    ],
    name: "rpc.method",
    textual: &[
        "jsonrpc.request.id",
        "rpc.status_code",
        "rpc.response.status_code",
    ],
    older: &[
        ("rpc.system.name", "rpc.system"),
        ("jsonrpc.protocol.version", "rpc.jsonrpc.version"),
        ("jsonrpc.request.id", "rpc.jsonrpc.request_id"),
        ("rpc.status_code", "rpc.jsonrpc.error_code"),
    ],
};

impl Conventions {
    /// The conventions of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        (name == "jsonrpc").then_some(&JSONRPC)
    }

    /// Refuses a key of these namespaces that the conventions do not know, and returns what to write
    /// instead of one that is deprecated.
    pub(crate) fn check(&self, key: &Key, diagnostics: &mut Diagnostics) -> Option<&'static str> {
        let name = key.name.as_str();
        if !self
            .namespaces
            .iter()
            .any(|prefix| name.starts_with(prefix))
            || self.current.contains(&name)
        {
            return None;
        }
        if let Some((_, successor)) = self.deprecated.iter().find(|(old, _)| *old == name) {
            return Some(successor);
        }
        let known = format!(
            "the keys of the conventions are {}",
            diag::list(self.current.iter().copied())
        );
        let help = match diag::nearest(name, self.current.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? {known}"),
            None => known,
        };
        diagnostics.report(
            &key.tokens,
            &format!("the conventions have no attribute `{name}`"),
            &help,
        );
        None
    }
}
