//! From the plan to tokens. What is generated is a static and a few calls:
//!
//! ```text
//! async fn handle(request: Request) -> Reply {
//!     static SITE: SpanSite = …;
//!     let opening = Opening::receiving(&SITE, …the parameter that carries…);
//!     let span = if opening.wants_fields() { opening.open(&[…]) } else { opening.open(&[]) };
//!     …request gets the context of the span…
//!     in_span_async(span, …what takes a Reply…, async move { let request = request; { body } }).await
//! }
//! ```

mod carrier;
pub(crate) mod fields;
mod finish;
mod late;
mod measured;
mod opening;
mod site;
mod types;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{ReturnType, Type};

use finish::Finish;
use types::{future_output, nameable};

use crate::item::Body;
use crate::span::params::{Param, Params};
use crate::span::plan::{Carrier, Plan, unlinted};
use crate::span::shape::{Polled, Shape, only_async_block, peel};

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
    scope: Ident,
    opening: Ident,
    span: Ident,
    /// Parameters of which a `&mut` is taken.
    mutated: Vec<Ident>,
    /// The fields that are recorded when the span opens, with those of the conventions.
    fields: Vec<OpeningField>,
    /// The constants with the keys of the parameters under `#[fields]`, and with their number.
    keys: Ident,
    count: Ident,
    /// The late fields of the call, before they have their names.
    late: Ident,
    /// What takes the values for the metric that are learned from the result.
    measured: Ident,
    /// The keys that are recorded from the result.
    ending_keys: Vec<String>,
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
            scope: local("__TRACING_RELAY_SCOPE"),
            opening: local("__tracing_relay_opening"),
            span: local("__tracing_relay_span"),
            mutated: Vec::new(),
            fields: Vec::new(),
            keys: local("__TRACING_RELAY_KEYS"),
            count: local("__TRACING_RELAY_COUNT"),
            late: local("__tracing_relay_late"),
            measured: local("__tracing_relay_measured"),
            ending_keys: Vec::new(),
            plan,
        };
        emit.fields = emit.opening_fields();
        for ending in [&emit.plan.on_ok, &emit.plan.on_err].into_iter().flatten() {
            for field in &ending.fields {
                if !emit.ending_keys.contains(&field.key.name) {
                    emit.ending_keys.push(field.key.name.clone());
                }
            }
        }
        emit.mutated = emit.mutated_params();
        emit
    }

    fn body(&self) -> TokenStream {
        let site = self.site_static();
        let imports = self.common_imports();
        let warnings = self.warnings();
        let inner = match self.plan.shape {
            Shape::Sync => self.sync_body(),
            Shape::Async => self.async_body(),
            Shape::Returned { boxed, polled } => self.returned_body(boxed, polled),
        };
        let absent = self.plan.params.absent();
        quote! { #site #imports #warnings #absent #inner }
    }

    fn sync_body(&self) -> TokenStream {
        let Self { p, span, .. } = self;
        let open = self.open_now();
        let output = self.annotation();
        let rebind = self.rebind();
        let handles = self.late_handles();
        let block = &self.plan.body;
        let Finish {
            before, argument, ..
        } = self.finish();
        quote! {
            #open
            #before
            #p::in_span(#span, move || #output { #rebind #handles #block }, #argument)
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
        let handles = self.late_handles();
        let block = &self.plan.body;
        let future = self.in_span_async(&quote!(#rebind #hint #handles #block));
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
        let fields = self.opening_values();
        let distrust = self.distrust();
        let late = self.locals_of_the_opening();
        let allow = self.allowances();
        let of_the_metric = self.of_the_metric(&quote!(#p::OwnedValues::new));
        let start = quote! {
            #allow
            let (#opening, #values #(, #late)*) = {
                #start
                let #values = if #opening.wants_fields() {
                    #p::OwnedValues::new(#fields)
                } #of_the_metric else {
                    #p::OwnedValues::new(&[])
                };
                (#opening, #values #(, #late)*)
            };
            #distrust
        };
        let output = future_output(&self.plan.item.sig.output);
        let block = only_async_block(&self.plan.body.stream()).map(|block| unlinted(&block));
        let (before, polled) = match (polled, block) {
            (Polled::Future, Some(block)) => {
                let write = self.write_carrier();
                let hint = output.map(|output| self.hint(output));
                let handles = self.late_handles();
                let future = self.in_span_async(&quote!(#hint #handles #block));
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
                // With a function in its place, a mistake in the type is told in terms of that.
                let finish = if self.asks_for_the_outcome() {
                    self.finish_closure()
                } else {
                    quote!(#p::never_fails)
                };
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
    fn in_span_async(&self, body: &TokenStream) -> TokenStream {
        let Self { p, span, .. } = self;
        let Finish {
            before,
            argument,
            is_closure,
        } = self.finish();
        let future = quote!(async move { #body });
        let local = Ident::new("__tracing_relay_future", Span::mixed_site());
        let (before, future) = if self.returns_no_future() {
            (before, future)
        } else {
            let before = quote! {
                #before
                #[allow(clippy::async_yields_async)]
                let #local = #future;
            };
            (before, local.into_token_stream())
        };
        if is_closure {
            // The types in the closure are known from the body, which therefore comes first.
            quote!(#before #p::in_span_async_with(#span, #future, #argument).await)
        } else {
            quote!(#before #p::in_span_async(#span, #argument, #future).await)
        }
    }

    /// Whether the return type is sure to be none, from how it is written: what most functions return.
    fn returns_no_future(&self) -> bool {
        match &self.plan.item.sig.output {
            ReturnType::Default => true,
            ReturnType::Type(_, output) => {
                let last = match peel(output) {
                    Type::Path(path) => path.path.segments.last(),
                    _ => None,
                };
                last.is_some_and(|last| ["Result", "Option"].iter().any(|name| last.ident == name))
            }
        }
    }

    /// Runs the body of a function that returns what is polled.
    fn call_body(&self) -> TokenStream {
        let rebind = self.rebind();
        let handles = self.late_handles();
        let block = &self.plan.body;
        let output = self.annotation();
        quote!((move || #output { #rebind #handles #block })())
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
        // In `request.headers_mut()` it is the user's `mut` that is needed.
        let needed = match &self.plan.carrier {
            Carrier::Outbound(expr) if self.param_of(expr).is_none() => self.mutated.as_slice(),
            _ => &[],
        };
        self.plan
            .params
            .rebind(&self.plan.mentioned, mutated, needed)
    }

    /// Whether the parameters stay what they are: the body is an async block that takes what it
    /// wants, and nothing is taken apart before.
    fn keeps_params(&self) -> bool {
        let plan = &self.plan;
        plan.shape.is_later()
            && only_async_block(&plan.body.stream()).is_some()
            && plan.params.list.iter().all(Param::is_plain)
    }
}

/// Our tokens, located at something of the user's, for what the compiler has to say about them. Our
/// locals and the names in `kept` keep what they mean.
pub(crate) fn at(location: Span, kept: &[&Ident], tokens: TokenStream) -> TokenStream {
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
