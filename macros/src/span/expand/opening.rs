//! Opens the span: its parent, and the values of its fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Emit, at};
use crate::span::plan::{Carrier, ExportedName};

impl Emit {
    /// Opens the span, and writes its context where it has to go. All of it is in a block of its
    /// own: what is borrowed and imported there is not known to the body, nor kept by its future.
    pub(super) fn open_now(&self) -> TokenStream {
        let Self { span, .. } = self;
        let (start, open) = if self.only_starts() {
            self.start_at_once()
        } else {
            (self.start(&TokenStream::new()), self.open())
        };
        let write = self.write_carrier();
        let allow = self.allowances();
        let locals = self.locals_of_the_opening();
        if !locals.is_empty() {
            quote! {
                #allow
                let (#span #(, #locals)*) = {
                    #start
                    let #span = #open;
                    #write
                    (#span #(, #locals)*)
                };
            }
        } else if write.is_empty() {
            quote! {
                #allow
                let #span = { #start #open };
            }
        } else {
            quote! {
                #allow
                let #span = {
                    #start
                    let #span = #open;
                    #write
                    #span
                };
            }
        }
    }

    /// Whether the span has nothing to do but to start below what is current.
    fn only_starts(&self) -> bool {
        let plan = &self.plan;
        let receives = matches!(plan.carrier, Carrier::FindInbound | Carrier::Inbound(_));
        let plain = plan.late.is_empty()
            && plan.links.is_none()
            && plan.session.is_none()
            && plan.duration.is_none();
        !receives && !plan.environment && plain
    }

    /// The span of a function that only starts one; and before it, what the
    /// values need in scope.
    fn start_at_once(&self) -> (TokenStream, TokenStream) {
        let Self { p, site, plan, .. } = self;
        if !self.has_opening_values() {
            let (start, scope) = self.in_scope("start");
            return (TokenStream::new(), quote!(#p::Span::#start(#scope &#site)));
        }
        if let Some(values) = self.copied_values() {
            let (start, scope) = self.in_scope("start_reading");
            return (
                TokenStream::new(),
                quote!(#p::Span::#start(#scope &#site, #values)),
            );
        }
        let (starting, scope) = self.in_scope("starting");
        let borrows = plan.params.borrow_patterns(&plan.mentioned);
        let opening = &self.opening;
        let open = self.open();
        let open = quote!({
            let #opening = #p::Opening::#starting(#scope &#site);
            #open
        });
        (borrows, open)
    }

    /// A function of the runtime that starts a span, or its like for an operation in a scope, and the scope as
    /// its argument.
    fn in_scope(&self, name: &str) -> (Ident, Option<TokenStream>) {
        if self.plan.scope.is_none() {
            return (Ident::new(name, Span::mixed_site()), None);
        }
        let name = Ident::new(&format!("{name}_in"), Span::mixed_site());
        let scope = &self.scope;
        (name, Some(quote!(#scope,)))
    }

    /// The span of an `Opening`.
    fn open(&self) -> TokenStream {
        let opening = &self.opening;
        let open = Ident::new(
            if self.plan.duration.is_some() {
                "open_measured"
            } else {
                "open"
            },
            Span::mixed_site(),
        );
        if !self.has_opening_values() {
            return quote!(#opening.#open(&[]));
        }
        let fields = self.opening_values();
        let of_the_metric = self.of_the_metric(&quote!(#opening.open_measured));
        quote! {
            if #opening.wants_fields() {
                #opening.#open(#fields)
            } #of_the_metric else {
                #opening.open(&[])
            }
        }
    }

    /// Lints that would be about what is the user's in the opening. An attribute costs the compiler as
    /// much as a call does, so there is none for nothing.
    pub(super) fn allowances(&self) -> TokenStream {
        let underscored = |name: &Ident| name.to_string().starts_with('_');
        let underscored = self.plan.mentioned.iter().any(underscored);
        let located = matches!(
            self.plan.carrier,
            Carrier::FindInbound | Carrier::FindOutbound
        );
        match (underscored, located) {
            (false, false) => TokenStream::new(),
            (true, false) => quote!(#[allow(clippy::used_underscore_binding)]),
            (_, true) => {
                quote!(#[allow(clippy::absolute_paths, clippy::used_underscore_binding)])
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
        let found: &[&str] = match plan.carrier {
            Carrier::FindInbound => &["FindNoCarrier"],
            _ => &[],
        };
        let found = self.imports(found);
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
        let call = match (&carrier, &plan.trust) {
            (Some(_), Some(_)) => "receiving_if",
            (Some(_), None) => "receiving",
            (None, _) => "starting",
        };
        let (call, scope) = self.in_scope(call);
        let opened = match (carrier, &plan.trust) {
            (Some(carrier), Some(trust)) => {
                let trusted = Ident::new("__tracing_relay_trusted", Span::mixed_site());
                quote! {{
                    let #trusted: ::core::primitive::bool = #trust;
                    #p::Opening::#call(#trusted, #scope &#site, #carrier)
                }}
            }
            (Some(carrier), None) => quote!(#p::Opening::#call(#scope &#site, #carrier)),
            (None, _) => quote!(#p::Opening::#call(#scope &#site)),
        };
        let links = plan.links.as_ref().map(|links| {
            let links = quote_spanned!(links.span()=> &(#links));
            quote! {
                let #opening = if #opening.wants_links() {
                    #opening.linked(#links)
                } else {
                    #opening
                };
            }
        });
        let session = plan.session.as_ref().map(|session| {
            let session = quote_spanned!(session.span()=> &(#session));
            quote!(let #opening = #opening.in_session(&#site, #session);)
        });
        let measured = self.measured_opening();
        let late = self.late_local();
        let late = late.map(|late| quote!(let (#opening, #late) = #opening.late_fields();));
        quote! {
            #found
            #borrows
            let #opening = #opened #within;
            #links
            #session
            #measured
            #late
        }
    }

    /// The traits behind the probes that nearly every function has. They stand beside the static: a
    /// block with an import of its own costs the compiler more than the import. The body sees them,
    /// and they have no name and no method that it could mean.
    pub(super) fn common_imports(&self) -> TokenStream {
        let name = match &self.plan.exported_name {
            Some(ExportedName::Value(field)) => Some(field),
            Some(ExportedName::Fields(_)) | None => None,
        };
        let mut fields = self.plan.fields.iter().chain(name);
        let mut traits = Vec::new();
        if self.asks_for_the_outcome() {
            traits.push("Outcome");
        }
        if fields.any(|field| self.asks(field)) {
            traits.extend(["Recorded", "Unrecordable"]);
        }
        self.imports(&traits)
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
