//! What is done with the result of the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned as _;
use syn::{ReturnType, Type};

use super::types::{future_output, nameable};
use super::{Emit, at};
use crate::span::args::Ending;
use crate::span::plan::pattern_of;
use crate::span::shape::{Polled, Shape, peel};

/// What takes the result.
pub(super) struct Finish {
    /// Goes before the call that runs the body.
    pub(super) before: TokenStream,
    /// The argument of that call.
    pub(super) argument: TokenStream,
    /// Whether it is a closure.
    pub(super) is_closure: bool,
}

impl Emit {
    /// A function of the runtime, or a closure where fields are recorded from the result or its type
    /// cannot be written. A closure costs the compiler more than anything else that is generated.
    pub(super) fn finish(&self) -> Finish {
        let Self { p, plan, .. } = self;
        if !self.asks_for_the_outcome() {
            return Finish {
                before: TokenStream::new(),
                argument: quote!(#p::never_fails),
                is_closure: false,
            };
        }
        let output = match (plan.shape, &plan.item.sig.output) {
            (Shape::Returned { .. }, output) => future_output(output),
            (_, ReturnType::Type(_, output)) => Some(&**output).filter(|output| nameable(output)),
            (_, ReturnType::Default) => None,
        };
        let output = output.filter(|_| plan.on_ok.is_none() && plan.on_err.is_none());
        let Some(output) = output else {
            return Finish {
                before: TokenStream::new(),
                argument: self.finish_closure(),
                is_closure: true,
            };
        };
        Finish {
            before: self.check_that_it_is_there(&quote!(::<#output>::NEW)),
            argument: quote!(#p::outcome_probe::<#output>().relay_finish()),
            is_closure: false,
        }
    }

    /// Whether a probe looks at the result.
    pub(super) fn asks_for_the_outcome(&self) -> bool {
        let stream = matches!(
            self.plan.shape,
            Shape::Returned {
                polled: Polled::Stream,
                ..
            }
        );
        let fields = self.plan.on_ok.is_some() || self.plan.on_err.is_some();
        !stream && !self.plan.never_returns() && (fields || !self.returns_nothing())
    }

    /// Whether the result is `()`.
    fn returns_nothing(&self) -> bool {
        let unit = |ty: &Type| matches!(peel(ty), Type::Tuple(tuple) if tuple.elems.is_empty());
        match (self.plan.shape, &self.plan.item.sig.output) {
            (_, ReturnType::Default) => true,
            (Shape::Returned { .. }, output) => future_output(output).is_some_and(unit),
            (_, ReturnType::Type(_, output)) => unit(output),
        }
    }

    /// `|finish, result| …`
    pub(super) fn finish_closure(&self) -> TokenStream {
        let Self { p, plan, .. } = self;
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
        let imports = if on_ok.is_some() || on_err.is_some() {
            self.imports(&["Recorded", "Unrecordable", "WholeResult"])
        } else {
            TokenStream::new()
        };
        let check = self.check_that_it_is_there(&quote!(::of(#result)));
        // What it takes along is its own: a future that is returned has the closure.
        let takes = self.measured_local().map(|_| quote!(move));
        quote! {
            #takes |#finish: &mut #p::Finish<'_>, #result| {
                #imports
                #check
                #on_ok
                #on_err
                #p::outcome_probe_of(#result).relay_finish()(#finish, #result);
            }
        }
    }

    /// Refuses a plain function that returns a future in disguise. `probe` is what follows the name of
    /// the probe.
    fn check_that_it_is_there(&self, probe: &TokenStream) -> TokenStream {
        let p = &self.p;
        let (Shape::Sync, ReturnType::Type(_, output)) =
            (self.plan.shape, &self.plan.item.sig.output)
        else {
            return TokenStream::new();
        };
        let answer = quote!(#p::ReturnProbe #probe.relay_answer());
        let check = at(
            output.span(),
            &[],
            quote!(#p::IsThereOnReturn::check(#answer)),
        );
        let imports = self.imports(&["PlainReturn"]);
        quote!({ #imports #check; })
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
        let record = if let Some(measured) = self.measured_local() {
            quote!(#finish.record_measured(&#measured, #first, &[#(#values),*]))
        } else {
            quote!(#finish.record(#first, &[#(#values),*]))
        };
        quote! {
            if let #p::Option::Some(#pattern) = #part {
                #record;
            }
        }
    }
}
