//! The static of a span, and the warnings about its keys.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Emit, at};
use crate::item::idents_in;
use crate::settings;
use crate::span::body::Warning;
use crate::span::conventions::{Attribute, Type};
use crate::span::params::Recorded;
use crate::span::plan::{ExportedName, SpanKind};

impl Emit {
    /// `static SITE`
    pub(super) fn site_static(&self) -> TokenStream {
        let Self { p, site, plan, .. } = self;
        let name = &plan.name;
        let module = quote!(::core::module_path!());
        let (constants, joined, keys) = self.keys();
        let count = self.after_opening(0);
        let level = &plan.level;
        let at = (level != "INFO").then(|| quote!(.at(#p::Level::#level)));
        let target = plan
            .target
            .as_ref()
            .map(|target| quote!(.with_target(#target)));
        let kind = (plan.kind != SpanKind::Internal).then(|| {
            let kind = plan.kind.variant();
            quote!(.of_kind(#p::Kind::#kind))
        });
        let named_by = plan.exported_name.as_ref().map(|name| match name {
            ExportedName::Value(_) => quote!(.named_by(&[#count])),
            ExportedName::Fields(numbers) => quote!(.named_by(&[#(#numbers),*])),
        });
        let older = self.with_older();
        let environment = plan.environment.then(|| quote!(.from_environment()));
        let log_ids = (!plan.log_ids).then(|| quote!(.without_log_ids()));
        let sampled = plan.sample.map(|ratio| {
            let ratio = Literal::f64_unsuffixed(ratio);
            quote!(.sampled(#ratio))
        });
        let measured = self.measured_site();
        let detail = &plan.error_detail;
        let showing = (detail != "Type").then(|| quote!(.showing(#p::ErrorDetail::#detail)));
        // A static, because a constant must not refer to what can change.
        let scope = plan.scope.as_ref().map(|scope| {
            let name = &self.scope;
            let scope = quote_spanned!(scope.span()=> &#scope);
            quote!(static #name: &#p::TraceScope = #scope;)
        });
        let options = quote! {
            #at #target #kind #named_by #older #environment #log_ids #sampled #measured #showing
        };
        let value = if options.is_empty() {
            quote!(#p::SpanSite::new(#name, #module, #keys, #count))
        } else {
            let options = quote!(&#p::SpanOptions::NONE #options);
            quote!(#p::SpanSite::with(#name, #module, #keys, #count, #options))
        };
        let value = if joined.is_empty() {
            value
        } else {
            quote!({ #joined #value })
        };
        quote! {
            #scope
            #constants
            static #site: #p::SpanSite = #value;
        }
    }

    /// The keys of the span as a slice, and what goes before it: constants beside the static, and
    /// items in it.
    ///
    /// ```text
    /// const KEYS: [&[&str]; 1] = [<TurnStart as SpanFields>::KEYS];
    /// const COUNT: usize = count_keys(&KEYS);
    /// static SITE: SpanSite = {
    ///     const LISTS: &[&[&str]] = &[&["id"], KEYS[0], &["turn.id"]];
    ///     static NAMES: [&str; count_keys(LISTS)] = join_keys(LISTS);
    /// ```
    fn keys(&self) -> (TokenStream, TokenStream, TokenStream) {
        let Self {
            p,
            keys,
            count,
            plan,
            ..
        } = self;
        let opening = self.fields.iter().map(|field| field.key.as_str());
        let opening: Vec<&str> = opening.collect();
        let name = plan.exported_name.as_ref().map(|_| "otel.name");
        let late = plan.late.iter().map(|field| field.key.name.as_str());
        let ending = self.ending_keys.iter().map(String::as_str);
        let older = self.older_names();
        let older = older.iter().map(|(_, older)| *older);
        let later: Vec<&str> = name
            .into_iter()
            .chain(late)
            .chain(ending)
            .chain(older)
            .collect();

        let Some(first) = plan.params.recorded.first() else {
            let names = opening.into_iter().chain(later);
            let names = quote!(&[#(#names),*]);
            return (TokenStream::new(), TokenStream::new(), names);
        };
        let of_types = plan.params.recorded.iter().map(|Recorded { ty, .. }| {
            let ty = with_static_lifetimes(ty.to_token_stream());
            quote_spanned!(ty.span()=> <#ty as #p::SpanFields>::KEYS)
        });
        let number = plan.params.recorded.len();
        let text = quote!(&'static ::core::primitive::str);
        let constants = quote! {
            #[allow(clippy::absolute_paths)]
            const #keys: [&[#text]; #number] = [#(#of_types),*];
            #[allow(clippy::absolute_paths)]
            const #count: ::core::primitive::usize = #p::count_keys(&#keys);
        };
        let numbers = 0..number;
        // Where a key is given twice, this is underlined.
        let join = at(first.ty.span(), &[], quote!(#p::join_keys(LISTS)));
        let joined = quote! {
            const LISTS: &[&[#text]] = &[&[#(#opening),*], #(#keys[#numbers],)* &[#(#later),*]];
            static NAMES: [#text; #p::count_keys(LISTS)] = #join;
        };
        (constants, joined, quote!(&NAMES))
    }

    /// The keys that have an older name in the conventions, with that name.
    fn older_names(&self) -> Vec<(&str, &'static str)> {
        let plan = &self.plan;
        let Some(conventions) = plan.conventions else {
            return Vec::new();
        };
        let opening = self.fields.iter().map(|field| &field.key);
        let late = plan.late.iter().map(|field| &field.key.name);
        opening
            .chain(late)
            .chain(&self.ending_keys)
            .flat_map(|key| {
                conventions
                    .older(key, plan.kind)
                    .map(|older| (key.as_str(), older))
            })
            .filter(|(_, older)| !plan.gives(older))
            .collect()
    }

    fn with_older(&self) -> Option<TokenStream> {
        let p = &self.p;
        let category = self.plan.conventions?.category;
        let names = self.older_names();
        let names = names.iter().map(|(current, older)| {
            let integer = Attribute::of(older).is_some_and(|older| older.value == Type::Int);
            quote!(#p::OlderName { current: #current, older: #older, integer: #integer })
        });
        (names.len() > 0).then(|| quote!(.with_older(#category, &[#(#names),*])))
    }

    /// The warnings: uses of a deprecated constant, each where it is to be seen.
    pub(super) fn warnings(&self) -> TokenStream {
        let mut tokens = settings::read_again_on_change();
        for Warning {
            at,
            name,
            fault,
            help,
        } in &self.plan.warnings
        {
            let note = format!("{fault}: {help}");
            // The compiler underlines one token here: the last, which is what a path leads to.
            let at = at
                .clone()
                .into_iter()
                .last()
                .map_or_else(Span::mixed_site, |last| last.span());
            let name = Ident::new(name, at);
            tokens.extend(quote_spanned! {at=>
                const _: () = {
                    #[deprecated(note = #note)]
                    #[allow(non_upper_case_globals)]
                    const #name: () = ();
                    #name
                };
            });
        }
        tokens
    }
}

/// A type as a static knows it: its lifetimes are `'static`. Those that it declares itself, with
/// `for`, stay.
fn with_static_lifetimes(ty: TokenStream) -> TokenStream {
    if idents_in(&ty).iter().any(|ident| ident == "for") {
        return ty;
    }
    let mut after_quote = false;
    ty.into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) if after_quote => {
                after_quote = false;
                Ident::new("static", ident.span()).into()
            }
            TokenTree::Group(group) => {
                let inside = with_static_lifetimes(group.stream());
                let mut replaced = Group::new(group.delimiter(), inside);
                replaced.set_span(group.span());
                replaced.into()
            }
            token => {
                after_quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
                token
            }
        })
        .collect()
}
