//! The options of `#[carries_trace]`.

use crate::options::{Kind, Spec, Table};

/// The forms in which a carrier is written into a message.
pub(crate) const FLAVOURS: &[&str] = &["w3c", "sentry"];

/// The options, in the order of the documentation.
pub(crate) static TABLE: Table = Table {
    attribute: "#[carries_trace]",
    options: &[
        Spec {
            name: "new",
            kind: Kind::Item,
            usage: "new = name",
            doc: "Adds a constructor that takes the other fields in order and captures. `new` alone calls it `new`; it is as visible as the struct, or as `new = pub(crate) name` says.",
        },
        Spec {
            name: "field",
            kind: Kind::Ident,
            usage: "field = name",
            doc: "The name of the field. Default: `trace`.",
        },
        Spec {
            name: "rename",
            kind: Kind::Str,
            usage: "rename = \"key\"",
            doc: "The field's key in the written message. Default: the field's name, or `_sentry` with that flavour.",
        },
        Spec {
            name: "flavour",
            kind: Kind::OneOf(FLAVOURS),
            usage: "flavour = \"sentry\"",
            doc: "How the carrier is written: `\"w3c\"` is the default, `\"sentry\"` is `{trace, baggage}` under the key `_sentry`.",
        },
        Spec {
            name: "wire",
            kind: Kind::OneOf(&["fixed"]),
            usage: "wire = \"fixed\"",
            doc: "The carrier is always written, in a fixed layout, and read strictly: for bincode and postcard.",
        },
        Spec {
            name: "serde",
            kind: Kind::Bool,
            usage: "serde = true",
            doc: "Whether the field gets serde attributes. Default: whether `Serialize` or `Deserialize` is derived below.",
        },
        Spec {
            name: "default",
            kind: Kind::OneOfNames(&["none"]),
            usage: "default = none",
            doc: "The struct's `Default` has an empty carrier instead of the current context: for templates. Needs `#[derive(Default)]` below.",
        },
        Spec {
            name: "crate",
            kind: Kind::CratePath,
            usage: "crate = ::path",
            doc: "The path of this crate, where it is not `::tracing_relay`.",
        },
    ],
};
