//! `#[derive(SpanFields)]`: says which fields of a type are attributes of a span.

mod expand;
pub(crate) mod plan;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diag::Diagnostics;
use crate::driver;

/// The implementation for one struct or enum, or the errors.
pub(crate) fn run(item: TokenStream) -> TokenStream {
    driver::derive(
        "#[derive(SpanFields)]",
        item,
        |item, diagnostics: &mut Diagnostics| {
            let input: DeriveInput = diagnostics.ok(syn::parse2(item))?;
            let plan = plan::plan(&input, diagnostics)?;
            Some(expand::expand(&plan))
        },
    )
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{plan, run};
    use crate::snapshots::{check, check_documented};

    const FOLDER: &str = "derive_span_fields";

    #[test]
    fn a_struct() {
        let output = run(quote! {
            struct TurnStart {
                #[field("thread.id")]
                thread_id: String,
                #[field(?)]
                r#mode: Mode,
                input: String,
            }
        });
        check(FOLDER, "struct", output);
    }

    #[test]
    fn a_generic_struct_with_parts() {
        let output = run(quote! {
            struct Envelope<'a, T: Clone = (), const N: usize = 1> where T: Send {
                #[field]
                id: T,
                #[field("shown", %)]
                shown: &'a T,
                #[fields]
                part: Option<T>,
                #[fields]
                client: ClientInfo,
                #[field(?)]
                list: [T; N],
            }
        });
        check(FOLDER, "struct_with_parts", output);
    }

    #[test]
    fn an_enum() {
        let output = run(quote! {
            enum Op {
                Start { #[field("turn.id")] id: u64, #[field] mode: Mode },
                Stop(#[field("turn.id")] u64, String),
                Ping,
            }
        });
        check(FOLDER, "enum", output);
    }

    #[test]
    fn a_renamed_crate() {
        let output = run(quote! {
            #[span_fields(crate = ::renamed)]
            struct Id(#[field("the.id")] u64, #[fields] Inner);
        });
        assert!(!output.to_string().contains("tracing_relay ::"), "{output}");
        check(FOLDER, "renamed_crate", output);
    }

    #[test]
    fn every_option_is_documented() {
        check_documented("fields.rs", &plan::ON_TYPE);
    }
}
