//! The keys of attributes: which are reserved, and that each is given once.

use super::args::{Ending, Field, Key};
use super::conventions::{self, Conventions};
use super::late::LateField;
use crate::diag::Diagnostics;

/// The keys that each span records by itself.
pub(crate) const OWN_KEYS: [&str; 5] = [
    "otel.kind",
    "trace_id",
    "span_id",
    "relay.outcome",
    "error.type",
];

/// The keys that say something to the OpenTelemetry layer, and what to write instead of a field.
const SPECIAL_KEYS: [(&str, &str); 5] = [
    (
        "otel.name",
        "write `otel_name = value` in the attribute of the function",
    ),
    (
        "otel.kind",
        "write `kind = \"server\"` in the attribute of the function",
    ),
    (
        "otel.status_code",
        "return a `Result`, or implement `SpanOutcome` for what is returned",
    ),
    (
        "otel.status_description",
        "write `err = \"message\"` in the attribute of the function",
    ),
    ("otel.tracing_event_count", "give the field another key"),
];

/// Refuses a key that is reserved, or among those before it. Returns whether it did.
pub(crate) fn refuse_key(key: &Key, before: &[&str], diagnostics: &mut Diagnostics) -> bool {
    let name = key.name.as_str();
    let (fault, help) = if name.is_empty() {
        ("an attribute needs a key".to_owned(), "write `key = value`")
    } else if let Some((_, help)) = SPECIAL_KEYS.iter().find(|(key, _)| *key == name) {
        let fault = format!("`{name}` is not a field but an instruction to OpenTelemetry's layer");
        (fault, *help)
    } else if OWN_KEYS.contains(&name) {
        (
            format!("`{name}` is recorded by the attribute itself"),
            "remove the field, or give it another key",
        )
    } else if before.contains(&name) {
        (
            format!("the field `{name}` is given twice"),
            "keep one of the two: a key is exported once",
        )
    } else {
        return false;
    };
    diagnostics.report(&key.tokens, &fault, help);
    true
}

/// Refuses keys that are taken or given twice, and returns the deprecated ones with what to write. A key may be in both
/// endings: only one of them happens.
pub(crate) fn check_keys(
    conventions: Option<&'static Conventions>,
    fields: &[Field],
    late: &[LateField],
    endings: [&Option<Ending>; 2],
    diagnostics: &mut Diagnostics,
) -> Vec<(Key, String)> {
    let opening = fields.iter().map(|field| &field.key);
    let late = late.iter().map(|field| &field.key);
    let before: Vec<&Key> = opening.chain(late).collect();
    let [ok, err] = endings.map(|ending| {
        let fields = ending.iter().flat_map(|ending| &ending.fields);
        fields.map(|field| &field.key).collect::<Vec<_>>()
    });
    let groups = [(&[] as &[&Key], &before), (&before, &ok), (&before, &err)];
    let mut deprecated = Vec::new();
    for (before, group) in groups {
        let mut seen: Vec<&str> = before.iter().map(|key| key.name.as_str()).collect();
        for key in group {
            if !refuse_key(key, &seen, diagnostics)
                && conventions.is_some()
                && let Some(help) = conventions::check_key(key, diagnostics)
            {
                deprecated.push(((*key).clone(), help));
            }
            seen.push(&key.name);
        }
    }
    deprecated
}
