//! The static of a span, and the warnings about its keys.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::Emit;
use crate::settings;
use crate::span::body::Warning;
use crate::span::plan::{ExportedName, OWN_KEYS};

impl Emit {
    /// `static SITE`
    pub(super) fn site_static(&self) -> TokenStream {
        let Self { p, site, plan, .. } = self;
        let name = &plan.name;
        let target = plan
            .target
            .as_ref()
            .map_or_else(|| quote!(::core::module_path!()), ToTokens::to_token_stream);
        let level = &plan.level;
        let kind = plan.kind.variant();
        let opening = self.fields.iter().map(|field| field.key.as_str());
        let name_key = plan.exported_name.as_ref().map(|_| "otel.name");
        let late = self.late.iter().map(String::as_str);
        let keys = OWN_KEYS
            .into_iter()
            .chain(opening)
            .chain(name_key)
            .chain(late);
        let count = self.fields.len();
        let named_by = plan.exported_name.as_ref().map(|name| {
            let number = match name {
                ExportedName::Value(_) => count,
                ExportedName::Field(number) => *number,
            };
            quote!(.named_by(#number))
        });
        let environment = plan.environment.then(|| quote!(.from_environment()));
        let log_ids = (!plan.log_ids).then(|| quote!(.without_log_ids()));
        let scope = plan.scope.as_ref().map(|scope| {
            let scope = quote_spanned!(scope.span()=> &#scope);
            quote!(const _: &#p::TraceScope = #scope;)
        });
        quote! {
            #scope
            static #site: #p::SpanSite = {
                static CALLSITE: #p::DefaultCallsite = #p::DefaultCallsite::new(&METADATA);
                static METADATA: #p::Metadata<'static> = #p::Metadata::new(
                    #name,
                    #target,
                    #p::Level::#level,
                    #p::Option::Some(::core::file!()),
                    #p::Option::Some(::core::line!()),
                    #p::Option::Some(::core::module_path!()),
                    #p::FieldSet::new(&[#(#keys),*], #p::Identifier(&CALLSITE)),
                    #p::MetadataKind::SPAN,
                );
                #p::SpanSite::new(&CALLSITE, &METADATA, #p::Kind::#kind, #count)
                    #named_by
                    #environment
                    #log_ids
            };
        }
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
