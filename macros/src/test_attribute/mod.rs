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
//! The options become calls on the pipeline, in the order of the table. The user's function is
//! printed whole inside the test, so that its types, lints and spans are its own.

mod options;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Error, Item, ItemFn, Path, Visibility};

use self::options::Options;

/// Expands the attribute. On any error the item is left as it is, beside the errors.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = errors.keep(Options::parse(arguments));
    let function = errors.keep(parse_function(item.clone()));
    if let (Some(options), Some(function)) = (&options, &function) {
        errors.keep(check_options(options, function));
    }
    match (options, function, errors.0) {
        (Some(options), Some(function), None) => expand_test(&options, function),
        (_, _, errors) => {
            let errors = errors.map(Error::into_compile_error);
            quote!(#errors #item)
        }
    }
}

/// All errors of one attribute.
#[derive(Default)]
struct Errors(Option<Error>);

impl Errors {
    fn keep<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(error);
                None
            }
        }
    }

    fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    fn into_result<T>(self, value: T) -> Result<T, Error> {
        match self.0 {
            Some(errors) => Err(errors),
            None => Ok(value),
        }
    }
}

/// An error that underlines `tokens`: what is wrong, and on a line of its own what to write.
fn error_at(tokens: impl ToTokens, fault: impl Display, help: impl Display) -> Error {
    Error::new_spanned(tokens, format_args!("{fault}\nhelp: {help}"))
}

fn parse_function(item: TokenStream) -> Result<ItemFn, Error> {
    let function = match syn::parse2(item)? {
        Item::Fn(function) => function,
        other => {
            let (token, found) = describe(&other);
            return Err(error_at(
                token,
                format_args!("`#[tracing_relay::test]` does not go on {found}"),
                "put it on an `fn` or `async fn`",
            ));
        }
    };
    function.modifiers.require_empty()?;
    let mut errors = Errors::default();
    check_signature(&function, &mut errors);
    for attribute in &function.attrs {
        if attribute
            .path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "test")
        {
            errors.push(error_at(
                attribute,
                "the test has a second test attribute and would run twice",
                "remove this one: `#[tracing_relay::test]` makes the function a test",
            ));
        }
    }
    errors.into_result(function)
}

fn check_signature(function: &ItemFn, errors: &mut Errors) {
    let signature = &function.sig;
    if let Some(receiver) = signature.receiver() {
        errors.push(error_at(
            receiver,
            "a test takes no `self`",
            "make it a free function",
        ));
    } else if let Some(second) = signature.inputs.iter().nth(1) {
        errors.push(error_at(
            second,
            "a test takes at most one parameter",
            "keep `traces: tracing_relay::testing::Traces` alone, or no parameter",
        ));
    }
    let generics = &signature.generics;
    if !generics.params.is_empty() {
        errors.push(error_at(
            &generics.params,
            "a test cannot be generic: nothing says which types to run it with",
            "write a generic function and a test for each type that calls it",
        ));
    }
    let safety = signature.safety.to_token_stream();
    if !safety.is_empty() {
        errors.push(error_at(
            &safety,
            format_args!("a test cannot be `{safety}`"),
            "remove it, and use an `unsafe` block inside",
        ));
    }
    if let Some(abi) = &signature.abi {
        errors.push(error_at(
            abi,
            "a test cannot have an ABI of its own",
            "remove `extern`",
        ));
    }
}

/// The token to underline in an item that is not a function, and its name.
fn describe(item: &Item) -> (TokenStream, &'static str) {
    match item {
        Item::Struct(item) => (item.struct_token.to_token_stream(), "a struct"),
        Item::Enum(item) => (item.enum_token.to_token_stream(), "an enum"),
        Item::Mod(item) => (item.mod_token.to_token_stream(), "a module"),
        Item::Impl(item) => (item.impl_token.to_token_stream(), "an `impl` block"),
        Item::Trait(item) => (item.trait_token.to_token_stream(), "a trait"),
        Item::Const(item) => (item.const_token.to_token_stream(), "a constant"),
        Item::Static(item) => (item.static_token.to_token_stream(), "a static"),
        Item::Macro(item) => (item.mac.path.to_token_stream(), "a macro"),
        other => (other.to_token_stream(), "this item"),
    }
}

/// What an option needs from the function that it is on.
fn check_options(options: &Options, function: &ItemFn) -> Result<(), Error> {
    match &options.runtime {
        Some(option) if function.sig.asyncness.is_none() => Err(error_at(
            option,
            format_args!("`{option}` is for async tests: this one has no runtime"),
            "write `async fn`, or remove the option",
        )),
        _ => Ok(()),
    }
}

fn expand_test(options: &Options, mut function: ItemFn) -> TokenStream {
    let attributes = std::mem::take(&mut function.attrs);
    let visibility = std::mem::replace(&mut function.vis, Visibility::Inherited);
    let name = &function.sig.ident;
    let output = &function.sig.output;
    let runtime = runtime_path(options);
    let pipeline = options.pipeline(&runtime);
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

/// The only place that names the runtime crate.
fn runtime_path(options: &Options) -> TokenStream {
    options
        .runtime_crate
        .as_ref()
        .map_or_else(|| quote!(::tracing_relay), Path::to_token_stream)
}
