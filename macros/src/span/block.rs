//! `#[traced]` on an `impl` block or a trait: each method with a body gets the attribute, with the
//! options of the block and a name of its own.
//!
//! ```text
//! #[traced(prefix = "threads", err = "message")]
//! impl Threads {                                   impl Threads {
//!     const LIMIT: usize = 3;                          const LIMIT: usize = 3;
//!     fn start(&self) { … }                  →         #[traced(name = "threads.start", err = "message")]
//!                                                      fn start(&self) { … }
//!     #[traced(skip)]
//!     fn count(&self) -> usize { … }                   fn count(&self) -> usize { … }
//! }                                                }
//! ```

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Ident, LitStr, Meta, Token, Visibility, parse_quote};

use super::{args, header, params, plan};
use crate::diag::Diagnostics;
use crate::item::{self, Body, FnItem};
use crate::options::Options;

/// An `impl` block or a trait, with its methods told from what else is in it.
struct Block {
    /// All before the braces.
    header: TokenStream,
    inner_attrs: Vec<Attribute>,
    members: Vec<Member>,
    /// Where the braces are.
    braces: Span,
}

enum Member {
    Method(Box<FnItem>),
    /// Anything else, or a part of it: it is printed as it was read.
    Other(TokenStream),
}

/// Whether the item is one that this module expands.
pub(super) fn is_block(item: &TokenStream) -> bool {
    matches!(item::describe(item), "an `impl` block" | "a trait")
}

/// Puts the attribute on the methods. Beside errors the block is what it was, without what only the
/// attributes understand.
pub(super) fn expand(
    args: TokenStream,
    item: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<TokenStream> {
    let options = args::TRACED_BLOCK.parse(args, diagnostics);
    check_prefix(&options, diagnostics);
    let mut block = diagnostics.ok(Block::parse(item))?;

    let mut traced = Vec::new();
    for method in block.methods() {
        let skipped = take_skip(&mut method.attrs);
        let body = matches!(method.body, Body::Block { .. });
        if body && !skipped && !has_attribute(&method.attrs) {
            let remedy = "write `#[traced(skip)]` on it";
            header::check_closure(remedy, method, diagnostics);
            traced.push(method);
        }
    }
    let empty = traced.is_empty();
    let faultless = diagnostics.is_empty();
    for method in traced {
        if faultless {
            let attribute = attribute(&options, method);
            method.attrs.push(attribute);
        } else {
            params::strip_attributes(&mut method.sig);
        }
    }
    if empty && !block.has_macros() {
        diagnostics.report(
            &block.header,
            "no method in this block gets a span from `#[traced]`",
            "remove the attribute; where a trait only declares its methods, put it on each `impl`",
        );
    }
    Some(block.into_token_stream())
}

fn check_prefix(options: &Options, diagnostics: &mut Diagnostics) {
    let Some(prefix) = options.str("prefix") else {
        return;
    };
    let text = prefix.value();
    let name = text.trim_end_matches('.');
    if name.is_empty() {
        diagnostics.report(
            prefix,
            "`prefix` needs a text",
            "write `prefix = \"threads\"`, or remove it",
        );
    } else if name != text {
        diagnostics.report(
            prefix,
            "the dot after a prefix comes by itself",
            &format!("write `prefix = {name:?}`"),
        );
    }
}

/// The attribute of a method: the options of the block that apply to it, and its name.
fn attribute(options: &Options, method: &FnItem) -> Attribute {
    let runtime = options.runtime();
    let mut arguments = TokenStream::new();
    if let Some(prefix) = options.str("prefix") {
        let ident = &method.sig.ident;
        let name = format!("{}.{}", prefix.value(), ident.unraw());
        let name = LitStr::new(&name, ident.span());
        arguments.extend(quote!(name = #name,));
    }
    let without_result = plan::without_result(&method.sig).is_some();
    for given in options.iter() {
        let applies = match given.name {
            "prefix" => false,
            "err" => !without_result,
            _ => true,
        };
        if applies {
            let tokens = &given.tokens;
            arguments.extend(quote!(#tokens,));
        }
    }
    // What the compiler says about the attribute is said where the method is.
    let location = Span::mixed_site().located_at(method.sig.ident.span());
    let meta = quote_spanned!(location=> #runtime::traced(#arguments));
    parse_quote!(#[#meta])
}

/// Removes `#[traced(skip)]`, and says whether it was there.
fn take_skip(attrs: &mut Vec<Attribute>) -> bool {
    let before = attrs.len();
    attrs.retain(|attribute| {
        let skip = || {
            attribute
                .parse_args::<Ident>()
                .is_ok_and(|word| word == "skip")
        };
        !(is_named(&attribute.meta, &["traced"]) && skip())
    });
    attrs.len() < before
}

/// Whether the method has a function attribute of its own, also one under a `cfg_attr`.
fn has_attribute(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attribute| {
        let conditional = || {
            attribute.path().is_ident("cfg_attr")
                && item::idents_in(&attribute.meta)
                    .iter()
                    .any(|word| header::OURS.iter().any(|name| word == name))
        };
        is_named(&attribute.meta, &header::OURS) || conditional()
    })
}

/// Whether the attribute's path ends in one of these names.
fn is_named(meta: &Meta, names: &[&str]) -> bool {
    let last = meta.path().segments.last();
    last.is_some_and(|last| names.iter().any(|name| last.ident == name))
}

impl Block {
    fn parse(item: TokenStream) -> syn::Result<Self> {
        let mut header: Vec<TokenTree> = item.into_iter().collect();
        let content = match header.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            other => {
                let braces = "expected a block in braces";
                return Err(syn::Error::new_spanned(other, braces));
            }
        };
        let parse = |input: ParseStream<'_>| {
            let inner_attrs = input.call(Attribute::parse_inner)?;
            let mut members = Vec::new();
            while !input.is_empty() {
                members.push(input.parse()?);
            }
            Ok((inner_attrs, members))
        };
        let (inner_attrs, members) = parse.parse2(content.stream())?;
        Ok(Self {
            header: header.into_iter().collect(),
            inner_attrs,
            members,
            braces: content.span(),
        })
    }

    fn methods(&mut self) -> impl Iterator<Item = &mut FnItem> {
        self.members.iter_mut().filter_map(|member| match member {
            Member::Method(method) => Some(&mut **method),
            Member::Other(_) => None,
        })
    }

    /// Whether a macro call stands among the members: what it becomes is not known.
    fn has_macros(&self) -> bool {
        self.members.iter().any(|member| match member {
            Member::Method(_) => false,
            Member::Other(tokens) => tokens
                .clone()
                .into_iter()
                .any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!')),
        })
    }
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if starts_method(input)? {
            Ok(Self::Method(Box::new(input.parse()?)))
        } else {
            parse_other(input).map(Self::Other)
        }
    }
}

/// Whether a function's header comes next, after attributes and visibility.
fn starts_method(input: ParseStream<'_>) -> syn::Result<bool> {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer)?;
    ahead.parse::<Visibility>()?;
    ahead.parse::<Option<Token![default]>>()?;
    ahead.parse::<Option<Token![const]>>()?;
    Ok(ahead.peek(Token![fn])
        || ahead.peek(Token![async])
        || ahead.peek(Token![unsafe])
        || ahead.peek(Token![extern]))
}

/// Up to a semicolon or the end of braces.
fn parse_other(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        tokens.append(token);
        if ends {
            break;
        }
    }
    Ok(tokens)
}

impl ToTokens for Block {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.header.to_tokens(tokens);
        let mut content = TokenStream::new();
        content.append_all(&self.inner_attrs);
        for member in &self.members {
            match member {
                Member::Method(method) => method.to_tokens(&mut content),
                Member::Other(other) => other.to_tokens(&mut content),
            }
        }
        let mut group = Group::new(Delimiter::Brace, content);
        group.set_span(self.braces);
        group.to_tokens(tokens);
    }
}
