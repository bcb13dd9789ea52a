//! Opens the span: its parent, and the values of its fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Emit, at};
use crate::span::plan::Carrier;

impl Emit {
    /// Opens the span, and writes its context where it has to go. All of it is in a block of its
    /// own: what is borrowed and imported there is not known to the body, nor kept by its future.
    pub(super) fn open_now(&self) -> TokenStream {
        let Self { opening, span, .. } = self;
        let start = self.start(&TokenStream::new());
        let fields = self.opening_values();
        let open = if self.has_opening_values() {
            quote! {
                if #opening.wants_fields() {
                    #opening.open(#fields)
                } else {
                    #opening.open(&[])
                }
            }
        } else {
            quote!(#opening.open(&[]))
        };
        let write = self.write_carrier();
        if let Some(late) = self.late_local() {
            quote! {
                #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
                let (#span, #late) = {
                    #start
                    let #span = #open;
                    #write
                    (#span, #late)
                };
            }
        } else if write.is_empty() {
            quote! {
                #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
                let #span = { #start #open };
            }
        } else {
            quote! {
                #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
                let #span = {
                    #start
                    let #span = #open;
                    #write
                    #span
                };
            }
        }
    }

    /// `let opening = …;`, with everything that it and the fields need in scope.
    pub(super) fn start(&self, within: &TokenStream) -> TokenStream {
        let Self {
            p,
            site,
            opening,
            plan,
            ..
        } = self;
        let mut traits = Vec::new();
        if self.has_opening_values() {
            traits.push("Recorded");
        }
        if matches!(plan.carrier, Carrier::FindInbound) {
            traits.push("FindNoCarrier");
        }
        let imports = self.imports(&traits);
        let borrows = plan.params.borrow_patterns(&plan.mentioned);
        let carrier = match &plan.carrier {
            Carrier::FindInbound => {
                let found = self.find_inbound();
                Some(quote!(&#found))
            }
            Carrier::Inbound(carrier) => Some(quote_spanned!(carrier.span()=> &(#carrier))),
            Carrier::None if plan.environment => Some(quote!(&#p::Extracted::absent())),
            Carrier::None | Carrier::FindOutbound | Carrier::Outbound(_) => None,
        };
        let opened = match (carrier, &plan.trust) {
            (Some(carrier), Some(trust)) => {
                let trusted = Ident::new("__tracing_relay_trusted", Span::mixed_site());
                quote! {{
                    let #trusted: ::core::primitive::bool = #trust;
                    #p::Opening::receiving_if(#trusted, &#site, #carrier)
                }}
            }
            (Some(carrier), None) => quote!(#p::Opening::receiving(&#site, #carrier)),
            (None, _) => quote!(#p::Opening::starting(&#site)),
        };
        let late = self.late_local();
        let late = late.map(|late| quote!(let (#opening, #late) = #opening.late_fields();));
        quote! {
            #imports
            #borrows
            let #opening = #opened #within;
            #late
        }
    }

    /// The traits behind the probes.
    pub(super) fn imports(&self, traits: &[&str]) -> TokenStream {
        if traits.is_empty() {
            return TokenStream::new();
        }
        let p = &self.p;
        let traits = traits
            .iter()
            .map(|name| Ident::new(name, Span::mixed_site()));
        quote! {
            #[allow(unused_imports)]
            use #p::{#(#traits as _),*};
        }
    }

    /// The one parameter that carries, by asking each of them.
    pub(super) fn find_inbound(&self) -> TokenStream {
        let p = &self.p;
        let names = self.plan.params.list.iter().map(|param| &param.name);
        self.at_name(quote! {
            #p::OnlyOneParameterCarries::no_other(#p::AParameterCarries::one_comes_in(
                #p::Carriers::none() #(.and(#p::ParameterProbe(&#names).relay_find()))*
            ))
        })
    }

    /// Tokens about all parameters, located at the name of the function.
    pub(super) fn at_name(&self, tokens: TokenStream) -> TokenStream {
        let params = &self.plan.params.list;
        let kept: Vec<&Ident> = params.iter().map(|param| &param.name).collect();
        at(self.plan.item.sig.ident.span(), &kept, tokens)
    }
}
