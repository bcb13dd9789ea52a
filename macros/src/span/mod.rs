//! The function attributes: `#[request_span]`, `#[traced]` and `#[relay_traced]`. They differ in
//! their defaults and go through one pipeline: options ([`args`]), checked meaning ([`plan`]),
//! tokens ([`expand`]). `#[traced]` on a block of methods ([`block`]) is put on each of them.

pub(crate) mod args;
mod block;
mod body;
mod conventions;
pub(crate) mod expand;
mod header;
pub(crate) mod keys;
mod late;
mod params;
mod plan;
pub(crate) mod shape;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::driver;
use crate::options::Table;
use plan::SpanKind;

/// Which of the function attributes it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Attribute {
    RequestSpan,
    Traced,
    RelayTraced,
}

impl Attribute {
    fn table(self) -> &'static Table {
        match self {
            Self::RequestSpan => &args::REQUEST_SPAN,
            Self::Traced => &args::TRACED,
            Self::RelayTraced => &args::RELAY_TRACED,
        }
    }

    fn name(self) -> &'static str {
        self.table().attribute
    }

    fn default_kind(self) -> SpanKind {
        match self {
            Self::RequestSpan => SpanKind::Server,
            Self::Traced | Self::RelayTraced => SpanKind::Internal,
        }
    }

    /// What to do with the attribute where it is on something that it does not accept.
    fn accepted_items(self) -> &'static str {
        match self {
            Self::RequestSpan | Self::RelayTraced => "put it on a function or a method",
            Self::Traced => "put it on a function, a method, an `impl` block or a trait",
        }
    }

    /// The default of `err`.
    fn default_error_detail(self) -> &'static str {
        match self {
            Self::RequestSpan | Self::Traced => "type",
            Self::RelayTraced => "chain",
        }
    }
}

/// Expands one of the function attributes.
pub(crate) fn expand(attribute: Attribute, args: TokenStream, item: TokenStream) -> TokenStream {
    driver::attribute(attribute.name(), item, |item, diagnostics| {
        if attribute == Attribute::Traced && block::is_block(&item) {
            return block::expand(args, item, diagnostics);
        }
        let options = attribute.table().parse(args, diagnostics);
        match plan::plan(attribute, &options, item.clone(), diagnostics) {
            Some(plan) => Some(expand::expand(plan)),
            None => without_parameter_attributes(item),
        }
    })
}

/// The function without `#[field]` and `#[fields]` on its parameters, which nobody else would understand: for
/// one that is emitted beside errors.
fn without_parameter_attributes(item: TokenStream) -> Option<TokenStream> {
    use quote::ToTokens as _;
    let mut function = syn::parse2::<crate::item::FnItem>(item).ok()?;
    params::strip_attributes(&mut function.sig);
    Some(function.into_token_stream())
}
