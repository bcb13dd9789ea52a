//! Serde attributes that would put the receiver's own context into a message that came without one:
//! whatever makes serde call `Default`, which captures.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Meta, Token};

use super::plan::is_named;
use crate::diag::Diagnostics;
use crate::paths::RuntimePath;

/// Reports what would capture when the field is missing from a message. `container` are the
/// attributes of the struct.
pub(crate) fn check(
    field: &Field,
    container: Option<&[Attribute]>,
    runtime: &RuntimePath,
    diagnostics: &mut Diagnostics,
) {
    // An absent optional carrier reads as `None`.
    if is_named(&field.ty, "Option") {
        return;
    }
    let on_field = serde_metas(&field.attrs);
    if on_field
        .iter()
        .any(|meta| matches!(meta, Meta::NameValue(_)) && meta.path().is_ident("default"))
    {
        return;
    }
    let root = runtime.to_token_stream().to_string().replace(' ', "");
    let write = format!("write `default = \"{root}::TraceCarrier::none\"`");
    let fault = "a message without a carrier would be given the trace of its receiver";
    for meta in &on_field {
        if ["default", "skip", "skip_deserializing"]
            .iter()
            .any(|name| meta.path().is_ident(name))
        {
            let help = if meta.path().is_ident("default") {
                write.clone()
            } else {
                format!("{write} beside `{}`", meta.to_token_stream())
            };
            diagnostics.report(meta, fault, &help);
            return;
        }
    }
    let container = serde_metas(container.unwrap_or_default());
    if let Some(default) = container
        .iter()
        .find(|meta| meta.path().is_ident("default"))
    {
        let help = format!(
            "write `#[serde(default = \"{root}::TraceCarrier::none\")]` on the `#[carrier]` field"
        );
        diagnostics.report(default, fault, &help);
    }
}

/// What the `#[serde(…)]` attributes hold. What serde cannot read is left to serde.
pub(crate) fn serde_metas(attrs: &[Attribute]) -> Vec<Meta> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("serde"))
        .filter_map(|attr| {
            attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect()
}
