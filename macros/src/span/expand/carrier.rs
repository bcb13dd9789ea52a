//! Writes the context of the open span into what the function owns or sends.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

use super::Emit;
use crate::item::idents_in;
use crate::span::params::Param;
use crate::span::plan::{Carrier, root_of_place};
use crate::span::shape::{Polled, Shape, only_async_block};

impl Emit {
    /// Parameters whose `&mut` is taken by what [`write_carrier`](Self::write_carrier) prints, or by
    /// the user's expression there.
    pub(super) fn mutated_params(&self) -> Vec<Ident> {
        let plan = &self.plan;
        let names = |params: Vec<&Param>| params.iter().map(|param| param.name.clone()).collect();
        match &plan.carrier {
            Carrier::FindInbound if plan.restamp => names(
                plan.params
                    .list
                    .iter()
                    .filter(|param| param.owned && self.reaches(param))
                    .collect(),
            ),
            Carrier::Inbound(expr) if plan.restamp => names(
                self.param_of(expr)
                    .into_iter()
                    .filter(|param| param.owned && self.reaches(param))
                    .collect(),
            ),
            Carrier::FindOutbound => names(
                plan.params
                    .list
                    .iter()
                    .filter(|param| param.owned && self.reaches(param))
                    .collect(),
            ),
            Carrier::Outbound(expr) => names(match self.param_of(expr) {
                Some(param) => vec![param]
                    .into_iter()
                    .filter(|param| param.owned && self.reaches(param))
                    .collect(),
                // Not a place: whether it needs a mutable parameter is for the user to say.
                None => idents_in(expr)
                    .iter()
                    .filter_map(|name| plan.params.binding(name))
                    .filter(|param| param.is_mutable())
                    .collect(),
            }),
            _ => Vec::new(),
        }
    }

    /// The parameter that a place like `request.headers` is in.
    pub(super) fn param_of(&self, place: &Expr) -> Option<&Param> {
        self.plan.params.binding(root_of_place(place)?)
    }

    /// Whether the parameter is still whole where the span is open. A body that runs later owns only
    /// what it names.
    pub(super) fn reaches(&self, param: &Param) -> bool {
        match self.plan.shape {
            Shape::Sync | Shape::Async => true,
            Shape::Returned { polled, .. } => {
                polled == Polled::Future
                    && param.is_plain()
                    && only_async_block(&self.plan.body.stream())
                        .is_some_and(|block| idents_in(block).contains(&param.name))
            }
        }
    }

    /// A message that is given away before the span opens is not re-stamped. What is not trusted is
    /// taken out of it here, and is gone.
    pub(super) fn distrust(&self) -> TokenStream {
        let Self {
            p, opening, plan, ..
        } = self;
        if plan.trust.is_none() || !plan.restamp {
            return TokenStream::new();
        }
        let given_away = |param: &&Param| param.owned && param.is_plain() && !self.reaches(param);
        let places: Vec<_> = match &plan.carrier {
            Carrier::FindInbound => plan
                .params
                .list
                .iter()
                .filter(given_away)
                .map(|param| (&param.name, param.name.to_token_stream()))
                .collect(),
            Carrier::Inbound(expr) => self
                .param_of(expr)
                .filter(given_away)
                .map(|param| (&param.name, expr.to_token_stream()))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        };
        let imports = self.imports(&["LeaveAlone"]);
        places
            .into_iter()
            .map(|(name, place)| {
                quote! {
                    let mut #name = #name;
                    { #imports #p::RestampProbe(&mut #place).relay_distrust(&#opening); }
                }
            })
            .collect()
    }

    /// Writes the context of the open span into what the function owns or sends.
    pub(super) fn write_carrier(&self) -> TokenStream {
        let Self { p, span, plan, .. } = self;
        match &plan.carrier {
            Carrier::FindInbound | Carrier::Inbound(_) if self.mutated.is_empty() => {
                TokenStream::new()
            }
            Carrier::FindInbound => {
                let imports = self.imports(&["LeaveAlone"]);
                let names = &self.mutated;
                quote!({ #imports #(#p::RestampProbe(&mut #names).relay_restamp(&#span);)* })
            }
            Carrier::Inbound(expr) => {
                let imports = self.imports(&["LeaveAlone"]);
                let (borrow, place) = self.exclusive(expr);
                quote!({ #imports #borrow #p::RestampProbe(#place).relay_restamp(&#span); })
            }
            Carrier::FindOutbound => {
                let imports = self.imports(&["FindNoOutgoingCarrier"]);
                let reached = plan.params.list.iter().filter(|param| self.reaches(param));
                let probes = reached.map(|param| {
                    let name = &param.name;
                    // An exclusive reference is lent again, so that the body has it back.
                    if param.exclusive {
                        quote!(#p::OutgoingProbe(&mut *#name))
                    } else if param.owned {
                        quote!(#p::OutgoingProbe(&mut #name))
                    } else {
                        quote!(#p::OutgoingProbe(&mut &*#name))
                    }
                });
                let send = self.at_name(quote! {
                    #p::Outgoing::send(
                        #p::OnlyOneParameterCarries::no_other(#p::AParameterCanCarry::one_goes_out(
                            #p::Carriers::none() #(.and(#probes.relay_find()))*
                        )),
                        &#span,
                    )
                });
                quote!({ #imports #send; })
            }
            Carrier::Outbound(expr) => {
                let (borrow, place) = self.exclusive(expr);
                quote!({ #borrow #span.send(#place); })
            }
            Carrier::None => TokenStream::new(),
        }
    }

    /// `&mut` of a place, and before it the `let` that makes the name at its root known, if that is
    /// inside a pattern.
    pub(super) fn exclusive(&self, place: &Expr) -> (TokenStream, TokenStream) {
        let at = place.span();
        let param = self.param_of(place);
        // A body that runs later has its patterns taken apart before.
        let later = self.plan.shape.is_later();
        let apart = param.filter(|param| !later && !param.is_plain());
        let borrow = apart.map(|param| param.borrow(&quote!(&mut)));
        let lent = apart.is_some() || param.is_some_and(|param| param.exclusive);
        let place = if lent && matches!(place, Expr::Path(_)) {
            quote_spanned!(at=> &mut *#place)
        } else {
            quote_spanned!(at=> &mut #place)
        };
        (borrow.unwrap_or_default(), place)
    }
}
