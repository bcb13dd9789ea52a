//! `#[tracing_relay::test]`: turns a test into a plain `#[test]` that runs on a pipeline of its own.
//!
//! ```text
//! #[tracing_relay::test(ids = "sequential")]      #[test]
//! async fn name(traces: Traces) { body }     =>   fn name() {
//!                                                     async fn name(traces: Traces) { body }
//!                                                     Pipeline::new().sequential_ids().run(name)
//!                                                 }
//! ```
//!
//! The options become calls on the pipeline. The user's function is printed whole inside the test,
//! so that its types, lints and spans are its own.

pub(crate) mod args;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Signature, Visibility};

use crate::diag::Diagnostics;
use crate::driver;
use crate::item::{self, Body, FnItem};
use crate::options::Options;

/// Expands the attribute. On any error the item is left as it is, beside the errors.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    driver::attribute(args::TEST.attribute, item, |item, diagnostics| {
        let options = args::TEST.parse(arguments, diagnostics);
        let function = parse_function(item, diagnostics)?;
        check_function(&function, diagnostics);
        args::check(&options, function.sig.asyncness.is_some(), diagnostics);
        diagnostics
            .is_empty()
            .then(|| expand_test(&options, function))
    })
}

fn parse_function(item: TokenStream, diagnostics: &mut Diagnostics) -> Option<FnItem> {
    let found = item::describe(&item);
    if found == "a function" {
        return diagnostics.ok(syn::parse2(item));
    }
    diagnostics.report(
        &item,
        &format!(
            "`{}` needs a function, this is {found}",
            args::TEST.attribute
        ),
        "put it on an `fn` or `async fn`",
    );
    None
}

fn check_function(function: &FnItem, diagnostics: &mut Diagnostics) {
    check_signature(&function.sig, diagnostics);
    if let Body::Semi(semi) = &function.body {
        diagnostics.report(semi, "a test needs a body", "write it in braces");
    }
    for attribute in &function.attrs {
        let name = attribute.path().segments.last();
        if name.is_some_and(|name| name.ident == "test") {
            diagnostics.report(
                attribute,
                "the test has a second test attribute and would run twice",
                &format!(
                    "remove this one: `{}` makes the function a test",
                    args::TEST.attribute
                ),
            );
        }
    }
}

fn check_signature(signature: &Signature, diagnostics: &mut Diagnostics) {
    if let Some(receiver) = signature.receiver() {
        diagnostics.report(
            receiver,
            "a test takes no `self`",
            "make it a free function",
        );
    } else if let Some(second) = signature.inputs.iter().nth(1) {
        diagnostics.report(
            second,
            "a test takes at most one parameter",
            "keep `traces: tracing_relay::testing::Traces` alone, or no parameter",
        );
    }
    if !signature.generics.params.is_empty() {
        diagnostics.report(
            &signature.generics.params,
            "a test cannot be generic: nothing says which types to run it with",
            "write a generic function, and a test for each type that calls it",
        );
    }
    let safety = signature.safety.to_token_stream();
    if !safety.is_empty() {
        diagnostics.report(
            &safety,
            &format!("a test cannot be `{safety}`"),
            "remove it, and use an `unsafe` block inside",
        );
    }
    if let Some(abi) = &signature.abi {
        diagnostics.report(
            abi,
            "a test cannot have an ABI of its own",
            "remove `extern`",
        );
    }
}

fn expand_test(options: &Options, mut function: FnItem) -> TokenStream {
    let attributes = std::mem::take(&mut function.attrs);
    let visibility = std::mem::replace(&mut function.vis, Visibility::Inherited);
    let name = &function.sig.ident;
    let output = &function.sig.output;
    let pipeline = args::pipeline(options);
    let run = if function.sig.asyncness.is_some() {
        quote!(run)
    } else {
        quote!(run_sync)
    };
    let test = if function.sig.inputs.is_empty() {
        quote!(|_| #name())
    } else {
        quote!(#name)
    };
    // The attribute asks for `async` and for `Traces` by value, whether the body needs them or not.
    quote! {
        #(#attributes)*
        #[::core::prelude::v1::test]
        #[allow(clippy::needless_pass_by_value, clippy::unused_async)]
        #visibility fn #name() #output {
            #function
            #pipeline.#run(#test)
        }
    }
}
