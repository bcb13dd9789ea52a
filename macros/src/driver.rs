//! Runs one macro: hands it both halves of its input and a place for errors, and puts the output
//! and the errors together.
//!
//! A macro that reports errors and returns no output leaves its item as it was, so that callers of
//! the item do not drown in "not found". With the environment variable `TRACING_RELAY_EXPAND` set
//! to the name of an item, or to `*`, the expansion is printed to standard error.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

use crate::diag::Diagnostics;
use crate::item;

/// The environment variable that asks for expansions.
const EXPAND: &str = "TRACING_RELAY_EXPAND";

/// Runs an attribute on `item`.
///
/// `expand` returns what replaces the item. Output that it returns beside errors is emitted beside
/// them; without output the item is emitted unchanged. In the place of an expression there can be
/// nothing beside the errors.
pub(crate) fn attribute(
    name: &str,
    item: TokenStream,
    expand: impl FnOnce(TokenStream, &mut Diagnostics) -> Option<TokenStream>,
) -> TokenStream {
    let heading = heading(name, &item, std::env::var(EXPAND).ok().as_deref());
    let mut diagnostics = Diagnostics::default();
    let output = expand(item.clone(), &mut diagnostics);
    let unchanged = || match item::describe(&item) {
        item::EXPRESSION => TokenStream::new(),
        _ => item,
    };
    finish(heading, output.unwrap_or_else(unchanged), &diagnostics)
}

/// Runs a derive on `item`, which stays where it is.
pub(crate) fn derive(
    name: &str,
    item: TokenStream,
    expand: impl FnOnce(TokenStream, &mut Diagnostics) -> Option<TokenStream>,
) -> TokenStream {
    let heading = heading(name, &item, std::env::var(EXPAND).ok().as_deref());
    let mut diagnostics = Diagnostics::default();
    let output = expand(item, &mut diagnostics);
    finish(heading, output.unwrap_or_default(), &diagnostics)
}

fn finish(
    heading: Option<String>,
    mut output: TokenStream,
    diagnostics: &Diagnostics,
) -> TokenStream {
    diagnostics.to_tokens(&mut output);
    if let Some(heading) = heading {
        eprintln!("{heading}\n{output}\n");
    }
    output
}

/// The line above a printed expansion, if it is the wanted one.
fn heading(name: &str, item: &TokenStream, wanted: Option<&str>) -> Option<String> {
    let wanted = wanted?;
    let item_name = name_of(item).unwrap_or_default();
    (wanted == "*" || wanted == item_name).then(|| format!("// {name} on `{item_name}`"))
}

/// The identifier after the keyword that says what the item is.
fn name_of(item: &TokenStream) -> Option<String> {
    let mut tokens = item.clone().into_iter();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(word) = token else {
            continue;
        };
        let keywords = ["fn", "struct", "enum", "union", "trait", "mod"];
        if keywords.iter().any(|keyword| word == keyword)
            && let Some(TokenTree::Ident(name)) = tokens.next()
        {
            return Some(name.to_string());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{attribute, derive, heading, name_of};

    #[test]
    fn the_item_survives_an_error() {
        let output = attribute(
            "test",
            quote!(
                fn f() {}
            ),
            |_, diagnostics| {
                diagnostics.report(quote!(f), "first", "a");
                diagnostics.report(quote!(f), "second", "b");
                None
            },
        );
        let text = output.to_string();
        assert!(text.starts_with("fn f () { }"), "{text}");
        assert!(
            text.contains("first\\nhelp: a") && text.contains("second\\nhelp: b"),
            "{text}"
        );
    }

    #[test]
    fn in_the_place_of_an_expression_are_only_the_errors() {
        let output = attribute("test", quote!(|| 1), |_, diagnostics| {
            diagnostics.report(quote!(f), "fault", "remedy");
            None
        });
        assert!(
            output.to_string().starts_with(":: core :: compile_error"),
            "{output}"
        );
    }

    #[test]
    fn a_derive_emits_only_its_errors() {
        let output = derive(
            "test",
            quote!(
                struct S;
            ),
            |_, diagnostics| {
                diagnostics.report(quote!(S), "fault", "remedy");
                None
            },
        );
        assert!(!output.to_string().contains("struct"), "{output}");
    }

    #[test]
    fn items_are_found_by_name() {
        assert_eq!(
            name_of(&quote!(
                pub(crate) async fn handle(x: u8) {}
            ))
            .as_deref(),
            Some("handle")
        );
        assert_eq!(
            name_of(&quote!(
                #[doc = "fn"]
                struct Op<T>(T);
            ))
            .as_deref(),
            Some("Op")
        );
        assert_eq!(
            name_of(&quote!(
                use x;
            )),
            None
        );
    }

    #[test]
    fn the_wanted_expansions_are_printed() {
        let item = quote!(
            struct Job;
        );
        let printed = |wanted| heading("#[test]", &item, wanted);
        assert_eq!(printed(None), None);
        assert_eq!(printed(Some("Other")), None);
        assert_eq!(printed(Some("Job")).as_deref(), Some("// #[test] on `Job`"));
        assert_eq!(printed(Some("*")), printed(Some("Job")));
    }
}
