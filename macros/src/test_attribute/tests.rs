//! What the attribute makes of a function.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use super::expand;

fn check(arguments: TokenStream, item: &TokenStream, expansion: &Expect) {
    let file = syn::parse2(expand(arguments, item)).expect("the expansion is Rust");
    expansion.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn an_async_test_runs_on_the_pipeline() {
    check(
        quote!(flavor = "multi_thread", ids = "sequential"),
        &quote! {
            /// Words.
            #[ignore]
            pub(crate) async fn name(traces: Traces) -> Result<(), Error> {
                traces.check()
            }
        },
        &expect![[r#"
            /// Words.
            #[ignore]
            #[::core::prelude::v1::test]
            #[allow(clippy::needless_pass_by_value, clippy::unused_async)]
            pub(crate) fn name() -> Result<(), Error> {
                async fn name(traces: Traces) -> Result<(), Error> {
                    traces.check()
                }
                ::tracing_relay::testing::Pipeline::new()
                    .worker_threads(2)
                    .sequential_ids()
                    .run(name)
            }
        "#]],
    );
}

#[test]
fn a_sync_test_without_parameter_runs_without_runtime() {
    check(
        quote!(),
        &quote!(
            fn name() {}
        ),
        &expect![[r#"
        #[::core::prelude::v1::test]
        #[allow(clippy::needless_pass_by_value, clippy::unused_async)]
        fn name() {
            fn name() {}
            ::tracing_relay::testing::Pipeline::new().run_sync(|_| name())
        }
    "#]],
    );
}

#[test]
fn another_path_of_the_crate_is_the_only_one_in_the_expansion() {
    let arguments = quote!(
        crate = other::path,
        sampling = "parent",
        level = "info",
        logs = true
    );
    let expansion = expand(
        arguments,
        &quote!(
            async fn name() {}
        ),
    )
    .to_string();
    assert!(!expansion.contains("tracing_relay"), "{expansion}");
    assert!(
        expansion.contains("other :: path :: testing"),
        "{expansion}"
    );
}

#[test]
fn each_fault_is_reported_once_and_the_function_stays() {
    let item = quote!(
        fn name(one: usize, two: usize) {}
    );
    let expansion = expand(quote!(flavour = "x", logs = 1), &item).to_string();
    assert_eq!(expansion.matches("compile_error").count(), 3, "{expansion}");
    assert!(expansion.ends_with(&item.to_string()), "{expansion}");
}

#[test]
fn no_input_makes_it_panic() {
    let arguments = [
        quote!(,),
        quote!(,,),
        quote!(=),
        quote!(crate),
        quote!(crate =),
        quote!(logs = = true),
        quote!(logs(true)),
        quote!(logs = true; ids),
        quote!(worker_threads = 99999999999999999999999),
        quote!(pipeline = {}),
        quote!(r#logs = true),
        quote!("text" 'a'),
    ];
    let items = [
        quote!(),
        quote!(fn),
        quote!(
            fn name();
        ),
        quote!(1 + 1),
        quote!(
            fn name() {}
        ),
    ];
    for arguments in &arguments {
        for item in &items {
            let expansion = expand(arguments.clone(), item).to_string();
            assert!(!expansion.is_empty(), "{arguments} on {item}");
        }
    }
}
