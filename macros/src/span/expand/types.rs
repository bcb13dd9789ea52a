//! Tells the compiler the type of the body, so that a mismatch is found in the body.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use super::{Emit, at};
use crate::item::idents_in;
use crate::span::shape::peel;

impl Emit {
    /// The return type of the body's closure, where it can be written there.
    pub(super) fn annotation(&self) -> TokenStream {
        match &self.plan.item.sig.output {
            ReturnType::Type(arrow, output) if nameable(output) || self.plan.never_returns() => {
                quote!(#arrow #output)
            }
            ReturnType::Default => quote!(-> ()),
            ReturnType::Type(..) => TokenStream::new(),
        }
    }

    /// Tells the compiler the type of an async block, so that a mismatch is found in the body.
    pub(super) fn hint(&self, output: &impl ToTokens) -> TokenStream {
        let p = &self.p;
        let sig = &self.plan.item.sig;
        let location = match &sig.output {
            ReturnType::Default => sig.ident.span(),
            ReturnType::Type(_, output) => output.span(),
        };
        // All of it is there, or the compiler would point at the attribute.
        let any_value = at(location, &[], quote!(#p::any_value));
        let give_back = quote_spanned!(location=> return #any_value::<#output>(););
        let allow = self
            .plan
            .never_returns()
            .then(|| quote!(#[allow(unreachable_code, clippy::diverging_sub_expression)]));
        quote!(#allow if false { #give_back })
    }
}

/// Whether a type can be written in an expression.
pub(super) fn nameable(ty: &Type) -> bool {
    let tokens = idents_in(ty);
    !tokens.iter().any(|ident| ident == "impl") && !matches!(peel(ty), Type::Never(_))
}

/// The `T` of `impl Future<Output = T>` and of its boxed form.
pub(super) fn future_output(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, output) = output else {
        return None;
    };
    output_in(output).filter(|output| nameable(output))
}

fn output_in(ty: &Type) -> Option<&Type> {
    match peel(ty) {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::Path(path) => match &path.path.segments.last()?.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::Type(ty) => output_in(ty),
                    _ => None,
                })
            }
            _ => None,
        },
        _ => None,
    }
}

fn output_of_bound(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
        _ => None,
    })
}
