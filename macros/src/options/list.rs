//! Lists separated by commas, and how to go on behind a mistake: at the next comma.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Token;
use syn::buffer::Cursor;
use syn::parse::ParseStream;

use crate::diag::Diagnostics;

/// Parses a list to its end; what is wrong in one item does not hide the others. `fault` and `help`
/// are for items that no comma separates.
pub(crate) fn parse_list<T>(
    input: ParseStream<'_>,
    item: impl Fn(ParseStream<'_>) -> syn::Result<T>,
    (fault, help): (&str, &str),
    diagnostics: &mut Diagnostics,
) -> Vec<T> {
    let mut items = Vec::new();
    while !input.is_empty() {
        match item(input) {
            Ok(item) => items.push(item),
            Err(error) => {
                diagnostics.push(error);
                skip_to_comma(input);
            }
        }
        if input.parse::<Token![,]>().is_err() && !input.is_empty() {
            let rest = skip_to_comma(input);
            diagnostics.report(rest, fault, help);
            // At a comma or at the end: the comma is taken, so that each turn goes on.
            let _ = input.parse::<Token![,]>();
        }
    }
    items
}

/// Moves to the next comma, or to the end, and returns what was passed.
pub(super) fn skip_to_comma(input: ParseStream<'_>) -> TokenStream {
    let mut skipped = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<TokenTree>() {
            Ok(token) => token.to_tokens(&mut skipped),
            Err(_) => break,
        }
    }
    skipped
}

/// The tokens from one place to a later one.
pub(super) fn tokens_between(start: Cursor<'_>, end: Cursor<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut cursor = start;
    while cursor != end {
        let Some((token, rest)) = cursor.token_tree() else {
            break;
        };
        token.to_tokens(&mut tokens);
        cursor = rest;
    }
    tokens
}
