//! Older names of attributes: while the conventions migrate, a value is recorded under both names
//! where the environment asks for them.

use std::sync::OnceLock;

use tracing::field::FieldSet;

use super::value::{AttributeValue, Recordable};

/// A key of the current conventions, and what it was called before.
#[derive(Clone, Copy, Debug)]
pub struct OlderName {
    /// The current key.
    pub current: &'static str,
    /// The key before; both are fields of the span.
    pub older: &'static str,
    /// Whether the value was an integer.
    pub integer: bool,
}

/// The older names of a site's fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OlderNames {
    /// The part of the conventions that migrates: `rpc`, `http`.
    category: &'static str,
    names: &'static [OlderName],
}

impl OlderNames {
    pub(crate) const NONE: Self = Self::new("", &[]);

    pub(crate) const fn new(category: &'static str, names: &'static [OlderName]) -> Self {
        Self { category, names }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What is recorded besides, where `values` are recorded for the fields from `first` on: the
    /// number of a field and its value.
    pub(crate) fn of<'a>(
        &self,
        fields: &FieldSet,
        first: usize,
        values: &[AttributeValue<'a>],
    ) -> Vec<(usize, Recordable<'a>)> {
        if self.is_empty() || !are_asked_for(self.category) {
            return Vec::new();
        }
        let older = |name: &OlderName| {
            let current = fields.field(name.current)?.index();
            let value = *values.get(current.checked_sub(first)?)?;
            Some((fields.field(name.older)?.index(), name.value(value)))
        };
        self.names.iter().filter_map(older).collect()
    }
}

impl OlderName {
    /// A value of the current type as one of the older.
    fn value<'a>(&self, value: AttributeValue<'a>) -> Recordable<'a> {
        match value {
            value if !self.integer => value.into(),
            AttributeValue::I64(number) | AttributeValue::Numeral(number) => {
                Recordable::I64(number)
            }
            AttributeValue::Str(text) => text.parse().map_or(Recordable::Absent, Recordable::I64),
            _ => Recordable::Absent,
        }
    }
}

/// Whether `OTEL_SEMCONV_STABILITY_OPT_IN` asks for both names of this category. Read once.
fn are_asked_for(category: &str) -> bool {
    static ASKED: OnceLock<Vec<String>> = OnceLock::new();
    let asked = ASKED.get_or_init(|| {
        let list = std::env::var("OTEL_SEMCONV_STABILITY_OPT_IN").unwrap_or_default();
        migrating(&list).map(str::to_owned).collect()
    });
    asked.iter().any(|asked| asked == category)
}

/// The categories in a list of which both names are asked for: `rpc` asks for the current ones only,
/// which is what there is anyway.
fn migrating(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .filter_map(|item| item.trim().strip_suffix("/dup"))
}

#[cfg(test)]
mod tests {
    use super::{AttributeValue, OlderName, Recordable, migrating};

    #[test]
    fn a_category_alone_asks_for_its_current_names_only() {
        for (list, expected) in [
            ("", &[] as &[&str]),
            ("rpc", &[]),
            ("rpc/dup", &["rpc"]),
            ("http, rpc/dup ,database/dup,", &["rpc", "database"]),
            ("messaging/DUP", &[]),
        ] {
            assert_eq!(migrating(list).collect::<Vec<_>>(), expected, "{list}");
        }
    }

    #[test]
    fn what_was_an_integer_is_one_again() {
        let name = OlderName {
            current: "rpc.status_code",
            older: "rpc.jsonrpc.error_code",
            integer: true,
        };
        for (value, expected) in [
            (AttributeValue::Numeral(-32601), Some(-32601)),
            (AttributeValue::Str("-32601"), Some(-32601)),
            (AttributeValue::I64(5), Some(5)),
            (AttributeValue::Str("NOT_FOUND"), None),
            (AttributeValue::Bool(true), None),
            (AttributeValue::Absent, None),
        ] {
            let found = match name.value(value) {
                Recordable::I64(number) => Some(number),
                _ => None,
            };
            assert_eq!(found, expected, "{value:?}");
        }
    }
}
