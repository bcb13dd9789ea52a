//! What `#[carries_trace]` makes of its options and its struct. All rules between options, and
//! between options and the struct, are here.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Field, Fields, Ident, ItemStruct, LitStr, Meta, Visibility};

use super::derives::{When, derived};
use crate::derive_carries_trace::serde_metas;
use crate::diag::Diagnostics;
use crate::item;
use crate::options::Options;
use crate::paths::RuntimePath;

/// A checked struct and what is added to it.
pub(crate) struct Plan {
    pub(crate) runtime: RuntimePath,
    pub(crate) item: ItemStruct,
    pub(crate) field: Ident,
    pub(crate) constructor: Option<Constructor>,
    /// When the field gets serde attributes.
    pub(crate) serde: When,
    /// Whether `Serialize` cannot have been derived above without being noticed.
    pub(crate) serialize: When,
    pub(crate) wire: Wire,
    pub(crate) rename: Option<LitStr>,
    /// When a builder is derived, which is to capture where the field is not set.
    pub(crate) builder: When,
    /// When a `Default` with an empty carrier takes the place of the derived one.
    pub(crate) template: When,
    /// Whether serde is out of the hands of this attribute.
    pub(crate) probe_serialize: bool,
}

/// The constructor to generate.
pub(crate) struct Constructor {
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
}

/// The form of the carrier in a written message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    W3c,
    Sentry,
    Fixed,
}

/// Checks options and item. Nothing is returned when the item is no struct that can have the field.
pub(crate) fn check(
    options: &Options,
    item: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<Plan> {
    let item = check_item(item, diagnostics)?;
    let field = options
        .ident("field")
        .cloned()
        .unwrap_or_else(|| Ident::new("trace", Span::call_site()));
    check_field_is_free(&item, &field, diagnostics)?;
    check_container(&item, diagnostics)?;

    let serialize = derived(&item.attrs, &["Serialize"]);
    let serde = match options.bool("serde") {
        Some(true) => When::always(),
        Some(false) => When::default(),
        None => serialize.clone().or(derived(&item.attrs, &["Deserialize"])),
    };
    check_serde_options(options, &serde, diagnostics);
    if !serde.is_never() {
        check_conversions(&item, diagnostics);
        check_key_is_free(options, &item, &field, diagnostics);
    }

    let template = if options.has("default") {
        let template = derived(&item.attrs, &["Default"]);
        if template.is_never() {
            check_template_has_default(options, diagnostics);
        }
        template
    } else {
        When::default()
    };

    Some(Plan {
        runtime: options.runtime(),
        constructor: constructor(options, &item),
        serde,
        wire: wire(options),
        rename: options.str("rename").cloned(),
        builder: derived(&item.attrs, &["Builder", "TypedBuilder"]),
        template,
        probe_serialize: !options.has("serde"),
        serialize,
        field,
        item,
    })
}

fn constructor(options: &Options, item: &ItemStruct) -> Option<Constructor> {
    let given = options.get("new")?;
    let (vis, name) = options.item("new")?;
    Some(Constructor {
        vis: match vis {
            Visibility::Inherited => item.vis.clone(),
            given => given.clone(),
        },
        name: name.unwrap_or(&given.key).clone(),
    })
}

fn wire(options: &Options) -> Wire {
    if options.has("wire") {
        return Wire::Fixed;
    }
    match options.str("flavour") {
        Some(flavour) if flavour.value() == "sentry" => Wire::Sentry,
        _ => Wire::W3c,
    }
}

/// The item as a struct with named fields.
fn check_item(item: &TokenStream, diagnostics: &mut Diagnostics) -> Option<ItemStruct> {
    let found = item::describe(item);
    if found != "a struct" {
        let help = match found {
            "an enum" => {
                "write `#[derive(CarriesTrace)]` and mark a field of each variant with `#[carrier]`"
            }
            "a union" => "send it in a `Carried<T>`",
            _ => "put it on the struct that is sent",
        };
        let fault =
            format!("`#[carries_trace]` stands on a struct with named fields, not on {found}");
        diagnostics.report(head_of(item), &fault, help);
        return None;
    }
    let item: ItemStruct = diagnostics.ok(syn::parse2(item.clone()))?;
    let name = &item.ident;
    match &item.fields {
        Fields::Named(_) => Some(item),
        Fields::Unnamed(_) => {
            diagnostics.report(
                &item.ident,
                "`#[carries_trace]` would change what a tuple struct is written as",
                &format!(
                    "write `#[derive(CarriesTrace)]` and mark a field with `#[carrier]`, or send `Carried<{name}>`"
                ),
            );
            None
        }
        Fields::Unit => {
            diagnostics.report(
                &item.ident,
                "a unit struct has no place for the field that `#[carries_trace]` adds",
                &format!("write `struct {name} {{}}`, or send `Carried<{name}>`"),
            );
            None
        }
    }
}

/// The item's first line or so, to underline what is not a struct: the tokens after the attributes
/// and up to the first group.
fn head_of(item: &TokenStream) -> TokenStream {
    use proc_macro2::Delimiter;

    let mut tokens = item.clone().into_iter().peekable();
    while matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#') {
        tokens.next();
        tokens.next();
    }
    tokens
        .take_while(|token| {
            !matches!(token, TokenTree::Group(group) if group.delimiter() != Delimiter::None)
        })
        .collect()
}

fn check_field_is_free(
    item: &ItemStruct,
    field: &Ident,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let taken = item
        .fields
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .find(|ident| ident.unraw() == field.unraw());
    let Some(taken) = taken else {
        return Some(());
    };
    diagnostics.report(
        taken,
        &format!("`{}` already has a field `{taken}`", item.ident),
        "choose another name with `#[carries_trace(field = carrier)]`, or write \
         `#[derive(CarriesTrace)]` and mark this field with `#[carrier]`",
    );
    None
}

/// A struct that serde or the compiler takes for its only field, or for another type, cannot have one
/// more field.
fn check_container(item: &ItemStruct, diagnostics: &mut Diagnostics) -> Option<()> {
    let metas = serde_metas(&item.attrs);
    if let Some(transparent) = metas.iter().find(|meta| is_bare(meta, "transparent")) {
        diagnostics.report(
            transparent,
            "a transparent struct is written as its only field and has no place for a carrier",
            &format!("remove `transparent`, or send `Carried<{}>`", item.ident),
        );
        return None;
    }
    if let Some(remote) = metas.iter().find(|meta| meta.path().is_ident("remote")) {
        let ident = &item.ident;
        diagnostics.report(
            remote,
            &format!("with `remote`, `{ident}` stands for a type that has no carrier"),
            &format!(
                "put `#[carries_trace]` on the struct whose field is written `with = \"{ident}\"`"
            ),
        );
        return None;
    }
    let is_transparent = |attr: &&Attribute| {
        attr.path().is_ident("repr")
            && attr
                .parse_args::<Ident>()
                .is_ok_and(|repr| repr == "transparent")
    };
    if let Some(attr) = item.attrs.iter().find(is_transparent) {
        diagnostics.report(
            attr,
            "a transparent struct has the layout of its only field and no place for a carrier",
            &format!("remove the attribute, or send `Carried<{}>`", item.ident),
        );
        return None;
    }
    Some(())
}

/// A struct that serde converts is written as another type, and its own fields are not.
fn check_conversions(item: &ItemStruct, diagnostics: &mut Diagnostics) {
    let metas = serde_metas(&item.attrs);
    let conversion = metas.iter().find(|meta| {
        ["from", "try_from", "into"]
            .iter()
            .any(|name| meta.path().is_ident(name))
    });
    if let Some(conversion) = conversion {
        diagnostics.report(
            conversion,
            &format!(
                "serde converts `{}` to or from another type, which has no carrier from here",
                item.ident
            ),
            "put `#[carries_trace]` on that type too, hand the carrier on in the conversions, and \
             write `serde = false` here",
        );
    }
}

/// Two fields with one key could be written, and not be read again.
fn check_key_is_free(
    options: &Options,
    item: &ItemStruct,
    field: &Ident,
    diagnostics: &mut Diagnostics,
) {
    let given = match (options.str("rename"), wire(options)) {
        (_, Wire::Fixed) => return,
        (Some(key), _) => Some(key.value()),
        (None, Wire::Sentry) => Some("_sentry".to_owned()),
        (None, Wire::W3c) => None,
    };
    // A rule for all names does not touch those that are given.
    let rule = serde_metas(&item.attrs)
        .iter()
        .any(|meta| meta.path().is_ident("rename_all"));
    if rule && given.is_none() {
        return;
    }
    let key = given.unwrap_or_else(|| field.unraw().to_string());
    let taken = item.fields.iter().find(|other| {
        let (renamed, mut keys) = given_keys(other);
        let own = other.ident.as_ref().filter(|_| !renamed && !rule);
        own.is_some_and(|name| name.unraw() == key) || keys.any(|given| given == key)
    });
    if let Some(name) = taken.and_then(|taken| taken.ident.as_ref()) {
        diagnostics.report(
            name,
            &format!("the field `{name}` and the carrier would have the same key, `{key}`"),
            "choose another key for the carrier: `#[carries_trace(rename = \"key\")]`",
        );
    }
}

/// Whether the field's name is not its key, and the keys that its serde attributes give it.
fn given_keys(field: &Field) -> (bool, impl Iterator<Item = String>) {
    let metas = serde_metas(&field.attrs);
    let renamed = metas.iter().any(|meta| {
        ["rename", "skip", "flatten"]
            .iter()
            .any(|name| meta.path().is_ident(name))
    });
    let keys = metas
        .into_iter()
        .filter(|meta| meta.path().is_ident("rename") || meta.path().is_ident("alias"))
        .flat_map(|meta| texts_in(meta.into_token_stream()));
    (renamed, keys)
}

/// The string literals of `rename = "…"` or `rename(serialize = "…", deserialize = "…")`.
fn texts_in(tokens: TokenStream) -> Vec<String> {
    let texts = |token| match token {
        TokenTree::Group(group) => texts_in(group.stream()),
        token => syn::parse2::<LitStr>(token.into())
            .map(|text| text.value())
            .into_iter()
            .collect(),
    };
    tokens.into_iter().flat_map(texts).collect()
}

fn is_bare(meta: &Meta, name: &str) -> bool {
    matches!(meta, Meta::Path(path) if path.is_ident(name))
}

fn check_serde_options(options: &Options, serde: &When, diagnostics: &mut Diagnostics) {
    for name in ["rename", "flavour", "wire"] {
        let Some(given) = options.get(name) else {
            continue;
        };
        if serde.is_never() {
            diagnostics.report(
                &given.tokens,
                &format!("`{name}` has no effect on a struct that is not written by serde"),
                "derive `Serialize` or `Deserialize` below `#[carries_trace]`, or write \
                 `serde = true` if they are derived under another name",
            );
        } else if name != "wire" && options.has("wire") {
            diagnostics.report(
                &given.tokens,
                &format!(
                    "`{name}` has no effect on the fixed form, which has neither keys nor flavours"
                ),
                &format!("remove `{name}` or `wire = \"fixed\"`"),
            );
        }
    }
}

fn check_template_has_default(options: &Options, diagnostics: &mut Diagnostics) {
    if let Some(given) = options.get("default") {
        diagnostics.report(
            &given.tokens,
            "`default = none` changes the derived `Default`, and none is derived below",
            "write `#[derive(Default)]` below `#[carries_trace]`, or use `TraceCarrier::none()` in \
             your own `Default`",
        );
    }
}
