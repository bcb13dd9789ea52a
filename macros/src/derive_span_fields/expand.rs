//! The implementation of `SpanFields`.
//!
//! ```text
//! impl SpanFields for TurnStart {
//!     const KEYS: &'static [&'static str] = &["thread.id", "mode"];
//!
//!     fn values<'a>(&'a self, out: &mut FieldValues<'a>) {
//!         match self {
//!             Self { thread_id, mode, .. } => { out.push(…thread_id…); out.push(…mode…); }
//!         }
//!     }
//! }
//! ```
//!
//! With parts that say themselves what is recorded, the keys are joined at compile time.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Generics, parse_quote};

use super::plan::{Part, Plan, Record, Shape};
use crate::item::idents_in;
use crate::span::args::Sigil;
use crate::span::expand::at;
use crate::span::expand::fields::recorded;

/// The implementation.
pub(crate) fn expand(plan: &Plan) -> TokenStream {
    let p = plan.runtime.private();
    let ident = &plan.ident;
    let bounded = bounded(plan, &p);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let (keys, check) = match &plan.shape {
        Shape::Struct(parts) => keys_of_struct(plan, parts, &p),
        Shape::Enum(_) => {
            let keys = keys_of_enum(plan);
            (quote!(&[#(#keys),*]), TokenStream::new())
        }
    };
    let out = Ident::new("__tracing_relay_out", Span::mixed_site());
    let values = values(plan, &p, &out);
    quote! {
        #[automatically_derived]
        #[allow(deprecated, clippy::absolute_paths, clippy::trait_duplication_in_bounds)]
        impl #impl_generics #p::SpanFields for #ident #ty_generics #where_clause {
            const KEYS: &'static [&'static ::core::primitive::str] = #keys;

            fn values<'__tracing_relay>(
                &'__tracing_relay self,
                #out: &mut #p::FieldValues<'__tracing_relay>,
            ) {
                #[allow(unused_imports)]
                use #p::{Recorded as _, Unrecordable as _};
                #values
            }
        }
        #check
    }
}

/// The generics, with a bound for each recorded type that has a type parameter in it.
fn bounded(plan: &Plan, p: &TokenStream) -> Generics {
    let mut generics = plan.generics.clone();
    for Part { ty, record, .. } in plan.shape.parts() {
        let idents = idents_in(ty);
        let is_generic = plan
            .generics
            .type_params()
            .any(|param| idents.contains(&param.ident));
        if !is_generic {
            continue;
        }
        let bound = match record {
            Record::Value(_, Sigil::None) => quote!(#p::FieldValue),
            Record::Value(_, Sigil::Display) => quote!(#p::Display),
            Record::Value(_, Sigil::Debug) => quote!(#p::Debug),
            Record::Parts => quote!(#p::SpanFields),
        };
        let clause = generics.make_where_clause();
        clause.predicates.push(parse_quote!(#ty: #bound));
    }
    generics
}

/// The keys of a struct, and a constant that reads them: one that nothing uses would not be checked.
fn keys_of_struct(plan: &Plan, parts: &[Part], p: &TokenStream) -> (TokenStream, TokenStream) {
    let of_part = |part: &Part| match &part.record {
        Record::Value(key, _) => key.name.clone(),
        Record::Parts => String::new(),
    };
    let nested = |part: &&Part| matches!(part.record, Record::Parts);
    let Some(first) = parts.iter().find(nested) else {
        let keys = parts.iter().map(of_part);
        return (quote!(&[#(#keys),*]), TokenStream::new());
    };
    let lists = parts.iter().map(|part| match &part.record {
        Record::Value(key, _) => {
            let key = &key.name;
            quote!(&[#key])
        }
        Record::Parts => {
            let ty = &part.ty;
            quote_spanned!(ty.span()=> <#ty as #p::SpanFields>::KEYS)
        }
    });
    let lists = quote!(&[#(#lists),*]);
    let joined = at(
        first.ty.span(),
        &[],
        quote!(#p::join_keys::<{ #p::MOST_KEYS }>),
    );
    // Where a key is given twice, this is underlined.
    let joined = quote_spanned!(first.ty.span()=> #joined(#lists));
    let keys = quote!(#p::first_keys(&const { #joined }, #p::count_keys(#lists)));
    let check = if plan.generics.params.is_empty() {
        let ident = &plan.ident;
        quote! {
            const _: &[&::core::primitive::str] = <#ident as #p::SpanFields>::KEYS;
        }
    } else {
        TokenStream::new()
    };
    (keys, check)
}

/// The keys of all variants, each once.
fn keys_of_enum(plan: &Plan) -> Vec<&str> {
    let mut keys = Vec::new();
    for part in plan.shape.parts() {
        if let Record::Value(key, _) = &part.record
            && !keys.contains(&key.name.as_str())
        {
            keys.push(key.name.as_str());
        }
    }
    keys
}

/// `match self { … }`
fn values(plan: &Plan, p: &TokenStream, out: &Ident) -> TokenStream {
    match &plan.shape {
        Shape::Struct(parts) => {
            let pattern = pattern(parts);
            let values = parts.iter().enumerate().map(|(index, part)| {
                let value = value(part, &binding(index), p, out);
                quote!(#value;)
            });
            quote! {
                match self {
                    Self #pattern => { #(#values)* }
                }
            }
        }
        Shape::Enum(variants) => {
            let keys = keys_of_enum(plan);
            let arms = variants.iter().map(|(variant, parts)| {
                let pattern = pattern(parts);
                let values = keys.iter().map(|key| {
                    let mut own = parts.iter().enumerate();
                    let own = own.find(|(_, part)| part.has_key(key));
                    let value = own.map_or_else(
                        || quote!(#p::FieldValues::push(#out, #p::AttributeValue::Absent)),
                        |(index, part)| value(part, &binding(index), p, out),
                    );
                    quote!(#value;)
                });
                quote!(Self::#variant #pattern => { #(#values)* })
            });
            quote!(match self { #(#arms)* })
        }
    }
}

/// The local with a reference to a recorded field.
fn binding(index: usize) -> Ident {
    format_ident!("__tracing_relay_{index}", span = Span::mixed_site())
}

/// `{ thread_id: local, .. }`
fn pattern(parts: &[Part]) -> TokenStream {
    let fields = parts.iter().enumerate().map(|(index, part)| {
        let (member, local) = (&part.member, binding(index));
        quote!(#member: #local)
    });
    quote!({ #(#fields,)* .. })
}

/// Adds the values of one field, located at its type.
fn value(part: &Part, local: &Ident, p: &TokenStream, out: &Ident) -> TokenStream {
    let ty = &part.ty;
    match &part.record {
        Record::Value(_, sigil) => {
            let value = recorded(p, *sigil, &quote!(*#local));
            at(ty.span(), &[], quote!(#p::FieldValues::push(#out, #value)))
        }
        Record::Parts => {
            // What the compiler says of the type is the same twice, and is said once.
            let part = quote_spanned!(ty.span()=> <#ty as #p::SpanFields>);
            quote! {
                #p::FieldValues::part(#out, #part::KEYS.len(), |#out| #part::values(#local, #out))
            }
        }
    }
}
