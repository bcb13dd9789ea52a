//! The checked meaning of a function attribute: after this nothing can fail.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::{Expr, GenericParam, Ident, LitStr, Pat, ReturnType, Signature, Type, parse2};

use super::Attribute;
use super::args::{self, Ending, Field, Key};
use super::body::{self, Warning};
use super::conventions::{self, Conventions, Duration};
use super::header;
use super::keys::{OWN_KEYS, check_keys};
use super::late::{self, LateField};
use super::params::{Params, Recorded};
use super::shape::{self, Polled, Shape};
use crate::diag::Diagnostics;
use crate::item::{self, Body, FnItem, idents_in};
use crate::options::Options;
use crate::paths::RuntimePath;
use crate::settings::Settings;

/// What the expansion is made from.
pub(crate) struct Plan {
    pub(crate) runtime: RuntimePath,
    pub(crate) item: FnItem,
    pub(crate) body: Group,
    pub(crate) shape: Shape,
    pub(crate) params: Params,
    pub(crate) name: String,
    pub(crate) exported_name: Option<ExportedName>,
    pub(crate) target: Option<LitStr>,
    pub(crate) level: Ident,
    pub(crate) kind: SpanKind,
    pub(crate) carrier: Carrier,
    pub(crate) trust: Option<Expr>,
    pub(crate) links: Option<Expr>,
    pub(crate) session: Option<Expr>,
    pub(crate) restamp: bool,
    pub(crate) environment: bool,
    pub(crate) log_ids: bool,
    /// The part of its traces that is kept.
    pub(crate) sample: Option<f64>,
    pub(crate) scope: Option<Expr>,
    pub(crate) conventions: Option<&'static Conventions>,
    /// The duration that is recorded.
    pub(crate) duration: Option<&'static Duration>,
    pub(crate) fields: Vec<Field>,
    pub(crate) late: Vec<LateField>,
    pub(crate) on_ok: Option<Ending>,
    pub(crate) on_err: Option<Ending>,
    pub(crate) error_detail: Ident,
    /// What compiles and is hardly meant.
    pub(crate) warnings: Vec<Warning>,
    /// What the options mention: parameters among it are used.
    pub(crate) mentioned: Vec<Ident>,
}

impl Plan {
    /// Whether the user gives a field of this key.
    pub(crate) fn gives(&self, key: &str) -> bool {
        let endings = [&self.on_ok, &self.on_err].into_iter().flatten();
        let fields = self.fields.iter();
        let fields = fields.chain(endings.flat_map(|ending| &ending.fields));
        let late = self.late.iter().map(|field| &field.key);
        fields
            .map(|field| &field.key)
            .chain(late)
            .any(|given| given.name == key)
    }

    /// Whether the function returns `!`.
    pub(crate) fn never_returns(&self) -> bool {
        returns_never(&self.item.sig)
    }
}

fn returns_never(sig: &Signature) -> bool {
    matches!(&sig.output, ReturnType::Type(_, output) if matches!(shape::peel(output), Type::Never(_)))
}

/// The kind of the span, as `Kind` of the runtime has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SpanKind {
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

/// Where the name comes from under which the span is exported.
pub(crate) enum ExportedName {
    /// The value of `otel_name`.
    Value(Field),
    /// Some of the fields, by their numbers.
    Fields(Vec<usize>),
}

/// Where the carrier is, and which way it goes.
pub(crate) enum Carrier {
    /// There is none.
    None,
    /// Whichever parameter carries is the parent.
    FindInbound,
    /// This is the parent.
    Inbound(Expr),
    /// Whichever parameter carries takes the context along.
    FindOutbound,
    /// This takes the context along.
    Outbound(Expr),
}

impl SpanKind {
    fn of(text: &str) -> Self {
        match text {
            "server" => Self::Server,
            "client" => Self::Client,
            "producer" => Self::Producer,
            "consumer" => Self::Consumer,
            _ => Self::Internal,
        }
    }

    pub(crate) const fn receives(self) -> bool {
        matches!(self, Self::Server | Self::Consumer)
    }

    const fn sends(self) -> bool {
        matches!(self, Self::Client | Self::Producer)
    }

    pub(crate) fn variant(self) -> Ident {
        format_ident!("{self:?}")
    }
}

/// Checks the options and the item; the faults of both are reported.
pub(crate) fn plan(
    attribute: Attribute,
    options: &Options,
    item: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<Plan> {
    let options_only = options_plan(attribute, options, diagnostics);
    let mut item = parse_item(attribute, item, diagnostics)?;
    let kind = options
        .str("kind")
        .map_or(attribute.default_kind(), |kind| SpanKind::of(&kind.value()));
    header::check(attribute, kind, &item, diagnostics);
    let Body::Block { block, .. } = &item.body else {
        report_missing_body(attribute, &item.sig, diagnostics);
        return None;
    };
    let body = unlinted(block);
    let shape = Shape::of(&item.sig);

    let OptionsPlan {
        mut fields,
        late,
        on_ok,
        on_err,
        conventions,
    } = options_only;
    let params = Params::take(&mut item.sig, &mut fields, diagnostics);
    check_recorded(&params, &item.sig, diagnostics);
    late::check_names(&late, &params, diagnostics);
    let deprecated = check_keys(conventions, &fields, &late, [&on_ok, &on_err], diagnostics);
    if conventions.is_some() {
        conventions::check_values(&fields, &late, [&on_ok, &on_err], diagnostics);
    }
    let endings = [&on_ok, &on_err].into_iter().flatten();
    let keys = (fields.iter())
        .chain(endings.flat_map(|ending| &ending.fields))
        .map(|field| &field.key)
        .chain(late.iter().map(|field| &field.key))
        .map(|key| key.name.as_str())
        .chain(OWN_KEYS);
    let keys = params.recorded.is_empty().then(|| keys.collect());
    let warnings = warnings(&body, keys, deprecated, options, diagnostics);

    let carrier = carrier(kind, options);
    check_carrier(&carrier, &params, &item, options, diagnostics);
    check_shape(shape, &item.sig, &body, &carrier, diagnostics);
    check_result(&item.sig, options, diagnostics);

    let duration = duration(kind, conventions, options, diagnostics);
    let exported_name = exported_name(conventions, &fields, options);
    let name = options
        .str("name")
        .map_or_else(|| unraw(&item.sig.ident), LitStr::value);
    let level = options
        .str("level")
        .map_or("INFO".to_owned(), |level| level.value().to_uppercase());
    let detail = options
        .str("err")
        .map_or(attribute.default_error_detail().to_owned(), LitStr::value);
    let mentioned = ["carrier", "trust", "links", "session", "otel_name"]
        .iter()
        .filter_map(|name| options.expr(name))
        .flat_map(idents_in)
        .chain(fields.iter().flat_map(|field| idents_in(&field.value)))
        .chain(params.recorded.iter().map(|param| param.name.clone()))
        .chain(only_carrier(&carrier, &params))
        .collect();

    diagnostics.is_empty().then(|| Plan {
        runtime: options.runtime(),
        body,
        shape,
        params,
        name,
        exported_name,
        target: options.str("target").cloned(),
        level: Ident::new(&level, Span::mixed_site()),
        kind,
        restamp: options
            .bool("restamp")
            .unwrap_or_else(|| conventions.is_none_or(Conventions::changes_messages)),
        environment: attribute == Attribute::RequestSpan,
        log_ids: options.bool("log_ids").unwrap_or(true),
        sample: options.ratio("sample"),
        trust: options.expr("trust").cloned(),
        links: options.expr("links").cloned(),
        session: options.expr("session").cloned(),
        scope: options.expr("scope").cloned(),
        carrier,
        conventions,
        duration,
        fields,
        late,
        on_ok,
        on_err,
        error_detail: Ident::new(
            match detail.as_str() {
                "message" => "Message",
                "chain" => "Chain",
                _ => "Type",
            },
            Span::mixed_site(),
        ),
        warnings,
        mentioned,
        item,
    })
}

/// The duration that is recorded, if there is one and it is wanted.
fn duration(
    kind: SpanKind,
    conventions: Option<&'static Conventions>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Option<&'static Duration> {
    let duration = conventions.and_then(|conventions| conventions.duration(kind));
    if let (None, Some(given)) = (duration, options.get("metrics")) {
        match conventions {
            None => diagnostics.report(
                &given.tokens,
                "`metrics` needs the conventions that say what is recorded",
                "write `conventions = \"jsonrpc\"` beside it, or remove it",
            ),
            Some(_) => diagnostics.report(
                &given.tokens,
                "these conventions record no duration for a span of this kind",
                "remove `metrics`, or write another `kind`",
            ),
        }
    }
    duration.filter(|_| options.bool("metrics").unwrap_or(true))
}

/// What is hardly meant: where it is `strict`, an error.
fn warnings(
    body: &Group,
    keys: Option<Vec<&str>>,
    deprecated: Vec<(Key, String)>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Vec<Warning> {
    let settings = diagnostics.ok(Settings::read()).unwrap_or_default();
    let strict = options.bool("strict").unwrap_or(settings.strict);
    let surroundings = body::Surroundings {
        spans_forbidden: strict,
        spawns_allowed: settings.bare_spawns_allowed,
        keys,
    };
    let mut warnings = body::check(body, &surroundings, diagnostics);
    warnings.extend(deprecated.into_iter().map(|(key, help)| Warning {
        name: "deprecated_attribute",
        fault: format!("`{}` is deprecated", key.name),
        help,
        at: key.tokens,
    }));
    if strict {
        for Warning {
            at, fault, help, ..
        } in warnings.drain(..)
        {
            diagnostics.report(at, &fault, &help);
        }
    }
    warnings
}

/// What can be read from the options alone.
struct OptionsPlan {
    fields: Vec<Field>,
    late: Vec<LateField>,
    on_ok: Option<Ending>,
    on_err: Option<Ending>,
    conventions: Option<&'static Conventions>,
}

fn options_plan(
    attribute: Attribute,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> OptionsPlan {
    if attribute == Attribute::RelayTraced && !options.has("scope") {
        diagnostics.report(
            TokenStream::new(),
            "`#[relay_traced]` needs the scope that the operation belongs to",
            "write `#[relay_traced(scope = RELAY)]`, with `static RELAY: TraceScope = TraceScope::new(\"relay\");`",
        );
    }
    if let Some(name) = options.str("name").filter(|name| name.value().is_empty()) {
        diagnostics.report(
            name,
            "a span needs a name",
            "write `name = \"thread.start\"`",
        );
    }
    let mut ending = |name| {
        let key = options.get(name)?.key.span();
        args::parse_ending(key, options.list(name)?, diagnostics)
    };
    let on_ok = ending("on_ok");
    let on_err = ending("on_err");
    if let Some(given) = options.get("late")
        && options.list("late").is_some_and(TokenStream::is_empty)
    {
        diagnostics.report(
            &given.tokens,
            "`late` names no field",
            "write `late(turn_id: str = \"turn.id\")`, or remove it",
        );
    }
    OptionsPlan {
        fields: options
            .list("fields")
            .map(|tokens| args::parse_fields(tokens, diagnostics))
            .unwrap_or_default(),
        late: options
            .list("late")
            .map(|tokens| late::parse(tokens, diagnostics))
            .unwrap_or_default(),
        on_ok,
        on_err,
        conventions: options
            .str("conventions")
            .and_then(|name| Conventions::named(&name.value())),
    }
}

fn parse_item(
    attribute: Attribute,
    item: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<FnItem> {
    let found = item::describe(&item);
    if found != "a function" {
        let header = item.into_iter().take_while(|token| match token {
            TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
            _ => true,
        });
        diagnostics.report(
            header.collect::<TokenStream>(),
            &format!("`{}` needs a function, this is {found}", attribute.name()),
            if matches!(found, item::EXPRESSION | item::STATEMENT) {
                "make it a function, and put the attribute on that"
            } else {
                attribute.accepted_items()
            },
        );
        return None;
    }
    diagnostics.ok(parse2(item))
}

/// Only a trait declares what has a receiver; anything else may be in an `extern` block.
fn report_missing_body(attribute: Attribute, sig: &Signature, diagnostics: &mut Diagnostics) {
    let ours = attribute.name();
    let (what, help) = if sig.receiver().is_some() {
        (
            "method",
            format!("put `{ours}` on the method in each `impl`"),
        )
    } else {
        (
            "function",
            format!(
                "put `{ours}` on what calls it, or in each `impl` if it is declared in a trait"
            ),
        )
    };
    let fault = format!("this {what} has no body to run in a span");
    diagnostics.report(&sig.ident, &fault, &help);
}

fn carrier(kind: SpanKind, options: &Options) -> Carrier {
    let none = |expr: &Expr| matches!(expr, Expr::Path(path) if path.path.is_ident("none"));
    match options.expr("carrier") {
        Some(expr) if none(expr) => Carrier::None,
        Some(expr) if kind.sends() => Carrier::Outbound(expr.clone()),
        Some(expr) => Carrier::Inbound(expr.clone()),
        None if kind.receives() => Carrier::FindInbound,
        None if kind.sends() => Carrier::FindOutbound,
        None => Carrier::None,
    }
}

fn check_carrier(
    carrier: &Carrier,
    params: &Params,
    item: &FnItem,
    options: &Options,
    diagnostics: &mut Diagnostics,
) {
    if params.list.is_empty() && matches!(carrier, Carrier::FindInbound | Carrier::FindOutbound) {
        diagnostics.report(
            &item.sig.ident,
            "this function has no parameter that could carry a trace",
            "name the carrier with `carrier = self.headers`, or say that there is none with `carrier = none`",
        );
    }
    if let Some(expr @ Expr::Path(path)) = options.expr("carrier")
        && path.path.is_ident("None")
    {
        diagnostics.report(expr, "`None` is not a carrier", "write `carrier = none`");
    }
    let comes_in = matches!(carrier, Carrier::FindInbound | Carrier::Inbound(_));
    for name in ["trust", "restamp"] {
        if let Some(given) = options.get(name).filter(|_| !comes_in) {
            diagnostics.report(
                &given.tokens,
                &format!("`{name}` is about a carrier that comes in, and here is none"),
                &format!("remove `{name}`, or name the carrier with `carrier = request`"),
            );
        }
    }
}

/// The parameter that is the carrier because there is no other.
fn only_carrier(carrier: &Carrier, params: &Params) -> Option<Ident> {
    match (carrier, params.list.as_slice()) {
        (Carrier::FindInbound | Carrier::FindOutbound, [only]) => Some(only.name.clone()),
        _ => None,
    }
}

fn check_shape(
    shape: Shape,
    sig: &Signature,
    body: &Group,
    carrier: &Carrier,
    diagnostics: &mut Diagnostics,
) {
    let (Shape::Returned { .. }, ReturnType::Type(_, output)) = (shape, &sig.output) else {
        return;
    };
    let sends = matches!(carrier, Carrier::FindOutbound | Carrier::Outbound(_));
    if sends && shape::only_async_block(&body.stream()).is_none() {
        diagnostics.report(
            output,
            "the carrier is written when the span opens, which is after this body has run",
            "make it an `async fn`, or let the body be one `async move { … }`",
        );
    }
}

/// Why a function has no result, if it has none.
pub(super) fn without_result(sig: &Signature) -> Option<&'static str> {
    match Shape::of(sig) {
        Shape::Returned {
            polled: Polled::Stream,
            ..
        } => Some("a stream has no result"),
        Shape::Sync | Shape::Async if returns_never(sig) => {
            Some("a function that never returns has no result")
        }
        _ => None,
    }
}

/// Options about a result need a function that has one.
fn check_result(sig: &Signature, options: &Options, diagnostics: &mut Diagnostics) {
    let Some(what) = without_result(sig) else {
        return;
    };
    for name in ["on_ok", "on_err", "err"] {
        if let Some(given) = options.get(name) {
            diagnostics.report(
                &given.tokens,
                &format!("{what} for `{name}`"),
                &format!("remove `{name}`"),
            );
        }
    }
}

/// The keys of `#[fields]` are part of a static, which knows no parameters of the function.
fn check_recorded(params: &Params, sig: &Signature, diagnostics: &mut Diagnostics) {
    let unknown: Vec<&Ident> = sig
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    for Recorded { ty, .. } in &params.recorded {
        let found = idents_in(ty)
            .into_iter()
            .find(|ident| ident == "impl" || ident == "Self" || unknown.contains(&ident));
        if let Some(found) = found {
            let what = match found.to_string().as_str() {
                "impl" => "an `impl Trait`".to_owned(),
                "Self" => "`Self`".to_owned(),
                param => format!("the parameter `{param}`"),
            };
            diagnostics.report(
                ty,
                &format!("`#[fields]` needs a type that is known outside of the function, which {what} is not"),
                "write the type out, or name what is recorded: `fields(key = value.part)`",
            );
        }
    }
}

/// What the span is called where it is exported: `otel_name`, else what the conventions call it if
/// nothing else does.
fn exported_name(
    conventions: Option<&'static Conventions>,
    fields: &[Field],
    options: &Options,
) -> Option<ExportedName> {
    if let Some(value) = options.expr("otel_name") {
        return Some(ExportedName::Value(Field::of_expr("otel.name", value)));
    }
    let conventions = conventions.filter(|_| !options.has("name"))?;
    let keys: Vec<&str> = fields.iter().map(|field| field.key.name.as_str()).collect();
    conventions.name_of(&keys).map(ExportedName::Fields)
}

fn unraw(name: &Ident) -> String {
    use syn::ext::IdentExt as _;
    name.unraw().to_string()
}

/// The root of `a.b.c`, where the expression is nothing but that.
pub(crate) fn root_of_place(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Field(field) => root_of_place(&field.base),
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}

/// The body as a block inside other code. One that is a single expression on one line would be told
/// that its braces are unnecessary there, so its braces become ours; it has no locals, so that the
/// edition of its braces, which orders the drops of temporaries and locals, makes no difference.
pub(crate) fn unlinted(block: &Group) -> Group {
    let mut tokens = block.stream().into_iter();
    let mut block = block.clone();
    if !tokens.any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')) {
        block.set_span(block.span().resolved_at(Span::mixed_site()));
    }
    block
}

/// The pattern of an ending, or one that ignores the result.
pub(crate) fn pattern_of(ending: &Ending) -> TokenStream {
    ending
        .pattern
        .as_ref()
        .map_or_else(|| quote::quote!(_), Pat::to_token_stream)
}
