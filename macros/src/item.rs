//! Items as the attributes see them: a function with its header parsed and its body kept as tokens,
//! and the name of what was found where something else was expected.
//!
//! The body is never parsed: a half-typed one keeps its attribute working while an editor expands
//! it, and costs nothing to carry.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Token, Visibility};

/// A free function, a method, or a method of a trait.
#[derive(Clone)]
pub(crate) struct FnItem {
    /// The outer attributes, doc comments included.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    /// `default`, for specialisation.
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    pub(crate) body: Body,
}

/// What follows a function's header.
#[derive(Clone)]
pub(crate) enum Body {
    /// Braces.
    Block {
        /// The attributes at the start of the body, `#![…]`: they belong to the function.
        inner_attrs: Vec<Attribute>,
        /// The rest of the body in its own braces, whose span is that of the user's.
        block: Group,
    },
    /// A method that a trait only declares.
    Semi(Token![;]),
}

impl Parse for FnItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let defaultness = input.parse()?;
        let sig = input.parse()?;
        let body = input.parse()?;
        Ok(Self {
            attrs,
            vis,
            defaultness,
            sig,
            body,
        })
    }
}

const NO_BODY: &str = "expected a function body in braces, or `;`";

/// The group, if it is in braces, or the one inside what a macro by example has passed as `$body`.
fn braces(group: &Group) -> Option<Group> {
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => match group.stream().into_iter().next()? {
            TokenTree::Group(inside) => braces(&inside),
            _ => None,
        },
        _ => None,
    }
}

impl Parse for Body {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Token![;]) {
            return input.parse().map(Self::Semi);
        }
        let group: Group = input.step(|cursor| match cursor.token_tree() {
            Some((TokenTree::Group(group), rest)) => match braces(&group) {
                Some(block) => Ok((block, rest)),
                None => Err(cursor.error(NO_BODY)),
            },
            _ => Err(cursor.error(NO_BODY)),
        })?;
        let split = |content: ParseStream<'_>| {
            Ok((
                content.call(Attribute::parse_inner)?,
                content.parse::<TokenStream>()?,
            ))
        };
        let (inner_attrs, rest) = syn::parse::Parser::parse2(split, group.stream())?;
        let mut block = Group::new(Delimiter::Brace, rest);
        block.set_span(group.span());
        Ok(Self::Block { inner_attrs, block })
    }
}

impl ToTokens for FnItem {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.defaultness.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Semi(semi) => semi.to_tokens(tokens),
            Self::Block { inner_attrs, block } => {
                let mut content = TokenStream::new();
                content.append_all(inner_attrs);
                content.extend(block.stream());
                let mut group = Group::new(Delimiter::Brace, content);
                group.set_span(block.span());
                group.to_tokens(tokens);
            }
        }
    }
}

/// What is found where no item is.
pub(crate) const EXPRESSION: &str = "an expression";
pub(crate) const STATEMENT: &str = "a statement";

/// What an item is, in words, for "found a struct".
pub(crate) fn describe(item: &TokenStream) -> &'static str {
    let words = [
        ("fn", "a function"),
        ("struct", "a struct"),
        ("enum", "an enum"),
        ("union", "a union"),
        ("trait", "a trait"),
        ("impl", "an `impl` block"),
        ("mod", "a module"),
        ("type", "a type alias"),
        ("use", "a `use` declaration"),
        ("static", "a static"),
        ("macro_rules", "a macro"),
        ("let", STATEMENT),
        ("safe", "a declaration of a foreign function"),
    ];
    // `const` and `extern` also start a function's header.
    let mut header = "";
    let mut tokens = item.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let word = match token {
            TokenTree::Ident(word) => word.to_string(),
            TokenTree::Punct(_) if header == "const" => break,
            _ => continue,
        };
        if let Some((_, found)) = words.iter().find(|(keyword, _)| word == *keyword) {
            return found;
        }
        if matches!(tokens.peek(), Some(TokenTree::Punct(bang)) if bang.as_char() == '!') {
            return "a macro call";
        }
        if word == "crate" && header == "extern" {
            return "an `extern crate` declaration";
        }
        if word == "const" {
            header = "const";
        } else if word == "extern" {
            header = "extern";
        }
    }
    match header {
        "const" => "a constant",
        "extern" => "an `extern` block",
        _ => EXPRESSION,
    }
}

/// The identifiers in some tokens, at any depth.
pub(crate) fn idents_in(tokens: impl ToTokens) -> Vec<Ident> {
    let mut found = Vec::new();
    let mut todo = vec![tokens.into_token_stream()];
    while let Some(tokens) = todo.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => found.push(ident),
                TokenTree::Group(group) => todo.push(group.stream()),
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Delimiter, Group};
    use quote::{ToTokens, quote};
    use syn::parse2;

    use super::{Body, FnItem, describe};

    #[test]
    fn functions_print_as_they_were_read() {
        for tokens in [
            quote!(
                fn f() {}
            ),
            quote!(
                #[a]
                #[doc = "d"]
                pub(crate) async unsafe fn f<'a, T: X>(&'a mut self, t: T) -> u8
                where
                    T: Y,
                {
                    #![allow(x)]
                    1
                }
            ),
            quote!(default fn f(self: Box<Self>);),
            quote!(
                const extern "C" fn f(_: u8) -> impl Future<Output = ()> + 'static {
                    async {}
                }
            ),
            quote!(async fn half_typed(&self) { self.foo.; let = match { } }),
        ] {
            let item: FnItem = parse2(tokens.clone()).unwrap();
            assert_eq!(item.to_token_stream().to_string(), tokens.to_string());
        }
    }

    #[test]
    fn inner_attributes_are_kept_apart_from_the_body() {
        let item: FnItem = parse2(quote!(
            fn f() {
                #![allow(a)]
                #![doc = "b"]
                c
            }
        ))
        .unwrap();
        let Body::Block { inner_attrs, block } = item.body else {
            panic!("no block");
        };
        assert_eq!(inner_attrs.len(), 2);
        assert_eq!(block.stream().to_string(), "c");
    }

    #[test]
    fn a_body_that_a_macro_passes_is_a_body() {
        let block = Group::new(Delimiter::None, quote!({ a }));
        let item: FnItem = parse2(quote!(fn f() #block)).unwrap();
        let Body::Block { block, .. } = item.body else {
            panic!("no block");
        };
        assert_eq!(block.to_string(), "{ a }");
        let other = Group::new(Delimiter::None, quote!(a));
        assert!(parse2::<FnItem>(quote!(fn f() #other)).is_err());
    }

    #[test]
    fn other_items_are_named() {
        for (tokens, name) in [
            (
                quote!(
                    #[x(fn)]
                    pub struct S {
                        f: fn(),
                    }
                ),
                "a struct",
            ),
            (
                quote!(
                    pub const unsafe fn f() {}
                ),
                "a function",
            ),
            (
                quote!(
                    const X: fn() = f;
                ),
                "a constant",
            ),
            (
                quote!(
                    unsafe impl X for Y {}
                ),
                "an `impl` block",
            ),
            (
                quote!(
                    unsafe extern "C" {
                        fn f();
                    }
                ),
                "an `extern` block",
            ),
            (
                quote!(
                    extern crate core as other;
                ),
                "an `extern crate` declaration",
            ),
            (
                quote!(
                    extern "C" fn f() {}
                ),
                "a function",
            ),
            (
                quote!(
                    pub safe fn f();
                ),
                "a declaration of a foreign function",
            ),
            (quote!(thread_local! { static X: u8 = 1; }), "a macro call"),
            (quote!(1 + 1), "an expression"),
            (quote!(crate::f()), "an expression"),
            (quote!(async move { 1 }), "an expression"),
        ] {
            assert_eq!(describe(&tokens), name, "{tokens}");
        }
    }
}
