//! What the derive makes of its input: which field carries, for a struct or for each variant.

use quote::ToTokens;
use syn::{Data, DeriveInput, Field, Fields, Generics, Ident, Index, Member, Type};

use super::args::{Args, Part};
use super::serde_rules;
use crate::diag::Diagnostics;
use crate::paths::RuntimePath;
use crate::span::shape::peel;

/// A type with its carriers.
pub(crate) struct Plan {
    pub(crate) runtime: RuntimePath,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) shape: Shape,
}

/// Where the carriers are.
pub(crate) enum Shape {
    Struct(Box<Carrier>),
    /// The variants, each with its carrier if it has one.
    Enum(Vec<(Ident, Option<Carrier>)>),
}

impl Shape {
    /// All carriers of the type.
    pub(crate) fn carriers(&self) -> impl Iterator<Item = &Carrier> {
        let (one, many) = match self {
            Self::Struct(carrier) => (Some(&**carrier), None),
            Self::Enum(variants) => (None, Some(variants)),
        };
        one.into_iter().chain(
            many.into_iter()
                .flatten()
                .filter_map(|(_, carrier)| carrier.as_ref()),
        )
    }
}

/// The field that carries.
pub(crate) struct Carrier {
    pub(crate) member: Member,
    pub(crate) ty: Type,
}

/// Checks the input. Nothing is returned when an implementation would depend on what is wrong.
pub(crate) fn check(
    input: &DeriveInput,
    args: &Args,
    diagnostics: &mut Diagnostics,
) -> Option<Plan> {
    let runtime = args.container.runtime();
    let shape = match &input.data {
        Data::Struct(data) => {
            let part = args.parts.first()?;
            check_several(part, &data.fields, diagnostics);
            if let Some((index, _)) = part.marked.first() {
                let field = data.fields.iter().nth(*index)?;
                serde_rules::check(field, Some(&input.attrs), &runtime, diagnostics);
                Some(Shape::Struct(Box::new(carrier(*index, field))))
            } else {
                report_unmarked_struct(input, &data.fields, diagnostics);
                None
            }
        }
        Data::Enum(data) => data
            .variants
            .iter()
            .zip(&args.parts)
            .map(|(variant, part)| {
                let carrier = check_variant(variant, part, &runtime, diagnostics)?;
                Some((variant.ident.clone(), carrier))
            })
            .collect::<Vec<_>>()
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .map(Shape::Enum),
        Data::Union(data) => {
            diagnostics.report(
                data.union_token,
                "`CarriesTrace` cannot be derived for a union",
                &format!(
                    "make it a struct or an enum, or send `Carried<{}>`",
                    input.ident
                ),
            );
            None
        }
    };
    Some(Plan {
        runtime,
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        shape: shape?,
    })
}

/// The carrier of a variant; the outer `None` stands for an error.
#[expect(
    clippy::option_option,
    reason = "no carrier is a valid answer, no answer is not"
)]
fn check_variant(
    variant: &syn::Variant,
    part: &Part,
    runtime: &RuntimePath,
    diagnostics: &mut Diagnostics,
) -> Option<Option<Carrier>> {
    check_several(part, &variant.fields, diagnostics);
    match (part.marked.first(), &part.none) {
        (Some((index, _)), None) => {
            let field = variant.fields.iter().nth(*index)?;
            serde_rules::check(field, None, runtime, diagnostics);
            Some(Some(carrier(*index, field)))
        }
        (None, Some(_)) => Some(None),
        (Some(_), Some(none)) => {
            diagnostics.report(
                none,
                &format!(
                    "`{}` has a field that carries and says that it has none",
                    variant.ident
                ),
                "remove `#[carrier(none)]` from the variant or `#[carrier]` from its field",
            );
            None
        }
        (None, None) => {
            let help = match unmarked_carrier(&variant.fields) {
                Some(name) => format!("write `#[carrier]` before {name}"),
                None => "mark one of its fields with `#[carrier]`, or the variant with \
                         `#[carrier(none)]` if it carries nothing"
                    .to_owned(),
            };
            let fault = format!("the variant `{}` has no field that carries", variant.ident);
            diagnostics.report(&variant.ident, &fault, &help);
            None
        }
    }
}

fn check_several(part: &Part, fields: &Fields, diagnostics: &mut Diagnostics) {
    let mut marked = part.marked.iter();
    let Some((first, _)) = marked.next() else {
        return;
    };
    let first = fields
        .iter()
        .nth(*first)
        .map_or_else(String::new, |field| name(*first, field));
    for (_, attr) in marked {
        diagnostics.report(
            attr,
            "more than one field is marked with `#[carrier]`",
            &format!("keep the mark on one of them, the first is {first}"),
        );
    }
}

fn report_unmarked_struct(input: &DeriveInput, fields: &Fields, diagnostics: &mut Diagnostics) {
    let help = match (unmarked_carrier(fields), fields) {
        (Some(name), _) => format!("write `#[carrier]` before {name}"),
        (None, Fields::Unnamed(_)) => "add `#[carrier] TraceCarrier` as the last field".to_owned(),
        (None, _) => "add `#[carrier] trace: TraceCarrier` as the last field, or use \
                      `#[carries_trace]`, which adds it"
            .to_owned(),
    };
    let fault = format!("no field of `{}` is marked with `#[carrier]`", input.ident);
    diagnostics.report(&input.ident, &fault, &help);
}

/// The name of the one field whose type is written `TraceCarrier`.
fn unmarked_carrier(fields: &Fields) -> Option<String> {
    let mut candidates = fields
        .iter()
        .enumerate()
        .filter(|(_, field)| is_named(&field.ty, "TraceCarrier"));
    let (index, field) = candidates.next()?;
    candidates.next().is_none().then(|| name(index, field))
}

fn carrier(index: usize, field: &Field) -> Carrier {
    let member = field
        .ident
        .clone()
        .map_or_else(|| Index::from(index).into(), Member::Named);
    Carrier {
        member,
        ty: field.ty.clone(),
    }
}

fn name(index: usize, field: &Field) -> String {
    match &field.ident {
        Some(ident) => format!("`{ident}`"),
        None => format!("field {index}, `{}`", field.ty.to_token_stream()),
    }
}

/// Whether the type is a path that ends in this name, also where a macro by example has passed it as
/// `$ty`. A type's alias is not seen through.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    let Type::Path(path) = peel(ty) else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == name)
}
