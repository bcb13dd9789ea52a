//! The options of the function attributes, as they are written.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, LitStr, Pat, Token};

use super::late;
use crate::diag::{self, Diagnostics};
use crate::options::{Kind, Spec, Table, parse_list};

const NAME: Spec = Spec {
    name: "name",
    kind: Kind::Str,
    usage: "name = \"thread.start\"",
    doc: "name of the span; default: the name of the function",
};
const OTEL_NAME: Spec = Spec {
    name: "otel_name",
    kind: Kind::Expr,
    usage: "otel_name = request.method",
    doc: "name under which the span is exported, read when it opens; `None`, or an empty text, leaves `name`",
};
const KIND: Spec = Spec {
    name: "kind",
    kind: Kind::OneOf(&["server", "client", "producer", "consumer", "internal"]),
    usage: "kind = \"consumer\"",
    doc: "kind of the span, which also says whether the carrier comes in or goes out",
};
const CARRIER: Spec = Spec {
    name: "carrier",
    kind: Kind::Expr,
    usage: "carrier = request.headers",
    doc: "where the carrier is; `none` where there is none; default: the one parameter whose type carries",
};
const RESTAMP: Spec = Spec {
    name: "restamp",
    kind: Kind::Bool,
    usage: "restamp = false",
    doc: "whether a message that the function owns gets the context of this span; default: `true`, with the messaging conventions `false`",
};
const TRUST: Spec = Spec {
    name: "trust",
    kind: Kind::Expr,
    usage: "trust = caller.is_authenticated()",
    doc: "whether the carrier is believed; where it is not, the span starts a new trace, and nothing of what came in is left in a message that the function owns; default: `true`",
};
const LINKS: Spec = Spec {
    name: "links",
    kind: Kind::Expr,
    usage: "links = batch",
    doc: "what the span is linked to: what carries a trace, a slice of that, or an `Attempt`",
};
const SESSION: Spec = Spec {
    name: "session",
    kind: Kind::Expr,
    usage: "session = self.telemetry",
    doc: "the `SessionTelemetry` whose attributes the span has, and all below it",
};
const SAMPLE: Spec = Spec {
    name: "sample",
    kind: Kind::Ratio,
    usage: "sample = 0.1",
    doc: "part of the traces that start with this span which are kept, from 0 to 1; on the engine; default: what its sampler says",
};
const FIELDS: Spec = Spec {
    name: "fields",
    kind: Kind::List,
    usage: "fields(rpc.method = request.method)",
    doc: "attributes recorded when the span opens: `key = value`, `key = %display`, `key = ?debug`",
};
const ON_OK: Spec = Spec {
    name: "on_ok",
    kind: Kind::List,
    usage: "on_ok(|reply| turn.id = reply.id)",
    doc: "attributes recorded from the result, or from the value in `Ok`",
};
const ON_ERR: Spec = Spec {
    name: "on_err",
    kind: Kind::List,
    usage: "on_err(|error| rpc.status_code = error.code())",
    doc: "attributes recorded from the error in `Err`",
};
const LATE: Spec = Spec {
    name: "late",
    kind: Kind::List,
    usage: "late(turn_id: str = \"turn.id\")",
    doc: "attributes that the body records when it learns them, each with the handle that records it",
};
const ERR: Spec = Spec {
    name: "err",
    kind: Kind::OneOf(&["type", "message", "chain"]),
    usage: "err = \"message\"",
    doc: "what the status says about an error: its type only, its message, or also its sources",
};
const CONVENTIONS: Spec = Spec {
    name: "conventions",
    kind: Kind::OneOf(&["jsonrpc", "grpc", "http", "messaging", "db"]),
    usage: "conventions = \"jsonrpc\"",
    doc: "semantic conventions whose constant attributes are added, and which keys, types and the name follow",
};
const METRICS: Spec = Spec {
    name: "metrics",
    kind: Kind::Bool,
    usage: "metrics = false",
    doc: "whether the duration that the conventions define is recorded; default: `true`",
};
const LEVEL: Spec = Spec {
    name: "level",
    kind: Kind::OneOf(&["trace", "debug", "info", "warn", "error"]),
    usage: "level = \"debug\"",
    doc: "level of the span; default: `\"info\"`",
};
const TARGET: Spec = Spec {
    name: "target",
    kind: Kind::Str,
    usage: "target = \"app::rpc\"",
    doc: "target of the span for filters; default: the path of the module",
};
const LOG_IDS: Spec = Spec {
    name: "log_ids",
    kind: Kind::Bool,
    usage: "log_ids = false",
    doc: "whether `trace_id` and `span_id` are fields of the span, for log lines; default: `true`",
};
const STRICT: Spec = Spec {
    name: "strict",
    kind: Kind::Bool,
    usage: "strict = true",
    doc: "whether what is a warning otherwise is an error, and a span made by hand in the body too; default: what `TRACING_RELAY_STRICT` says",
};
const SCOPE: Spec = Spec {
    name: "scope",
    kind: Kind::Expr,
    usage: "scope = RELAY",
    doc: "the `TraceScope` that the operation belongs to; required",
};
const PREFIX: Spec = Spec {
    name: "prefix",
    kind: Kind::Str,
    usage: "prefix = \"threads\"",
    doc: "what the names of the spans begin with, before a dot: `threads.start`; default: the names of the methods alone",
};
const CRATE: Spec = Spec {
    name: "crate",
    kind: Kind::CratePath,
    usage: "crate = ::tracing_relay",
    doc: "where the runtime is found, if it was renamed or re-exported",
};

/// What all of them take. The scope, which one of them has besides, stands before it.
static OPTIONS: [Spec; 22] = [
    SCOPE,
    NAME,
    OTEL_NAME,
    KIND,
    CARRIER,
    RESTAMP,
    TRUST,
    LINKS,
    SESSION,
    SAMPLE,
    FIELDS,
    ON_OK,
    ON_ERR,
    LATE,
    ERR,
    CONVENTIONS,
    METRICS,
    LEVEL,
    TARGET,
    LOG_IDS,
    STRICT,
    CRATE,
];

pub(crate) static REQUEST_SPAN: Table = Table {
    attribute: "#[request_span]",
    options: OPTIONS.split_at(1).1,
};

pub(crate) static TRACED: Table = Table {
    attribute: "#[traced]",
    options: OPTIONS.split_at(1).1,
};

/// What `#[traced]` takes on an `impl` block or a trait.
pub(crate) static TRACED_BLOCK: Table = Table {
    attribute: "#[traced] on a block",
    options: &[
        PREFIX,
        ERR,
        CONVENTIONS,
        LEVEL,
        TARGET,
        LOG_IDS,
        STRICT,
        CRATE,
    ],
};

pub(crate) static RELAY_TRACED: Table = Table {
    attribute: "#[relay_traced]",
    options: &OPTIONS,
};

/// How a value is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sigil {
    /// As it is, or by `Display`.
    None,
    /// `%`
    Display,
    /// `?`
    Debug,
}

/// One attribute of the span: `key = value`.
pub(crate) struct Field {
    pub(crate) key: Key,
    pub(crate) sigil: Sigil,
    pub(crate) value: TokenStream,
}

/// The key of an attribute: `rpc.method` or `"rpc.method"`.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) tokens: TokenStream,
}

/// `on_ok(|pattern| fields)`.
pub(crate) struct Ending {
    /// Where `on_ok` is written.
    pub(crate) key: Span,
    pub(crate) pattern: Option<Pat>,
    pub(crate) fields: Vec<Field>,
}

/// Reads a list of fields; what is wrong in one does not hide the others.
pub(crate) fn parse_fields(tokens: &TokenStream, diagnostics: &mut Diagnostics) -> Vec<Field> {
    let parse = |input: ParseStream<'_>| Ok(fields_until_end(input, diagnostics));
    parse.parse2(tokens.clone()).unwrap_or_default()
}

/// Reads what `on_ok` and `on_err` have in their parentheses.
pub(crate) fn parse_ending(
    key: Span,
    tokens: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<Ending> {
    let parse = |input: ParseStream<'_>| {
        Ok(Ending {
            key,
            pattern: parse_closure_pattern(input)?,
            fields: fields_until_end(input, diagnostics),
        })
    };
    let parsed = parse.parse2(tokens.clone());
    diagnostics.ok(parsed)
}

/// `|pattern|`, if it is there.
fn parse_closure_pattern(input: ParseStream<'_>) -> syn::Result<Option<Pat>> {
    if !input.peek(Token![|]) && !input.peek(Token![move]) {
        return Ok(None);
    }
    let wrong = |input: ParseStream<'_>| {
        diag::error_here(
            input,
            "expected one pattern between bars",
            "write `|value| key = value.field`",
        )
    };
    input.parse::<Token![|]>().map_err(|_| wrong(input))?;
    let pattern = Pat::parse_single(input).map_err(|_| wrong(input))?;
    input.parse::<Token![|]>().map_err(|_| wrong(input))?;
    Ok(Some(pattern))
}

fn fields_until_end(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> Vec<Field> {
    let separated = (
        "expected a comma after a field",
        "write `key = value, key = value`",
    );
    parse_list(input, parse_field, separated, diagnostics)
}

fn parse_field(input: ParseStream<'_>) -> syn::Result<Field> {
    let sigil = parse_sigil(input)?;
    let key = parse_key(input)?;
    if sigil != Sigil::None {
        let sign = if sigil == Sigil::Display { '%' } else { '?' };
        return Field::of_name(key, sigil).map_err(|key| {
            let name = &key.name;
            diag::at(
                &key.tokens,
                &format!("`{sign}{name}` is not the name of a variable"),
                &format!("write `{name} = {sign}value`"),
            )
        });
    }
    let no_value = |key: &Key| {
        let name = &key.name;
        diag::at(
            &key.tokens,
            &format!("the field `{name}` has no value"),
            &format!("write `{name} = value`"),
        )
    };
    if !input.peek(Token![=]) {
        return Field::of_name(key, sigil).map_err(|key| no_value(&key));
    }
    input.parse::<Token![=]>()?;
    let sigil = parse_sigil(input)?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(no_value(&key));
    }
    let value: Expr = input.parse()?;
    if is_empty_field(&value) {
        let name = &key.name;
        return Err(diag::at(
            value,
            &format!("`{name}` would stay empty: what is learned later has a handle"),
            &late::remedy(name),
        ));
    }
    Ok(Field {
        key,
        sigil,
        value: value.into_token_stream(),
    })
}

/// `tracing::field::Empty`, which `#[tracing::instrument]` takes for a field that is recorded later.
fn is_empty_field(value: &Expr) -> bool {
    let Expr::Path(value) = value else {
        return false;
    };
    let mut segments = value
        .path
        .segments
        .iter()
        .rev()
        .map(|segment| &segment.ident);
    segments.next().is_some_and(|name| name == "Empty")
        && segments.next().is_some_and(|name| name == "field")
}

impl Field {
    /// A variable as a field, or the key back if it is none.
    fn of_name(key: Key, sigil: Sigil) -> Result<Self, Key> {
        match syn::parse2::<Ident>(key.tokens.clone()) {
            Ok(name) => Ok(Self::shorthand(&name, sigil)),
            Err(_) => Err(key),
        }
    }

    /// An expression under a key that nobody wrote.
    pub(crate) fn of_expr(key: &str, value: &Expr) -> Self {
        Self {
            key: Key {
                name: key.to_owned(),
                tokens: TokenStream::new(),
            },
            sigil: Sigil::None,
            value: value.into_token_stream(),
        }
    }

    /// A variable under its own name.
    pub(crate) fn shorthand(name: &Ident, sigil: Sigil) -> Self {
        Self {
            key: Key::of_ident(name),
            sigil,
            value: quote!(#name),
        }
    }
}

impl Key {
    pub(crate) fn of_ident(name: &Ident) -> Self {
        Self {
            name: name.unraw().to_string(),
            tokens: quote!(#name),
        }
    }

    pub(crate) fn of_literal(text: &LitStr) -> Self {
        Self {
            name: text.value(),
            tokens: quote!(#text),
        }
    }
}

pub(super) fn parse_sigil(input: ParseStream<'_>) -> syn::Result<Sigil> {
    if input.peek(Token![%]) {
        input.parse::<Token![%]>()?;
        Ok(Sigil::Display)
    } else if input.peek(Token![?]) {
        input.parse::<Token![?]>()?;
        Ok(Sigil::Debug)
    } else {
        Ok(Sigil::None)
    }
}

pub(super) fn parse_key(input: ParseStream<'_>) -> syn::Result<Key> {
    if input.peek(LitStr) {
        return Ok(Key::of_literal(&input.parse()?));
    }
    if !input.peek(Ident::peek_any) {
        return Err(diag::error_here(
            input,
            "expected a field",
            "write `key = value`, with a key like `rpc.method` or `\"rpc.method\"`",
        ));
    }
    let first = input.call(Ident::parse_any)?;
    let mut key = Key::of_ident(&first);
    while input.peek(Token![.]) {
        let dot: Token![.] = input.parse()?;
        let part = input.call(Ident::parse_any).map_err(|_| {
            diag::at(
                &key.tokens,
                "the key of a field ends with a dot",
                &format!("write `{}`, or `\"{}.\"`", key.name, key.name),
            )
        })?;
        key.name.push('.');
        key.name.push_str(&part.unraw().to_string());
        key.tokens.extend(quote!(#dot #part));
    }
    Ok(key)
}

/// What `#[field]` on a parameter or on a field of a type says: the key, if it is not the name, and
/// how the value is written down.
pub(crate) fn parse_field_attribute(
    attribute: &syn::Attribute,
) -> syn::Result<(Option<Key>, Sigil)> {
    let (mut key, mut sigil) = (None, Sigil::None);
    if matches!(attribute.meta, syn::Meta::Path(_)) {
        return Ok((key, sigil));
    }
    let help =
        "write `#[field]`, `#[field(\"the.key\")]`, `#[field(%)]` or `#[field(\"the.key\", ?)]`";
    if let syn::Meta::NameValue(meta) = &attribute.meta {
        return Err(diag::at(meta, "`#[field]` takes parentheses", help));
    }
    attribute.parse_args_with(|input: ParseStream<'_>| {
        if input.peek(LitStr) {
            key = Some(Key::of_literal(&input.parse()?));
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if !input.is_empty() {
            sigil = parse_sigil(input)?;
        }
        if !input.is_empty() {
            return Err(diag::error_here(
                input,
                "`#[field]` takes a key in quotes, and `%` or `?`",
                help,
            ));
        }
        Ok(())
    })?;
    Ok((key, sigil))
}

/// Checks that `#[fields]`, on a parameter or on a field of a type, is written alone.
pub(crate) fn check_fields_attribute(attribute: &syn::Attribute) -> syn::Result<()> {
    attribute.meta.require_path_only().map(drop).map_err(|_| {
        diag::at(
            attribute,
            "`#[fields]` takes nothing: the type says what is recorded",
            "write `#[fields]`, or `#[field(\"the.key\")]` for the value itself",
        )
    })
}
