//! What stands before the body: other attributes, and what kind of function it is.

use syn::Visibility;

use super::Attribute;
use super::plan::SpanKind;
use crate::diag::Diagnostics;
use crate::item::FnItem;

/// The names of the function attributes.
pub(crate) const OURS: [&str; 3] = ["request_span", "traced", "relay_traced"];

pub(crate) fn check(
    attribute: Attribute,
    kind: SpanKind,
    item: &FnItem,
    diagnostics: &mut Diagnostics,
) {
    let ours = attribute.name();
    for other in &item.attrs {
        let Some(name) = other.path().segments.last() else {
            continue;
        };
        let name = &name.ident;
        if name == "test" {
            diagnostics.report(
                other,
                "a test is not a step of the program",
                &format!("put `{ours}` on what the test calls"),
            );
        } else if name == "instrument" && kind.receives() {
            diagnostics.report(
                other,
                &format!("`#[instrument]` below `{ours}` opens its span before the message is read, outside of its trace"),
                &format!("remove it, or put it above `{ours}`"),
            );
        } else if OURS.iter().any(|known| name == known) {
            diagnostics.report(
                other,
                &format!("`{ours}` is on this function already, and a function has one span"),
                "keep one of the two, or put the other on a function that this one calls",
            );
        }
    }
    check_closure(&format!("`{ours}`"), item, diagnostics);
    // One that others can call is an ordinary function.
    let private = matches!(item.vis, Visibility::Inherited);
    if item.sig.ident == "main" && item.sig.inputs.is_empty() && private {
        diagnostics.report(
            &item.sig.ident,
            "`main` begins before there is a subscriber, and its span would be lost",
            &format!("put `{ours}` on a function that `main` calls when tracing is set up"),
        );
    }
}

/// Refuses what is not possible for a body in a closure; `alternative` is the remedy besides removing
/// what is in the way.
pub(crate) fn check_closure(alternative: &str, item: &FnItem, diagnostics: &mut Diagnostics) {
    let track_caller = |attribute: &&syn::Attribute| attribute.path().is_ident("track_caller");
    if let Some(track_caller) = item.attrs.iter().find(track_caller) {
        diagnostics.report(
            track_caller,
            "the body runs in a closure, which does not know the caller",
            &format!("remove `#[track_caller]`, or {alternative}"),
        );
    }
    if let Some(constant) = &item.sig.constness {
        diagnostics.report(
            constant,
            "a `const fn` cannot have a span",
            &format!("remove `const`, or {alternative}"),
        );
    }
}
