//! `#[carries_trace]`: adds the carrier to a struct, as its last field.

pub(crate) mod args;
mod derives;
mod expand;
mod plan;

use proc_macro2::TokenStream;

use crate::driver;

/// The struct with its carrier, or as it was beside the errors.
pub(crate) fn run(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::attribute("#[carries_trace]", item, |item, diagnostics| {
        let options = args::TABLE.parse(args, diagnostics);
        let plan = plan::check(&options, &item, diagnostics)?;
        Some(expand::expand(&plan))
    })
}
