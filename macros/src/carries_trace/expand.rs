//! The struct with its carrier, and what goes with it.
//!
//! ```text
//! struct Job { id: u64 }
//! ```
//!
//! becomes
//!
//! ```text
//! struct Job { id: u64, #[serde(…)] trace: TraceCarrier }
//! impl CarriesTrace for Job { … }
//! impl CarriesTraceMut for Job { … }
//! impl Job { fn new(id: u64) -> Self { … } }         // `new`
//! impl Default for Job { … }                         // `default = none`
//! const _: () = { /* no `Serialize` above */ };
//! ```

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Attribute, Field, Fields, GenericParam, Generics, ItemStruct, LitStr, Member, Type,
    parse_quote, parse_quote_spanned,
};

use super::derives;
use super::plan::{Constructor, Plan, Wire};
use crate::derive_carries_trace::{self, expand_impls};

/// Everything that replaces the struct.
pub(crate) fn expand(plan: &Plan) -> TokenStream {
    let item = expand_struct(plan);
    let impls = expand_impls(&derive_carries_trace::Plan {
        runtime: plan.runtime.clone(),
        ident: plan.item.ident.clone(),
        generics: plan.item.generics.clone(),
        shape: derive_carries_trace::Shape::Struct(Box::new(derive_carries_trace::Carrier {
            member: Member::Named(plan.field.clone()),
            ty: carrier_type(plan),
        })),
    });
    let constructor = plan
        .constructor
        .as_ref()
        .map(|new| expand_constructor(plan, new));
    let default = (!plan.template.is_never()).then(|| expand_default(plan));
    let probe = plan.probe_serialize.then(|| expand_probe(plan));
    quote! {
        #item
        #impls
        #constructor
        #default
        #probe
    }
}

fn carrier_type(plan: &Plan) -> Type {
    let private = plan.runtime.private();
    parse_quote!(#private::TraceCarrier)
}

fn expand_struct(plan: &Plan) -> ItemStruct {
    let mut item = plan.item.clone();
    if !plan.template.is_never() {
        derives::remove(&mut item.attrs, "Default");
    }
    let Plan { field, builder, .. } = plan;
    let ty = carrier_type(plan);
    let vis = &item.vis;
    let serde = plan.serde.attribute(&serde_attribute(plan));
    let private = plan.runtime.private();
    let builder = builder.attribute(&if plan.template.is_never() {
        quote!(builder(default))
    } else {
        quote!(builder(default = #private::TraceCarrier::none()))
    });
    let carrier = Field {
        attrs: Vec::new(),
        vis: vis.clone(),
        modifiers: syn::FieldModifiers::default(),
        ident: Some(field.clone()),
        colon_token: None,
        ty,
        default: None,
    };
    let attrs: Vec<Attribute> = parse_quote! {
        #[doc = " The trace that this message belongs to."]
        #serde
        #builder
    };
    if let Fields::Named(fields) = &mut item.fields {
        fields.named.push(Field {
            attrs,
            colon_token: Some(parse_quote!(:)),
            ..carrier
        });
    }
    item
}

/// What serde is told about the field.
fn serde_attribute(plan: &Plan) -> TokenStream {
    let root = plan.runtime.to_token_stream().to_string().replace(' ', "");
    let path = |tail: &str| LitStr::new(&format!("{root}::{tail}"), Span::call_site());
    let none = path("TraceCarrier::none");
    let is_none = path("TraceCarrier::is_none");
    let rename = match (&plan.rename, plan.wire) {
        (Some(key), _) => Some(quote!(rename = #key,)),
        (None, Wire::Sentry) => Some(quote!(rename = "_sentry",)),
        (None, _) => None,
    };
    match plan.wire {
        Wire::W3c => quote!(serde(#rename default = #none, skip_serializing_if = #is_none)),
        Wire::Sentry => {
            let with = path("serde_form::sentry");
            quote!(serde(#rename default = #none, skip_serializing_if = #is_none, with = #with))
        }
        Wire::Fixed => {
            let with = path("serde_form::fixed");
            quote!(serde(with = #with))
        }
    }
}

/// The fields that the user wrote, with the `#[cfg]`s that decide whether they are there.
fn other_fields(item: &ItemStruct) -> impl Iterator<Item = (Vec<&Attribute>, &Field)> {
    item.fields.iter().map(|field| {
        let cfgs = field
            .attrs
            .iter()
            .filter(|attr| attr.path().is_ident("cfg"))
            .collect();
        (cfgs, field)
    })
}

fn expand_constructor(plan: &Plan, Constructor { vis, name }: &Constructor) -> TokenStream {
    let item = &plan.item;
    let Plan { field, .. } = plan;
    let private = plan.runtime.private();
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    let mut parameters = TokenStream::new();
    let mut values = TokenStream::new();
    for (cfgs, Field { ident, ty, .. }) in other_fields(item) {
        parameters.extend(quote!(#(#cfgs)* #ident: #ty,));
        values.extend(quote!(#(#cfgs)* #ident,));
    }
    let doc = format!(" A `{ident}` that belongs to the current trace.");
    quote! {
        #[allow(clippy::new_without_default, clippy::too_many_arguments, deprecated)]
        impl #impl_generics #ident #ty_generics #where_clause {
            #[doc = #doc]
            #[must_use]
            #vis fn #name(#parameters) -> Self {
                Self { #values #field: #private::TraceCarrier::capture() }
            }
        }
    }
}

/// What `#[derive(Default)]` would have generated, with an empty carrier.
fn expand_default(plan: &Plan) -> TokenStream {
    let item = &plan.item;
    let Plan { field, .. } = plan;
    let private = plan.runtime.private();
    let ident = &item.ident;
    let cfg = plan.template.cfg();
    let generics = with_bound(&item.generics, &quote!(#private::Default));
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let values = other_fields(item).map(|(cfgs, Field { ident, ty, .. })| {
        quote!(#(#cfgs)* #ident: <#ty as #private::Default>::default(),)
    });
    quote! {
        #cfg
        #[automatically_derived]
        #[allow(clippy::multiple_bound_locations, deprecated)]
        impl #impl_generics #private::Default for #ident #ty_generics #where_clause {
            fn default() -> Self {
                Self { #(#values)* #field: #private::TraceCarrier::none() }
            }
        }
    }
}

/// Asks whether the struct is `Serialize` although no derive below says so. Then one above does,
/// which never saw the carrier: what it writes has no trace, and nothing else would say so.
///
/// The type parameters are taken to be `Serialize`, as in the derive that is looked for.
fn expand_probe(plan: &Plan) -> Option<TokenStream> {
    if plan.serialize.is_always() {
        return None;
    }
    let private = plan.runtime.private();
    let cfg = plan.serialize.cfg_not();
    let item = &plan.item;
    let ident = &item.ident;
    let generics = with_bound(&item.generics, &quote!(#private::Serialize));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, ty_generics, _) = item.generics.split_for_impl();
    // A function has no `Self`. Its parameter is there for the bounds that follow from the struct's
    // fields, `T: 'a` where there is a `&'a T`: a body has those of its parameters only.
    let where_clause = replace_self(where_clause.to_token_stream(), &quote!(#ident #ty_generics));
    let turbofish = ty_generics.as_turbofish();
    let check = format_ident!("__relay_check", span = Span::mixed_site());
    let call = quote_spanned! {Span::call_site().resolved_at(Span::mixed_site())=>
        #private::derives_see_the_carrier(
            #private::SerializeProbe::<#ident #turbofish>::NEW.answer()
        )
    };
    Some(quote! {
        #cfg
        const _: () = {
            #[allow(
                clippy::multiple_bound_locations,
                clippy::needless_lifetimes,
                dead_code,
                deprecated,
                single_use_lifetimes
            )]
            fn #check #impl_generics(_: &#ident #ty_generics) #where_clause {
                #[allow(unused_imports)]
                use #private::NotSerialize as _;
                #call
            }
        };
    })
}

/// The generics with a bound on every type parameter, without their defaults.
fn with_bound(generics: &Generics, bound: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    for param in &mut generics.params {
        if let GenericParam::Type(param) = param {
            param
                .bounds
                .push(parse_quote_spanned!(Span::mixed_site()=> #bound));
        }
    }
    generics
}

fn replace_self(tokens: TokenStream, ty: &TokenStream) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(ident) if ident == "Self" => {
            Group::new(Delimiter::None, ty.clone()).into()
        }
        TokenTree::Group(group) => {
            let mut replaced = Group::new(group.delimiter(), replace_self(group.stream(), ty));
            replaced.set_span(group.span());
            replaced.into()
        }
        other => other,
    };
    tokens.into_iter().map(replace).collect()
}
