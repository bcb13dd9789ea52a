//! What the attribute makes of a function.

use quote::quote;

use super::args::TEST;
use super::expand;
use crate::snapshots::check;

#[test]
fn an_async_test_runs_on_the_pipeline() {
    let arguments = quote!(flavor = "multi_thread", ids = "sequential");
    let item = quote! {
        /// Words.
        #[ignore]
        pub(crate) async fn name(traces: Traces) -> Result<(), Error> {
            #![allow(dead_code)]
            traces.check()
        }
    };
    check("test", "async", expand(arguments, item));
}

#[test]
fn a_sync_test_without_parameter_runs_without_runtime() {
    check(
        "test",
        "sync",
        expand(
            quote!(),
            quote!(
                fn name() {}
            ),
        ),
    );
}

#[test]
fn another_path_of_the_crate_is_the_only_one_in_the_expansion() {
    let arguments = quote!(
        crate = ::other::path,
        sampling = "parent",
        level = "info",
        logs = true
    );
    let expansion = expand(
        arguments,
        quote!(
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
    let expansion = expand(quote!(flavour = "x", logs = 1), item.clone()).to_string();
    assert_eq!(expansion.matches("compile_error").count(), 3, "{expansion}");
    assert!(expansion.starts_with(&item.to_string()), "{expansion}");
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
            let expansion = expand(arguments.clone(), item.clone()).to_string();
            assert!(!expansion.is_empty(), "{arguments} on {item}");
            let errors = expansion.contains("compile_error");
            assert!(errors, "{arguments} on {item}: {expansion}");
        }
    }
}

#[test]
fn every_option_is_documented() {
    crate::snapshots::check_documented("testing.rs", &TEST);
}
