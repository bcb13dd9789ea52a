//! `late(…)`: the handles of fields that are learned while the function runs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Token, Type};

use super::args::{self, Field, Key, Sigil};
use super::params::Params;
use crate::diag::{self, Diagnostics};
use crate::options::parse_list;

/// One handle: `name: Type = "the.key"`.
pub(crate) struct LateField {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) key: Key,
    pub(crate) sigil: Sigil,
}

impl LateField {
    /// How `value`, a reference to a reference, is recorded.
    pub(crate) fn of_value(&self, value: &Ident) -> Field {
        Field {
            key: self.key.clone(),
            sigil: self.sigil,
            value: quote!(**#value),
        }
    }
}

/// What to write for a field of this key that is recorded some other way.
pub(super) fn remedy(key: &str) -> String {
    let name = key.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    format!(
        "write `late({name}: str = {key:?})` in the attribute, and `{name}.record(…)` in the body"
    )
}

/// Reads what `late` has in its parentheses; what is wrong in one handle does not hide the others.
pub(crate) fn parse(tokens: &TokenStream, diagnostics: &mut Diagnostics) -> Vec<LateField> {
    let separated = (
        "expected a comma after a handle",
        "write `late(turn_id: str = \"turn.id\", thread_id: str = \"thread.id\")`",
    );
    let parse =
        |input: ParseStream<'_>| Ok(parse_list(input, parse_handle, separated, diagnostics));
    parse.parse2(tokens.clone()).unwrap_or_default()
}

fn parse_handle(input: ParseStream<'_>) -> syn::Result<LateField> {
    let name = input.parse::<Ident>().map_err(|_| {
        diag::error_here(
            input,
            "expected the name of a handle",
            "write `late(turn_id: str = \"turn.id\")`, and in the body `turn_id.record(&id)`",
        )
    })?;
    if !input.peek(Token![:]) {
        return Err(diag::at(
            &name,
            &format!("the handle `{name}` has no type"),
            &format!("write `{name}: str = \"the.key\"`, with the type of its value"),
        ));
    }
    input.parse::<Token![:]>()?;
    let ty: Type = input.parse().map_err(|_| {
        diag::error_here(
            input,
            &format!("expected the type of the value of `{name}`"),
            &format!("write `{name}: str = \"the.key\"`"),
        )
    })?;
    let no_key = || {
        diag::at(
            quote!(#name: #ty),
            &format!("the handle `{name}` has no key"),
            "write `= \"the.key\"` after the type",
        )
    };
    if !input.peek(Token![=]) {
        return Err(no_key());
    }
    input.parse::<Token![=]>()?;
    let sigil = args::parse_sigil(input)?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(no_key());
    }
    if !input.peek(LitStr) && !input.peek(Ident::peek_any) {
        return Err(diag::error_here(
            input,
            &format!("expected the key of `{name}`"),
            "write a key like `\"turn.id\"` or `turn.id`",
        ));
    }
    let key = args::parse_key(input)?;
    Ok(LateField {
        name,
        ty,
        key,
        sigil,
    })
}

/// Refuses names that would be bound twice.
pub(crate) fn check_names(handles: &[LateField], params: &Params, diagnostics: &mut Diagnostics) {
    for (index, LateField { name, .. }) in handles.iter().enumerate() {
        let mut before = handles.iter().take(index);
        if before.any(|other| other.name == *name) {
            diagnostics.report(
                name,
                &format!("the handle `{name}` is given twice"),
                "give one of the two another name",
            );
        } else if params.binding(name).is_some() {
            diagnostics.report(
                name,
                &format!("the handle `{name}` would hide the parameter of this name"),
                "give the handle another name",
            );
        }
    }
}
