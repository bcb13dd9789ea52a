//! The closure that takes the result of the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ReturnType;
use syn::spanned::Spanned as _;

use super::{Emit, at};
use crate::span::args::Ending;
use crate::span::plan::pattern_of;
use crate::span::shape::Shape;

impl Emit {
    /// The closure that takes the result.
    pub(super) fn finish(&self) -> TokenStream {
        let Self { p, plan, .. } = self;
        if plan.never_returns() {
            return quote!(|_, _| {});
        }
        let finish = Ident::new("__tracing_relay_finish", Span::mixed_site());
        let result = Ident::new("__tracing_relay_result", Span::mixed_site());
        let on_ok = plan.on_ok.as_ref().map(|ending| {
            let value = at(ending.key, &[], quote!(#p::ResultProbe(#result).relay_ok()));
            self.ending(ending, &value, &finish)
        });
        let on_err = plan.on_err.as_ref().map(|ending| {
            // A bare local in the call would be reported at the attribute, where locals come from.
            let whole = quote!(#p::whole(#result));
            let error = at(ending.key, &[], quote!(#p::ReturnsAResult::err(#whole)));
            let ending = self.ending(ending, &error, &finish);
            quote!(#[allow(clippy::absolute_paths)] #ending)
        });
        let late = if on_ok.is_some() || on_err.is_some() {
            self.imports(&["ByDisplay", "ByFieldValue", "Unrecordable", "WholeResult"])
        } else {
            TokenStream::new()
        };
        let check = match (plan.shape, &plan.item.sig.output) {
            (Shape::Sync, ReturnType::Type(_, output)) => {
                let answer = quote!(#p::ReturnProbe(#result).relay_answer());
                let check = quote!(#p::IsThereOnReturn::check(#answer));
                let check = at(output.span(), &[], check);
                let imports = self.imports(&["PlainReturn"]);
                quote!({ #imports #check; })
            }
            _ => TokenStream::new(),
        };
        let detail = &plan.error_detail;
        quote! {
            |#finish: &mut #p::Finish<'_>, #result| {
                #[allow(unused_imports)]
                use #p::{
                    Chained as _, ChainedSend as _, Erroneous as _, Named as _, NeverFails as _,
                    Worded as _,
                };
                #late
                #check
                #on_ok
                #on_err
                #finish.failure(
                    (&&&&&&#p::OutcomeProbe(#result)).relay_failure(),
                    #p::ErrorDetail::#detail,
                );
            }
        }
    }

    /// Records the fields of `on_ok` or `on_err`.
    pub(super) fn ending(
        &self,
        ending: &Ending,
        part: &TokenStream,
        finish: &Ident,
    ) -> TokenStream {
        let p = &self.p;
        let pattern = pattern_of(ending);
        let first = self.first_ending();
        let values = self.ending_keys.iter().map(|key| {
            ending
                .fields
                .iter()
                .find(|field| field.key.name == *key)
                .map_or_else(
                    || quote!(#p::AttributeValue::Absent),
                    |field| self.value(field),
                )
        });
        quote! {
            if let #p::Option::Some(#pattern) = #part {
                #finish.record(#first, &[#(#values),*]);
            }
        }
    }
}
