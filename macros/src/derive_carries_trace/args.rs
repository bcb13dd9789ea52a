//! `#[carrier]` as it was written: on the type, on variants and on fields.

use proc_macro2::TokenStream;
use syn::{Attribute, Data, DeriveInput, Fields, Meta};

use crate::diag::{self, Diagnostics};
use crate::options::{Kind, Options, Spec, Table};

/// The options on the type.
pub(crate) static ON_TYPE: Table = Table {
    attribute: "#[carrier] on a type",
    options: &[Spec {
        name: "crate",
        kind: Kind::CratePath,
        usage: "crate = ::path",
        doc: "The path of this crate, where it is not `::tracing_relay`.",
    }],
};

/// The options on a variant.
pub(crate) static ON_VARIANT: Table = Table {
    attribute: "#[carrier] on a variant",
    options: &[Spec {
        name: "none",
        kind: Kind::Flag,
        usage: "none",
        doc: "The variant carries nothing.",
    }],
};

/// The options on a field.
pub(crate) static ON_FIELD: Table = Table {
    attribute: "#[carrier] on a field",
    options: &[],
};

/// What the type and its parts say about the carrier.
pub(crate) struct Args {
    pub(crate) container: Options,
    /// One for a struct, one a variant for an enum.
    pub(crate) parts: Vec<Part>,
}

/// A struct or a variant.
pub(crate) struct Part {
    /// Where the variant says that it carries nothing.
    pub(crate) none: Option<Attribute>,
    /// The numbers of the marked fields.
    pub(crate) marked: Vec<(usize, Attribute)>,
}

/// Reads every `#[carrier]` of the type.
pub(crate) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Args {
    let mut container = Options::default();
    for attr in carrier_attrs(&input.attrs) {
        match arguments(attr) {
            Some(tokens) => container = ON_TYPE.parse(tokens, diagnostics),
            None => diagnostics.report(
                attr,
                "`#[carrier]` marks a field, not the type",
                "move it to the field that carries the trace",
            ),
        }
    }
    let parts = match &input.data {
        Data::Struct(data) => {
            vec![Part {
                none: None,
                marked: marked_fields(&data.fields, diagnostics),
            }]
        }
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| Part {
                none: variant_without_carrier(&variant.attrs, diagnostics),
                marked: marked_fields(&variant.fields, diagnostics),
            })
            .collect(),
        Data::Union(_) => Vec::new(),
    };
    Args { container, parts }
}

fn variant_without_carrier(
    attrs: &[Attribute],
    diagnostics: &mut Diagnostics,
) -> Option<Attribute> {
    let mut found = None;
    for attr in carrier_attrs(attrs) {
        match arguments(attr) {
            Some(tokens) => {
                ON_VARIANT.parse(tokens, diagnostics);
            }
            None => {
                diagnostics.report(
                    attr,
                    "`#[carrier]` marks a field, not a variant",
                    "move it to a field of the variant, or write `#[carrier(none)]` if it carries nothing",
                );
            }
        }
        // Also after a mistake: the variant is not reported once more for having no carrier.
        found = Some(attr.clone());
    }
    found
}

fn marked_fields(fields: &Fields, diagnostics: &mut Diagnostics) -> Vec<(usize, Attribute)> {
    let mut marked = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let mut attrs = carrier_attrs(&field.attrs);
        if let Some(first) = attrs.next() {
            if let Some(tokens) = arguments(first) {
                ON_FIELD.parse(tokens, diagnostics);
            }
            marked.push((index, first.clone()));
        }
        for repeated in attrs {
            let fault = "the field is marked with `#[carrier]` twice";
            diagnostics.push(diag::at(repeated, fault, "remove one of the two"));
        }
    }
    marked
}

fn carrier_attrs(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("carrier"))
}

/// What is in the parentheses; nothing for the bare attribute. `#[carrier = value]` is read as an
/// option, so that the answer names the options.
fn arguments(attr: &Attribute) -> Option<TokenStream> {
    match &attr.meta {
        Meta::Path(_) => None,
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::NameValue(pair) => Some(quote::ToTokens::to_token_stream(&pair.value)),
    }
}
