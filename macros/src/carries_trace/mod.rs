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

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{args, run};
    use crate::snapshots::{check, check_documented};

    const FOLDER: &str = "carries_trace";

    #[test]
    fn the_bare_attribute() {
        let output = run(
            quote!(),
            quote! {
                /// A job.
                pub(crate) struct Job<'a, T: Clone = u8, const N: usize = 1> where T: Send {
                    pub(crate) payload: &'a [T; N],
                }
            },
        );
        check(FOLDER, "bare", output);
    }

    #[test]
    fn a_struct_that_serde_writes() {
        let output = run(
            quote!(new = pub make, field = context),
            quote! {
                #[derive(Clone, Serialize, serde::Deserialize, bon::Builder)]
                struct Job {
                    id: u64,
                    #[cfg(feature = "names")]
                    name: String,
                }
            },
        );
        check(FOLDER, "serde_and_constructor", output);
    }

    #[test]
    fn derives_under_a_condition() {
        let output = run(
            quote!(flavour = "sentry"),
            quote! {
                #[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "type"))]
                struct Event { kind: Kind }
            },
        );
        check(FOLDER, "conditional_derives", output);
    }

    #[test]
    fn a_template() {
        let output = run(
            quote!(default = none, wire = "fixed"),
            quote! {
                #[derive(Default, Serialize)]
                struct Template<T> { body: T }
            },
        );
        check(FOLDER, "template", output);
    }

    #[test]
    fn a_renamed_crate() {
        let output = run(
            quote!(crate = crate::renamed, new, rename = "t", default = none),
            quote! {
                #[derive(Default, Deserialize)]
                struct Job { id: u64 }
            },
        );
        assert!(!output.to_string().contains("tracing_relay"), "{output}");
        check(FOLDER, "renamed_crate", output);
    }

    #[test]
    fn a_mistaken_option_leaves_the_rest_standing() {
        let output = run(
            quote!(feild = context, rename = 5, new),
            quote! {
                #[derive(Serialize)]
                struct Job { id: u64 }
            },
        );
        let text = output.to_string();
        assert_eq!(text.matches("compile_error").count(), 2, "{text}");
        assert!(text.contains("fn new (id : u64 ,) -> Self"), "{text}");
    }

    #[test]
    fn every_option_is_documented() {
        check_documented("messages.rs", &args::TABLE);
    }
}
