//! The implementations of `CarriesTrace` and `CarriesTraceMut` for a type with a carrier field.
//!
//! ```text
//! impl<T> CarriesTrace for Job<T> {
//!     fn extract(&self) -> Extracted { CarriesTrace::extract(&self.trace) }
//!     fn is_empty_carrier(&self) -> bool { CarriesTrace::is_empty_carrier(&self.trace) }
//! }
//! impl<T> CarriesTraceMut for Job<T> {
//!     fn inject(&mut self, context: &TraceContext) { CarriesTraceMut::inject(&mut self.trace, context); }
//!     fn erase(&mut self) { CarriesTraceMut::erase(&mut self.trace); }
//! }
//! ```
//!
//! A field of any other type than `TraceCarrier` may be one that can only be read. The second
//! implementation is then under a bound with a lifetime, which rustc does not evaluate before the
//! implementation is used: a false one is no error.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Lifetime, Type, parse_quote};

use super::plan::{Carrier, Plan, Shape, is_named};
use crate::item::idents_in;

/// Both implementations.
pub(crate) fn expand(plan: &Plan) -> TokenStream {
    let private = plan.runtime.private();
    let ident = &plan.ident;
    let (impl_generics, ty_generics, _) = plan.generics.split_for_impl();

    let mut read = plan.generics.clone();
    let mut write = plan.generics.clone();
    let lifetime = unused_lifetime(plan);
    for Carrier { ty, .. } in plan.shape.carriers() {
        // A type that contains itself would be asked for itself.
        if mentions(ty, &plan.ident) || is_named(ty, "TraceCarrier") {
            continue;
        }
        if plan
            .generics
            .type_params()
            .any(|param| mentions(ty, &param.ident))
        {
            read.make_where_clause()
                .predicates
                .push(parse_quote!(#ty: #private::CarriesTrace));
        }
        write
            .make_where_clause()
            .predicates
            .push(parse_quote!(for<#lifetime> #ty: #private::CarrierCanBeWritten<#lifetime>));
    }
    let (read_where, write_where) = (&read.where_clause, &write.where_clause);

    let argument = format_ident!("__relay_context", span = Span::mixed_site());
    let extract = body(&plan.shape, &Access::Extract { private: &private });
    let is_empty = body(&plan.shape, &Access::IsEmpty { private: &private });
    let inject = body(
        &plan.shape,
        &Access::Inject {
            private: &private,
            context: &argument,
        },
    );
    let erase = body(&plan.shape, &Access::Erase { private: &private });
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #private::CarriesTrace for #ident #ty_generics #read_where {
            fn extract(&self) -> #private::Extracted {
                #extract
            }

            #[inline]
            fn is_empty_carrier(&self) -> ::core::primitive::bool {
                #is_empty
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #private::CarriesTraceMut for #ident #ty_generics #write_where {
            fn inject(&mut self, #argument: &#private::TraceContext) {
                #inject
            }

            fn erase(&mut self) {
                #erase
            }
        }
    }
}

/// The one call that differs between the bodies.
enum Access<'a> {
    Extract {
        private: &'a TokenStream,
    },
    IsEmpty {
        private: &'a TokenStream,
    },
    Inject {
        private: &'a TokenStream,
        context: &'a Ident,
    },
    Erase {
        private: &'a TokenStream,
    },
}

impl Access<'_> {
    /// The call for a struct's field. It has the span of the field's type, so that a type without
    /// a carrier is underlined itself.
    fn on_field(&self, carrier: &Carrier) -> TokenStream {
        let member = &carrier.member;
        match self {
            Self::Extract { .. } | Self::IsEmpty { .. } => {
                self.call(carrier, &quote!(&self.#member))
            }
            Self::Inject { .. } | Self::Erase { .. } => {
                self.call(carrier, &quote!(&mut self.#member))
            }
        }
    }

    fn call(&self, carrier: &Carrier, place: &TokenStream) -> TokenStream {
        let ty = &carrier.ty;
        let span = ty.span().resolved_at(Span::mixed_site());
        match self {
            Self::Extract { private } => {
                quote_spanned!(span=> <#ty as #private::CarriesTrace>::extract(#place))
            }
            Self::IsEmpty { private } => {
                quote_spanned!(span=> <#ty as #private::CarriesTrace>::is_empty_carrier(#place))
            }
            Self::Inject { private, context } => {
                quote_spanned!(span=> <#ty as #private::CarriesTraceMut>::inject(#place, #context))
            }
            Self::Erase { private } => {
                quote_spanned!(span=> <#ty as #private::CarriesTraceMut>::erase(#place))
            }
        }
    }

    fn nothing(&self) -> TokenStream {
        match self {
            Self::Extract { private } => quote!(#private::Extracted::absent()),
            Self::IsEmpty { .. } => quote!(true),
            Self::Inject { .. } | Self::Erase { .. } => quote!({}),
        }
    }
}

fn body(shape: &Shape, access: &Access<'_>) -> TokenStream {
    let variants = match shape {
        Shape::Struct(carrier) => return access.on_field(carrier),
        Shape::Enum(variants) if variants.is_empty() => return quote!(match *self {}),
        Shape::Enum(variants) => variants,
    };
    let place = format_ident!("__relay_carrier", span = Span::mixed_site());
    let arms = variants.iter().map(|(variant, carrier)| {
        if let Some(carrier) = carrier {
            let member = &carrier.member;
            let call = access.call(carrier, &place.to_token_stream());
            quote!(Self::#variant { #member: #place, .. } => #call,)
        } else {
            let nothing = access.nothing();
            quote!(Self::#variant { .. } => #nothing,)
        }
    });
    quote! {
        match self {
            #(#arms)*
        }
    }
}

/// A lifetime for the bounds: those of the type must not be shadowed, and lifetimes have no hygiene.
fn unused_lifetime(plan: &Plan) -> Lifetime {
    let mut name = String::from("__relay");
    let span = Span::mixed_site();
    let named = |ident: &Ident| {
        let generics = plan.generics.lifetimes().map(|param| &param.lifetime.ident);
        let mut types = plan.shape.carriers().map(|carrier| &carrier.ty);
        generics.into_iter().any(|own| own == ident) || types.any(|ty| mentions(ty, ident))
    };
    while named(&Ident::new(&name, span)) {
        name.push('_');
    }
    Lifetime::new(&format!("'{name}"), span)
}

/// Whether the identifier occurs in the type.
fn mentions(ty: &Type, ident: &Ident) -> bool {
    idents_in(ty).contains(ident)
}
