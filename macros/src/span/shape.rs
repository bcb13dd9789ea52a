//! What a function is: sync, async, or one that returns the future or the stream it is named after.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypeParamBound};

/// How the body runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// To its end, when it is called.
    Sync,
    /// `async fn`.
    Async,
    /// Later: the function returns what is polled.
    Returned { boxed: bool, polled: Polled },
}

/// What a function returns to be polled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Polled {
    Future,
    Stream,
}

impl Shape {
    /// Whether the body runs after the function has returned.
    pub(crate) const fn is_later(self) -> bool {
        matches!(self, Self::Returned { .. })
    }

    pub(crate) fn of(sig: &Signature) -> Self {
        if sig.asyncness.is_some() {
            return Self::Async;
        }
        let ReturnType::Type(_, output) = &sig.output else {
            return Self::Sync;
        };
        match peel(output) {
            Type::ImplTrait(output) => polled(&output.bounds).map(|polled| Self::Returned {
                boxed: false,
                polled,
            }),
            output => boxed(output).map(|polled| Self::Returned {
                boxed: true,
                polled,
            }),
        }
        .unwrap_or(Self::Sync)
    }
}

/// The type inside parentheses, or inside what a macro by example has passed as `$ty`.
pub(crate) fn peel(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

fn polled<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> Option<Polled> {
    bounds.into_iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            let name = &bound.path.segments.last()?.ident;
            if name == "Future" {
                Some(Polled::Future)
            } else if name == "Stream" {
                Some(Polled::Stream)
            } else {
                None
            }
        }
        _ => None,
    })
}

/// `Pin<Box<dyn Future<…> + …>>`
fn boxed(output: &Type) -> Option<Polled> {
    match peel(argument_of(argument_of(output, "Pin")?, "Box")?) {
        Type::TraitObject(object) => polled(&object.bounds),
        _ => None,
    }
}

/// The `T` of `Name<T>`, whatever the path before the name.
fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = peel(ty) else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The block of a body that is nothing but `async move { … }`, boxed or not: such a body runs
/// nothing at the call, so that the span can open inside the block, as in an `async fn`.
pub(crate) fn only_async_block(body: &TokenStream) -> Option<Group> {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    match tokens.as_slice() {
        [
            TokenTree::Ident(word),
            TokenTree::Ident(moved),
            TokenTree::Group(block),
        ] if word == "async" && moved == "move" && block.delimiter() == Delimiter::Brace => {
            Some(block.clone())
        }
        [path @ .., TokenTree::Group(inside)] if inside.delimiter() == Delimiter::Parenthesis => {
            let path: String = path.iter().map(ToString::to_string).collect();
            let known = ["Box::pin", "::std::boxed::Box::pin", "std::boxed::Box::pin"];
            known
                .contains(&path.as_str())
                .then(|| only_async_block(&inside.stream()))
                .flatten()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::{Polled, Shape, only_async_block};

    #[test]
    fn shapes_are_told_by_the_header() {
        let returned = |boxed, polled| Shape::Returned { boxed, polled };
        for (sig, shape) in [
            (parse_quote!(fn f()), Shape::Sync),
            (parse_quote!(fn f() -> Pin<Box<u8>>), Shape::Sync),
            (parse_quote!(fn f() -> JoinHandle<()>), Shape::Sync),
            (parse_quote!(async fn f() -> u8), Shape::Async),
            (
                parse_quote!(fn f() -> impl Future<Output = u8> + Send),
                returned(false, Polled::Future),
            ),
            (
                parse_quote!(fn f() -> impl Send + futures::Stream<Item = u8>),
                returned(false, Polled::Stream),
            ),
            (
                parse_quote!(fn f<'a>() -> ::core::pin::Pin<Box<dyn Future<Output = u8> + Send + 'a>>),
                returned(true, Polled::Future),
            ),
            (
                parse_quote!(fn f() -> Pin<Box<dyn Stream<Item = u8>>>),
                returned(true, Polled::Stream),
            ),
        ] {
            assert_eq!(Shape::of(&sig), shape, "{}", quote!(#sig));
        }
    }

    #[test]
    fn a_body_that_is_one_async_block_is_seen() {
        assert!(only_async_block(&quote!(async move { 1 })).is_some());
        assert!(only_async_block(&quote!(Box::pin(async move { 1 }))).is_some());
        assert!(only_async_block(&quote!(::std::boxed::Box::pin(async move { 1 }))).is_some());
        assert!(only_async_block(&quote!(let x = 1; async move { x })).is_none());
        assert!(only_async_block(&quote!(async { 1 })).is_none());
        assert!(only_async_block(&quote!(other(async move { 1 }))).is_none());
    }
}
