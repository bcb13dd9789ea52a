//! From the plan to tokens. What is generated is a static and a few calls:
//!
//! ```text
//! async fn handle(request: Request) -> Reply {
//!     static SITE: SpanSite = …;
//!     let opening = Opening::receiving(&SITE, …the parameter that carries…);
//!     let span = if opening.wants_fields() { opening.open(&[…]) } else { opening.open(&[]) };
//!     …request gets the context of the span…
//!     in_span_async(span, async move { let request = request; { body } }, |finish, result| …).await
//! }
//! ```

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use super::args::{Ending, Field, Sigil};
use super::params::{Param, Params, idents_in};
use super::plan::{Carrier, Plan, pattern_of, root_of_place, unlinted};
use super::shape::{Polled, Shape, only_async_block};
use crate::item::Body;

/// Prints the function with its span.
pub(crate) fn expand(plan: Plan) -> TokenStream {
    let emit = Emit::new(plan);
    let body = emit.body();
    let mut item = emit.plan.item.clone();
    if emit.keeps_params() {
        emit.plan.params.restore_mutability(&mut item.sig);
    }
    if emit.keeps_params() || !emit.plan.shape.is_later() {
        Params::make_mutable(&mut item.sig, &emit.mutated);
    }
    if let Body::Block { block, .. } = &mut item.body {
        let mut group = Group::new(proc_macro2::Delimiter::Brace, body);
        group.set_span(block.span());
        *block = group;
    }
    item.into_token_stream()
}

struct Emit {
    plan: Plan,
    /// The path of the runtime's private module.
    p: TokenStream,
    site: Ident,
    opening: Ident,
    span: Ident,
    /// Parameters of which a `&mut` is taken.
    mutated: Vec<Ident>,
    /// The fields that are recorded when the span opens, with those of the conventions.
    fields: Vec<OpeningField>,
    /// The keys that are recorded from the result.
    late: Vec<String>,
}

/// A field that is recorded when the span opens.
struct OpeningField {
    key: String,
    value: TokenStream,
}

impl Emit {
    fn new(plan: Plan) -> Self {
        let local = |name: &str| Ident::new(name, Span::mixed_site());
        let mut emit = Self {
            p: plan.runtime.private(),
            site: local("__TRACING_RELAY_SITE"),
            opening: local("__tracing_relay_opening"),
            span: local("__tracing_relay_span"),
            mutated: Vec::new(),
            fields: Vec::new(),
            late: Vec::new(),
            plan,
        };
        emit.fields = emit.opening_fields();
        for ending in [&emit.plan.on_ok, &emit.plan.on_err].into_iter().flatten() {
            for field in &ending.fields {
                if !emit.late.contains(&field.key.name) {
                    emit.late.push(field.key.name.clone());
                }
            }
        }
        emit.mutated = emit.mutated_params();
        emit
    }

    fn body(&self) -> TokenStream {
        let site = self.site_static();
        let warnings = self.deprecations();
        let inner = match self.plan.shape {
            Shape::Sync => self.sync_body(),
            Shape::Async => self.async_body(),
            Shape::Returned { boxed, polled } => self.returned_body(boxed, polled),
        };
        quote! { #site #warnings #inner }
    }

    fn sync_body(&self) -> TokenStream {
        let Self { p, span, .. } = self;
        let open = self.open_now();
        let output = self.annotation();
        let rebind = self.rebind();
        let block = &self.plan.body;
        let finish = self.finish();
        quote! {
            #open
            #p::in_span(#span, move || #output { #rebind #block }, #finish)
        }
    }

    fn async_body(&self) -> TokenStream {
        let p = &self.p;
        let open = self.open_now();
        let hint = match &self.plan.item.sig.output {
            ReturnType::Default => self.hint(&quote!(())),
            ReturnType::Type(..) if self.plan.never_returns() => self.hint(&quote!(#p::Never)),
            ReturnType::Type(_, output) if nameable(output) => self.hint(output),
            ReturnType::Type(..) => TokenStream::new(),
        };
        let rebind = self.rebind();
        let block = &self.plan.body;
        let finish = self.finish();
        let future = self.in_span_async(&quote!(#hint #rebind #block), &finish);
        quote!(#open #future)
    }

    /// A function that returns what is polled: the parent and the values are read at the call, and
    /// the span opens at the first poll.
    ///
    /// ```text
    /// fn f(a: A) -> impl Future<Output = T> {      fn f(a: A) -> impl Future<Output = T> {
    ///     async move { body }                          let (opening, values) = …;
    /// }                                        →       let a = a;
    ///                                                  async move {
    ///                                                      let span = opening.open_owned(&values);
    ///                                                      in_span_async(span, async move { body }, …).await
    ///                                                  }
    ///                                              }
    /// ```
    fn returned_body(&self, boxed: bool, polled: Polled) -> TokenStream {
        let Self {
            p,
            site,
            opening,
            span,
            ..
        } = self;
        let values = Ident::new("__tracing_relay_values", Span::mixed_site());
        let start = self.start(&quote!(.within(#p::Ambience::read(&#site))));
        let fields = self.field_values();
        let start = quote! {
            #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
            let (#opening, #values) = {
                #start
                let #values = if #opening.wants_fields() {
                    #p::OwnedValues::new(&[#(#fields),*])
                } else {
                    #p::OwnedValues::new(&[])
                };
                (#opening, #values)
            };
        };
        let output = future_output(&self.plan.item.sig.output);
        let block = only_async_block(&self.plan.body.stream()).map(|block| unlinted(&block));
        let (before, polled) = match (polled, block) {
            (Polled::Future, Some(block)) => {
                let write = self.write_carrier();
                let hint = output.map(|output| self.hint(output));
                let finish = self.finish();
                let future = self.in_span_async(&quote!(#hint #block), &finish);
                let wrapped = quote! {
                    async move {
                        let #span = #opening.open_owned(&#values);
                        #write
                        #future
                    }
                };
                (self.rebind(), wrapped)
            }
            (Polled::Future, None) => {
                let inner = self.call_body();
                let finish = self.finish();
                let typed = match output {
                    Some(output) => {
                        let output_is = at(output.span(), &[], quote!(#p::output_is));
                        quote_spanned!(output.span()=> #output_is::<#output, _>(#inner))
                    }
                    None => inner,
                };
                let wrapped = quote!(#p::in_deferred_span(#opening, #values, #typed, #finish));
                (TokenStream::new(), wrapped)
            }
            (Polled::Stream, _) => {
                let inner = self.call_body();
                let wrapped = quote!(#p::in_span_stream(#opening, #values, #inner));
                (TokenStream::new(), wrapped)
            }
        };
        let returned = if boxed {
            quote!(#p::Box::pin(#polled))
        } else {
            polled
        };
        quote! { #start #before #returned }
    }

    /// Runs a body in the open span. An `async fn` may return a future where a block may not.
    fn in_span_async(&self, body: &TokenStream, finish: &TokenStream) -> TokenStream {
        let Self { p, span, .. } = self;
        let future = Ident::new("__tracing_relay_future", Span::mixed_site());
        quote! {
            #[allow(clippy::async_yields_async)]
            let #future = async move { #body };
            #p::in_span_async(#span, #future, #finish).await
        }
    }

    /// Runs the body of a function that returns what is polled.
    fn call_body(&self) -> TokenStream {
        let rebind = self.rebind();
        let block = &self.plan.body;
        let output = self.annotation();
        quote!((move || #output { #rebind #block })())
    }

    /// The parameters as the body sees them.
    fn rebind(&self) -> TokenStream {
        if self.keeps_params() {
            return TokenStream::new();
        }
        // What is written later has to be mutable there.
        let mutated = if self.plan.shape.is_later() {
            self.mutated.as_slice()
        } else {
            &[]
        };
        let lent = if self.lends_mut() {
            self.mutated.as_slice()
        } else {
            &[]
        };
        self.plan.params.rebind(&self.plan.mentioned, mutated, lent)
    }

    /// Whether the parameters stay what they are: the body is an async block that takes what it
    /// wants, and nothing is taken apart before.
    fn keeps_params(&self) -> bool {
        let plan = &self.plan;
        plan.shape.is_later()
            && only_async_block(&plan.body.stream()).is_some()
            && plan.params.list.iter().all(Param::is_plain)
    }

    /// `static SITE`
    fn site_static(&self) -> TokenStream {
        let Self { p, site, plan, .. } = self;
        let name = &plan.name;
        let target = plan
            .target
            .as_ref()
            .map_or_else(|| quote!(::core::module_path!()), ToTokens::to_token_stream);
        let level = &plan.level;
        let kind = plan.kind.variant();
        let keys = self.fields.iter().map(|field| &field.key).chain(&self.late);
        let count = self.fields.len();
        let environment = plan.environment.then(|| quote!(.from_environment()));
        let log_ids = (!plan.log_ids).then(|| quote!(.without_log_ids()));
        let scope = plan.scope.as_ref().map(|scope| {
            let scope = quote_spanned!(scope.span()=> &#scope);
            quote!(const _: &#p::TraceScope = #scope;)
        });
        let own = quote! {
            "otel.kind", "trace_id", "span_id", "relay.outcome", "error.type"
        };
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
                    #p::FieldSet::new(&[#own #(, #keys)*], #p::Identifier(&CALLSITE)),
                    #p::MetadataKind::SPAN,
                );
                #p::SpanSite::new(&CALLSITE, &METADATA, #p::Kind::#kind, #count)
                    #environment
                    #log_ids
            };
        }
    }

    /// A warning for each deprecated key, at the key.
    fn deprecations(&self) -> TokenStream {
        self.plan
            .deprecated
            .iter()
            .map(|(key, successor)| {
                let note = format!("`{}` is deprecated: write `{successor}`", key.name);
                let at = key.tokens.span();
                let name = Ident::new("deprecated_attribute", at);
                quote_spanned! {at=>
                    const _: () = {
                        #[deprecated(note = #note)]
                        #[allow(non_upper_case_globals)]
                        const #name: () = ();
                        #name
                    };
                }
            })
            .collect()
    }

    /// Opens the span, and writes its context where it has to go. All of it is in a block of its
    /// own: what is borrowed and imported there is not known to the body, nor kept by its future.
    fn open_now(&self) -> TokenStream {
        let Self { opening, span, .. } = self;
        let start = self.start(&TokenStream::new());
        let fields = self.field_values();
        let open = if fields.is_empty() {
            quote!(#opening.open(&[]))
        } else {
            quote! {
                if #opening.wants_fields() {
                    #opening.open(&[#(#fields),*])
                } else {
                    #opening.open(&[])
                }
            }
        };
        let write = self.write_carrier();
        if write.is_empty() {
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
    fn start(&self, within: &TokenStream) -> TokenStream {
        let Self {
            p,
            site,
            opening,
            plan,
            ..
        } = self;
        let mut traits = Vec::new();
        if !self.fields.is_empty() {
            traits.extend(["ByDisplay", "ByFieldValue", "Unrecordable"]);
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
        quote! {
            #imports
            #borrows
            let #opening = #opened #within;
        }
    }

    /// The traits behind the probes.
    fn imports(&self, traits: &[&str]) -> TokenStream {
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
    fn find_inbound(&self) -> TokenStream {
        let p = &self.p;
        let names = self.plan.params.list.iter().map(|param| &param.name);
        self.at_name(quote! {
            #p::OnlyOneParameterCarries::no_other(#p::AParameterCarries::one_comes_in(
                #p::Carriers::none() #(.and(#p::ParameterProbe(&#names).relay_find()))*
            ))
        })
    }

    /// Tokens about all parameters, located at the name of the function.
    fn at_name(&self, tokens: TokenStream) -> TokenStream {
        let params = &self.plan.params.list;
        let kept: Vec<&Ident> = params.iter().map(|param| &param.name).collect();
        at(self.plan.item.sig.ident.span(), &kept, tokens)
    }

    /// Parameters whose `&mut` is taken by what [`write_carrier`](Self::write_carrier) prints, or by
    /// the user's expression there.
    fn mutated_params(&self) -> Vec<Ident> {
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

    /// Whether the carrier is an expression that needs the `mut` of the user, as in
    /// `carrier = request.headers_mut()`.
    fn lends_mut(&self) -> bool {
        matches!(&self.plan.carrier, Carrier::Outbound(expr) if self.param_of(expr).is_none())
    }

    /// The parameter that a place like `request.headers` is in.
    fn param_of(&self, place: &Expr) -> Option<&Param> {
        self.plan.params.binding(root_of_place(place)?)
    }

    /// Whether the parameter is still whole where the span is open. A body that runs later owns only
    /// what it names.
    fn reaches(&self, param: &Param) -> bool {
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

    /// Writes the context of the open span into what the function owns or sends.
    fn write_carrier(&self) -> TokenStream {
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
    fn exclusive(&self, place: &Expr) -> (TokenStream, TokenStream) {
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

    /// The fields of the user, then those that the conventions add.
    fn opening_fields(&self) -> Vec<OpeningField> {
        let p = &self.p;
        let mut fields: Vec<_> = self
            .plan
            .fields
            .iter()
            .map(|field| OpeningField {
                key: field.key.name.clone(),
                value: self.value(field),
            })
            .collect();
        let Some(conventions) = self.plan.conventions else {
            return fields;
        };
        for (key, value) in conventions.constant {
            if !fields.iter().any(|field| field.key == *key) {
                fields.push(OpeningField {
                    key: (*key).to_owned(),
                    value: quote!(#p::AttributeValue::Str(#value)),
                });
            }
        }
        for (current, old) in conventions.older {
            let Some(field) = fields.iter().find(|field| field.key == *current) else {
                continue;
            };
            let value = field.value.clone();
            if !fields.iter().any(|field| field.key == *old) {
                fields.push(OpeningField {
                    key: (*old).to_owned(),
                    value: quote!(#p::if_older_rpc_names(|| #value)),
                });
            }
        }
        fields
    }

    fn field_values(&self) -> Vec<&TokenStream> {
        self.fields.iter().map(|field| &field.value).collect()
    }

    fn value(&self, field: &Field) -> TokenStream {
        let p = &self.p;
        let value = &field.value;
        let at = value.span();
        let textual = self
            .plan
            .conventions
            .is_some_and(|conventions| conventions.textual.contains(&field.key.name.as_str()));
        match field.sigil {
            Sigil::Display => quote_spanned!(at=> #p::display(&(#value))),
            Sigil::Debug => quote_spanned!(at=> #p::debug(&(#value))),
            Sigil::None => {
                let value = quote_spanned!(at=> (&&&#p::ValueProbe(&(#value))).relay_value());
                if textual {
                    quote!(#p::as_text(#value))
                } else {
                    value
                }
            }
        }
    }

    /// The closure that takes the result.
    fn finish(&self) -> TokenStream {
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
    fn ending(&self, ending: &Ending, part: &TokenStream, finish: &Ident) -> TokenStream {
        let p = &self.p;
        let pattern = pattern_of(ending);
        let first = self.fields.len();
        let values = self.late.iter().map(|key| {
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

    /// The return type of the body's closure, where it can be written there.
    fn annotation(&self) -> TokenStream {
        match &self.plan.item.sig.output {
            ReturnType::Type(arrow, output) if nameable(output) || self.plan.never_returns() => {
                quote!(#arrow #output)
            }
            ReturnType::Default => quote!(-> ()),
            ReturnType::Type(..) => TokenStream::new(),
        }
    }

    /// Tells the compiler the type of an async block, so that a mismatch is found in the body.
    fn hint(&self, output: &impl ToTokens) -> TokenStream {
        let sig = &self.plan.item.sig;
        let location = match &sig.output {
            ReturnType::Default => sig.ident.span(),
            ReturnType::Type(_, output) => output.span(),
        };
        // Ours in name only: as a local of ours it would be reported at the attribute.
        let returned = Ident::new("__tracing_relay_returned", location);
        let give_back = quote_spanned!(location=> return #returned;);
        quote! {
            #[allow(
                unreachable_code,
                clippy::diverging_sub_expression,
                clippy::empty_loop,
                clippy::let_unit_value,
                clippy::needless_return,
                clippy::unreachable
            )]
            if false {
                let #returned: #output = loop {};
                #give_back
            }
        }
    }
}

/// Our tokens, located at something of the user's, for what the compiler has to say about them. Our
/// locals and the names in `kept` keep what they mean.
fn at(location: Span, kept: &[&Ident], tokens: TokenStream) -> TokenStream {
    let means_something =
        |ident: &Ident| kept.contains(&ident) || ident.to_string().starts_with("__tracing_relay");
    let relocate = |mut token: TokenTree| {
        let span = match &token {
            TokenTree::Group(group) => {
                let inside = at(location, kept, group.stream());
                token = TokenTree::Group(Group::new(group.delimiter(), inside));
                location
            }
            TokenTree::Ident(ident) if means_something(ident) => ident.span().located_at(location),
            _ => location,
        };
        token.set_span(span);
        token
    };
    tokens.into_iter().map(relocate).collect()
}

/// Whether a type can be written in an expression.
fn nameable(ty: &Type) -> bool {
    let tokens = idents_in(ty);
    !tokens.iter().any(|ident| ident == "impl") && !matches!(ty, Type::Never(_))
}

/// The `T` of `impl Future<Output = T>` and of its boxed form.
fn future_output(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, output) = output else {
        return None;
    };
    output_in(output).filter(|output| nameable(output))
}

fn output_in(ty: &Type) -> Option<&Type> {
    match ty {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::Path(path) => match &path.path.segments.last()?.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::Type(ty) => output_in(ty),
                    _ => None,
                })
            }
            _ => None,
        },
        _ => None,
    }
}

fn output_of_bound(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
        _ => None,
    })
}
