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
    fn a_key_that_another_field_has_is_refused() {
        let faults = |args, item| {
            let text = run(args, item).to_string();
            text.matches("would have the same key").count()
        };
        for field in [
            quote!(#[serde(rename = "trace")] stack: String),
            quote!(#[serde(rename(serialize = "stack", deserialize = "trace"))] stack: String),
            quote!(#[serde(alias = "trace")] stack: String),
        ] {
            let item = quote!(#[derive(Serialize)] struct Job { #field });
            assert_eq!(faults(quote!(), item.clone()), 1, "{item}");
            assert_eq!(
                faults(quote!(rename = "context"), item.clone()),
                0,
                "{item}"
            );
            assert_eq!(faults(quote!(wire = "fixed"), item.clone()), 0, "{item}");
            assert_eq!(faults(quote!(serde = false), item.clone()), 0, "{item}");
        }
        let named = quote!(
            #[derive(Serialize)]
            struct Job {
                _sentry: u8,
                r#type: u8,
            }
        );
        assert_eq!(faults(quote!(flavour = "sentry"), named.clone()), 1);
        assert_eq!(faults(quote!(rename = "type"), named), 1);
        let elsewhere = quote! {
            #[derive(Serialize)]
            struct Job {
                #[serde(rename = "id")]
                _sentry: u8,
                #[serde(flatten)]
                r#type: Type,
            }
        };
        assert_eq!(faults(quote!(flavour = "sentry"), elsewhere.clone()), 0);
        assert_eq!(faults(quote!(rename = "type"), elsewhere), 0);
        let by_rule = quote! {
            #[derive(Serialize)]
            #[serde(rename_all = "UPPERCASE")]
            struct Job { #[serde(rename = "trace")] stack: String }
        };
        assert_eq!(faults(quote!(), by_rule.clone()), 0);
        assert_eq!(faults(quote!(rename = "trace"), by_rule), 1);
    }

    #[test]
    fn a_struct_that_serde_converts_does_not_lose_its_carrier_silently() {
        for conversion in [
            quote!(into = "Wire"),
            quote!(from = "Wire"),
            quote!(try_from = "Wire"),
        ] {
            let item = quote! {
                #[derive(Clone, Serialize, Deserialize)]
                #[serde(#conversion)]
                struct Job { id: u64 }
            };
            let text = run(quote!(), item.clone()).to_string();
            assert!(text.contains("serde converts `Job`"), "{text}");
            let text = run(quote!(serde = false), item).to_string();
            assert!(!text.contains("compile_error"), "{text}");
        }
    }

    #[test]
    fn every_option_is_documented() {
        check_documented("messages.rs", &args::TABLE);
    }
}
