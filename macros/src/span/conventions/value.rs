//! Values that the conventions want otherwise, as far as that can be told without types: literals, and
//! what is made text. The rest is told by the types of the runtime.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Lit, UnOp};

use super::attribute::{Attribute, Type};
use crate::diag::Diagnostics;
use crate::span::args::{Ending, Field, Key, Sigil};
use crate::span::late::LateField;

/// Refuses values of the wrong type.
pub(crate) fn check_values(
    fields: &[Field],
    late: &[LateField],
    endings: [&Option<Ending>; 2],
    diagnostics: &mut Diagnostics,
) {
    let endings = endings.into_iter().flatten();
    let of_endings = endings.flat_map(|ending| &ending.fields);
    for field in fields.iter().chain(of_endings) {
        check_value(field, diagnostics);
    }
    for field in late {
        check_sigil(&field.key, field.sigil, diagnostics);
    }
}

fn check_value(field: &Field, diagnostics: &mut Diagnostics) {
    let key = field.key.name.as_str();
    let literal = literal(&field.value).filter(|_| field.sigil == Sigil::None);
    match (Attribute::of(key).map(|attribute| attribute.value), literal) {
        (Some(Type::Int), Some(Lit::Int(_))) => {}
        (Some(Type::Int), Some(literal)) => {
            let help = match &literal {
                Lit::Str(text) if text.value().parse::<i64>().is_ok() => {
                    format!("write `{key} = {}`", text.value())
                }
                _ => format!("write `{key} = number`"),
            };
            diagnostics.report(&field.value, &format!("`{key}` is an integer"), &help);
        }
        (Some(Type::Int), None) => check_sigil(&field.key, field.sigil, diagnostics),
        (Some(Type::Text), Some(literal @ (Lit::Bool(_) | Lit::Float(_)))) => {
            diagnostics.report(
                &field.value,
                &format!("`{key}` is text"),
                &format!("write `{key} = \"{}\"`", quote!(#literal)),
            );
        }
        _ => {}
    }
}

/// Refuses to make text of what is an integer.
fn check_sigil(key: &Key, sigil: Sigil, diagnostics: &mut Diagnostics) {
    let sign = match sigil {
        Sigil::None => return,
        Sigil::Display => '%',
        Sigil::Debug => '?',
    };
    let name = key.name.as_str();
    if Attribute::of(name).is_some_and(|attribute| attribute.value == Type::Int) {
        diagnostics.report(
            &key.tokens,
            &format!("`{name}` is an integer, and `{sign}` makes it text"),
            &format!("remove the `{sign}`, and give `{name}` an integer"),
        );
    }
}

/// The value, where it is a literal; the sign of a number is left out.
fn literal(value: &TokenStream) -> Option<Lit> {
    match syn::parse2(value.clone()).ok()? {
        Expr::Lit(literal) => Some(literal.lit),
        Expr::Unary(negated) if matches!(negated.op, UnOp::Neg(_)) => match *negated.expr {
            Expr::Lit(literal) => Some(literal.lit),
            _ => None,
        },
        _ => None,
    }
}
