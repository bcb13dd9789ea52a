//! `#[derive(CarriesTrace)]`: finds the field that carries and implements the two traits with it.

pub(crate) mod args;
mod expand;
mod plan;
mod serde_rules;

use proc_macro2::TokenStream;
use syn::DeriveInput;

pub(crate) use self::expand::expand as expand_impls;
pub(crate) use self::plan::{Carrier, Plan, Shape};
pub(crate) use self::serde_rules::serde_metas;

use crate::diag::Diagnostics;
use crate::driver;

/// The implementations for one struct or enum, or the errors.
pub(crate) fn run(item: TokenStream) -> TokenStream {
    driver::derive(
        "#[derive(CarriesTrace)]",
        item,
        |item, diagnostics: &mut Diagnostics| {
            let input: DeriveInput = diagnostics.ok(syn::parse2(item))?;
            let args = args::parse(&input, diagnostics);
            let plan = plan::check(&input, &args, diagnostics)?;
            Some(expand_impls(&plan))
        },
    )
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{args, run};
    use crate::snapshots::{check, check_documented};

    const FOLDER: &str = "derive_carries_trace";

    #[test]
    fn a_struct_with_generics() {
        let output = run(quote! {
            struct Job<'a, T: Clone = (), const N: usize = 1> where T: Send {
                payload: &'a [T; N],
                #[carrier]
                trace: TraceCarrier,
            }
        });
        check(FOLDER, "struct_with_generics", output);
    }

    #[test]
    fn an_enum_with_all_kinds_of_variants() {
        let output = run(quote! {
            enum Op<T> {
                Start { r#type: u8, #[carrier] r#trace: TraceCarrier },
                Nested(u8, #[carrier] T),
                List(#[carrier] Box<Op<T>>),
                #[carrier(none)]
                Ping,
            }
        });
        check(FOLDER, "enum", output);
    }

    #[test]
    fn a_renamed_crate() {
        let output = run(quote! {
            #[carrier(crate = ::renamed)]
            struct Envelope(#[carrier] Inner, u8);
        });
        assert!(!output.to_string().contains("tracing_relay"), "{output}");
        check(FOLDER, "renamed_crate", output);
    }

    #[test]
    fn every_option_is_documented() {
        check_documented("messages.rs", &args::ON_TYPE);
        check_documented("messages.rs", &args::ON_VARIANT);
    }
}
