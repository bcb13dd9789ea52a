//! The function attributes: `#[request_span]`, `#[traced]` and `#[relay_traced]`. They differ in
//! their defaults and go through one pipeline: options ([`args`]), checked meaning ([`plan`]),
//! tokens ([`expand`]).

pub(crate) mod args;
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
        let options = attribute.table().parse(args, diagnostics);
        let plan = plan::plan(attribute, &options, item.clone(), diagnostics);
        match plan {
            Some(plan) => Some(expand::expand(plan)),
            None => Some(strip_parameter_attributes(item)),
        }
    })
}

/// The item without `#[field]` and `#[fields]` on its parameters, which nobody else would understand: for an item
/// that is emitted beside errors.
fn strip_parameter_attributes(item: TokenStream) -> TokenStream {
    use quote::ToTokens as _;
    let Ok(mut function) = syn::parse2::<crate::item::FnItem>(item.clone()) else {
        return item;
    };
    for input in &mut function.sig.inputs {
        let attributes = match input {
            syn::FnArg::Receiver(receiver) => &mut receiver.attrs,
            syn::FnArg::Typed(typed) => &mut typed.attrs,
        };
        attributes.retain(|attribute| !params::is_ours(attribute));
    }
    function.into_token_stream()
}
