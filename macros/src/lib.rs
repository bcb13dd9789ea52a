//! The attribute macros of tracing-relay. Depend on `tracing-relay`, which re-exports and
//! documents them.

mod test_attribute;

use proc_macro::TokenStream;

/// A test on a trace pipeline of its own.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    test_attribute::expand(arguments.into(), &item.into()).into()
}
