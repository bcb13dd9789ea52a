//! Semantic conventions: what each set of them adds to a span, and the keys and types that all of
//! them know.

mod attribute;
mod durations;
mod registry;
mod value;

use super::plan::SpanKind;

pub(crate) use attribute::{Attribute, Type, check_key};
pub(crate) use durations::Duration;
pub(crate) use value::check_values;

/// A set of conventions that an attribute can name.
#[derive(Debug)]
pub(crate) struct Conventions {
    name: &'static str,
    /// Attributes that are the same on every span.
    pub(crate) constant: &'static [(&'static str, &'static str)],
    /// What the span is exported as: the values of the first of these lists whose keys are all
    /// recorded.
    names: &'static [&'static [&'static str]],
    /// What `OTEL_SEMCONV_STABILITY_OPT_IN` calls their older version, before `/dup`.
    pub(crate) category: &'static str,
    /// Current keys, with the older ones that are recorded besides where the environment asks for
    /// them. Only those whose value is the same.
    older: Renamed,
    /// The same for spans that receive, and for those that send.
    older_received: Renamed,
    older_sent: Renamed,
}

/// Current keys with older ones.
type Renamed = &'static [(&'static str, &'static str)];

static CONVENTIONS: [Conventions; 5] = [
    Conventions {
        name: "jsonrpc",
        constant: &[
            ("rpc.system.name", "jsonrpc"),
            ("jsonrpc.protocol.version", "2.0"),
        ],
        names: &[&["rpc.method"]],
        category: "rpc",
        older: &[
            ("rpc.system.name", "rpc.system"),
            ("jsonrpc.protocol.version", "rpc.jsonrpc.version"),
            ("jsonrpc.request.id", "rpc.jsonrpc.request_id"),
            ("rpc.status_code", "rpc.jsonrpc.error_code"),
        ],
        older_received: &[],
        older_sent: &[],
    },
    Conventions {
        name: "grpc",
        constant: &[("rpc.system.name", "grpc")],
        names: &[&["rpc.method"]],
        category: "rpc",
        older: &[("rpc.system.name", "rpc.system")],
        older_received: &[],
        older_sent: &[],
    },
    Conventions {
        name: "http",
        constant: &[],
        names: &[
            &["http.request.method", "http.route"],
            &["http.request.method", "url.template"],
            &["http.request.method"],
        ],
        category: "http",
        older: &[
            ("http.request.method", "http.method"),
            ("http.response.status_code", "http.status_code"),
            ("url.full", "http.url"),
            ("url.scheme", "http.scheme"),
            ("client.address", "http.client_ip"),
            ("network.protocol.name", "net.protocol.name"),
            ("network.protocol.version", "net.protocol.version"),
            ("network.peer.address", "net.sock.peer.addr"),
            ("network.peer.port", "net.sock.peer.port"),
            ("network.local.address", "net.sock.host.addr"),
            ("network.local.port", "net.sock.host.port"),
        ],
        older_received: &[
            ("server.address", "net.host.name"),
            ("server.port", "net.host.port"),
        ],
        older_sent: &[
            ("server.address", "net.peer.name"),
            ("server.port", "net.peer.port"),
        ],
    },
    Conventions {
        name: "messaging",
        constant: &[],
        names: &[
            &["messaging.operation.name", "messaging.destination.template"],
            &["messaging.operation.name", "messaging.destination.name"],
            &["messaging.operation.name"],
        ],
        category: "messaging",
        older: &[
            ("messaging.system.name", "messaging.system"),
            ("messaging.operation.type", "messaging.operation"),
        ],
        older_received: &[],
        older_sent: &[],
    },
    Conventions {
        name: "db",
        constant: &[],
        names: &[
            &["db.query.summary"],
            &["db.operation.name", "db.collection.name"],
            &["db.operation.name", "db.stored_procedure.name"],
            &["db.operation.name", "db.namespace"],
            &["db.operation.name"],
        ],
        category: "database",
        older: &[
            ("db.system.name", "db.system"),
            ("db.namespace", "db.name"),
            ("db.operation.name", "db.operation"),
            ("db.query.text", "db.statement"),
        ],
        older_received: &[],
        older_sent: &[],
    },
];

impl Conventions {
    /// The conventions of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        CONVENTIONS.iter().find(|known| known.name == name)
    }

    /// Whether a message gets the context of the span that handles it. In messaging it keeps the one
    /// that it was created with.
    pub(crate) fn changes_messages(&self) -> bool {
        self.category != "messaging"
    }

    /// Which of these keys the name of the span is made of, by number.
    pub(crate) fn name_of(&self, keys: &[&str]) -> Option<Vec<usize>> {
        let number = |key: &&str| keys.iter().position(|recorded| recorded == key);
        self.names
            .iter()
            .find_map(|list| list.iter().map(number).collect())
    }

    /// The older keys of this one, on spans of this kind.
    pub(crate) fn older(
        &self,
        current: &str,
        kind: SpanKind,
    ) -> impl Iterator<Item = &'static str> {
        let of_side = match kind {
            SpanKind::Server | SpanKind::Consumer => self.older_received,
            SpanKind::Client | SpanKind::Producer => self.older_sent,
            SpanKind::Internal => &[],
        };
        let is = move |pair: &&(&str, &str)| pair.0 == current;
        self.older
            .iter()
            .chain(of_side)
            .filter(is)
            .map(|(_, older)| *older)
    }

    /// All that it says about older keys.
    #[cfg(test)]
    fn renamed(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        let of_sides = self.older_received.iter().chain(self.older_sent);
        self.older.iter().chain(of_sides)
    }
}

#[cfg(test)]
mod tests {
    use super::registry::NAMESPACES;
    use super::{Attribute, CONVENTIONS, Conventions};
    use crate::options::Kind;
    use crate::snapshots;
    use crate::span::args::TRACED;

    #[test]
    fn the_option_takes_the_name_of_each() {
        let options = TRACED.options.iter();
        let kinds = options.filter(|option| option.name == "conventions");
        let taken: Vec<&str> = kinds
            .flat_map(|option| match option.kind {
                Kind::OneOf(names) => names,
                _ => &[],
            })
            .copied()
            .collect();
        assert_eq!(taken, CONVENTIONS.each_ref().map(|known| known.name));
    }

    #[test]
    fn the_documentation_says_what_is_added_and_checked() {
        let docs = snapshots::documentation("functions.rs");
        let section = docs
            .split("/// ## ")
            .find(|text| text.starts_with("Conventions"));
        let section = section.unwrap();
        let names = CONVENTIONS
            .iter()
            .map(|known| format!("| `\"{}\"` |", known.name));
        let categories = CONVENTIONS
            .iter()
            .map(|known| format!("`{}/dup`", known.category));
        let constants = CONVENTIONS.iter().flat_map(|known| known.constant);
        let constants = constants.map(|(key, _)| format!("`{key}`"));
        let namespaces = NAMESPACES.iter().map(|namespace| format!("`{namespace}`"));
        for text in names.chain(categories).chain(constants).chain(namespaces) {
            assert!(section.contains(&text), "{text}");
        }
    }

    #[test]
    fn what_is_added_is_current() {
        for conventions in &CONVENTIONS {
            let constant = conventions.constant.iter().map(|(key, _)| key);
            let names = conventions.names.iter().copied().flatten();
            let renamed = conventions.renamed().map(|(current, _)| current);
            for key in constant.chain(names).chain(renamed) {
                assert!(
                    Attribute::of(key).is_some_and(Attribute::is_current),
                    "{key}"
                );
            }
        }
    }

    #[test]
    fn older_keys_have_the_current_one_as_their_successor() {
        for (current, older) in CONVENTIONS.iter().flat_map(Conventions::renamed) {
            let known = Attribute::of(older).unwrap();
            assert!(known.is_replaced_by(current), "{older}");
        }
    }

    #[test]
    fn the_name_is_made_of_the_first_list_that_is_all_there() {
        let http = Conventions::named("http").unwrap();
        assert_eq!(
            http.name_of(&["url.path", "http.request.method"]),
            Some(vec![1])
        );
        assert_eq!(
            http.name_of(&["http.route", "http.request.method"]),
            Some(vec![1, 0])
        );
        assert_eq!(http.name_of(&["http.route"]), None);
    }
}
