//! What the function attributes make of each form of function, as text. The files are in
//! `tests/expansions`, one folder an attribute.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Attribute, args, expand};
use crate::snapshots;

fn request_span(case: &str, args: TokenStream, item: TokenStream) {
    let expansion = expand(Attribute::RequestSpan, args, item);
    snapshots::check("request_span", case, expansion);
}

fn traced(case: &str, args: TokenStream, item: TokenStream) {
    let expansion = expand(Attribute::Traced, args, item);
    snapshots::check("traced", case, expansion);
}

#[test]
fn a_function() {
    traced(
        "function",
        quote!(),
        quote! {
            /// Docs stay.
            #[inline]
            pub(crate) fn add<T: Add>(left: T, mut right: T) -> T::Output
            where
                T: Copy,
            {
                #![allow(unused_mut)]
                left + right
            }
        },
    );
}

#[test]
fn a_function_without_result() {
    traced(
        "function_without_result",
        quote!(
            level = "debug",
            target = "app",
            log_ids = false,
            sample = 0.1
        ),
        quote!(
            fn nothing() {}
        ),
    );
}

#[test]
fn a_function_that_never_returns() {
    traced(
        "function_that_never_returns",
        quote!(),
        quote!(
            fn forever() -> ! {
                loop {}
            }
        ),
    );
}

#[test]
fn an_async_function() {
    traced(
        "async_function",
        quote!(name = "turn.run", fields(turn.id = id, ?list)),
        quote! {
            async fn run(id: u64, list: &[u8]) -> Result<u8, Error> {
                step(id).await
            }
        },
    );
}

#[test]
fn an_async_method_in_an_implementation_of_a_trait() {
    traced(
        "async_method",
        quote!(err = "message"),
        quote! {
            async fn call(mut self, request: Request) -> Result<Reply, Error> {
                self.inner.call(request).await
            }
        },
    );
}

#[test]
fn a_returned_future_that_is_one_block() {
    request_span(
        "returned_future_of_one_block",
        quote!(),
        quote! {
            fn handle(&self, request: Request) -> impl Future<Output = Reply> + Send {
                async move { self.answer(request).await }
            }
        },
    );
}

#[test]
fn a_returned_future_after_work() {
    request_span(
        "returned_future_after_work",
        quote!(),
        quote! {
            fn handle(&self, request: Request) -> impl Future<Output = Reply> {
                let answering = self.answer(request);
                async move { answering.await }
            }
        },
    );
}

#[test]
fn a_boxed_future() {
    traced(
        "boxed_future",
        quote!(),
        quote! {
            fn handle<'a>(&'a self) -> Pin<Box<dyn Future<Output = u8> + Send + 'a>> {
                self.answer().boxed()
            }
        },
    );
}

#[test]
fn late_fields_and_a_name_of_an_async_function() {
    traced(
        "late_async",
        quote!(
            fields(id),
            otel_name = request.method,
            late(turn_id: str = "turn.id", mode: Mode<'_> = ?app.mode),
            on_ok(|reply| reply.length = reply.len())
        ),
        quote! {
            async fn run(id: u64, request: &Request) -> Vec<u8> {
                turn_id.record(request.turn().await);
                mode.record(&Mode::new());
                Vec::new()
            }
        },
    );
}

#[test]
fn late_fields_of_a_returned_future() {
    request_span(
        "late_returned",
        quote!(conventions = "jsonrpc", late(id: u64 = "jsonrpc.request.id")),
        quote! {
            fn handle(request: Request) -> impl Future<Output = Reply> {
                id.record(&request.id);
                request.answer()
            }
        },
    );
}

#[test]
fn parameters_that_say_what_is_recorded() {
    request_span(
        "fields_of_types",
        quote!(
            otel_name = params.method,
            fields(rpc.method = params.method),
            late(turn_id: str = "turn.id"),
            on_ok(|reply| reply.id = reply.id)
        ),
        quote! {
            fn handle<'a>(#[fields] params: &'a TurnStart<'_>, #[fields] client: Option<ClientInfo>) -> Reply {
                turn_id.record(params.id);
                answer(params)
            }
        },
    );
}

#[test]
fn a_stream() {
    traced(
        "stream",
        quote!(fields(count)),
        quote! {
            fn items(count: u32) -> impl Stream<Item = u32> {
                stream::iter(0..count)
            }
        },
    );
}

#[test]
fn the_output_of_async_trait() {
    request_span(
        "output_of_async_trait",
        quote!(),
        quote! {
            #[allow(elided_named_lifetimes, clippy::async_yields_async)]
            fn call<'life0, 'async_trait>(
                &'life0 self,
                request: Request,
            ) -> ::core::pin::Pin<
                Box<dyn ::core::future::Future<Output = u8> + ::core::marker::Send + 'async_trait>,
            >
            where
                'life0: 'async_trait,
                Self: 'async_trait,
            {
                Box::pin(async move {
                    if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<u8> {
                        return __ret;
                    }
                    let __self = self;
                    let request = request;
                    let __ret: u8 = { request.number };
                    __ret
                })
            }
        },
    );
}

#[test]
fn a_server() {
    request_span(
        "server",
        quote!(
            fields(rpc.method = request.method),
            on_ok(|reply| reply.id = reply.id),
            on_err(|error| rpc.code = error.code())
        ),
        quote! {
            async fn handle(request: Request, state: &State) -> Result<Reply, Error> {
                state.handle(request).await
            }
        },
    );
}

#[test]
fn a_server_with_options_about_its_carrier() {
    request_span(
        "server_with_options",
        quote!(
            kind = "consumer",
            carrier = request.trace,
            trust = state.trusts(),
            restamp = false
        ),
        quote! {
            fn handle(request: Request, state: &State) -> Reply {
                state.handle(request)
            }
        },
    );
}

#[test]
fn a_server_without_carrier() {
    request_span(
        "server_without_carrier",
        quote!(carrier = none),
        quote!(
            fn tick(&self) {
                self.work();
            }
        ),
    );
}

#[test]
fn links() {
    traced(
        "links",
        quote!(links = attempt, fields(number)),
        quote! {
            async fn connect(attempt: &Attempt, number: u64) -> Result<Connection, Error> {
                dial(number).await
            }
        },
    );
}

#[test]
fn links_of_a_batch_whose_span_opens_later() {
    request_span(
        "links_later",
        quote!(carrier = none, links = batch.messages),
        quote! {
            fn process(batch: Batch) -> impl Future<Output = ()> {
                async move { batch.process().await }
            }
        },
    );
}

#[test]
fn a_session() {
    traced(
        "session",
        quote!(session = self.telemetry, fields(number)),
        quote! {
            async fn listen(&self, number: u64) -> Result<(), Error> {
                self.stream(number).await
            }
        },
    );
}

#[test]
fn a_client() {
    traced(
        "client",
        quote!(kind = "client"),
        quote! {
            async fn send(owned: Request, lent: &mut Other, seen: &str) -> Reply {
                transport(owned, lent, seen).await
            }
        },
    );
}

#[test]
fn a_client_that_names_its_carrier() {
    traced(
        "client_with_carrier",
        quote!(kind = "producer", carrier = request.headers),
        quote! {
            fn send(request: &mut Request) -> Reply {
                transport(request)
            }
        },
    );
}

#[test]
fn patterns() {
    traced(
        "patterns",
        quote!(kind = "consumer", carrier = trace, fields(id)),
        quote! {
            async fn handle(Message { id, trace }: Message, (mut left, _): (u8, u8), _: Guard) -> u8 {
                left
            }
        },
    );
}

#[test]
fn conventions() {
    request_span(
        "conventions",
        quote!(
            conventions = "jsonrpc",
            fields(
                rpc.method = request.method,
                jsonrpc.request.id = request.id,
                rpc.service = "s"
            )
        ),
        quote! {
            fn handle(request: &Request) -> Reply {
                answer(request)
            }
        },
    );
}

#[test]
fn conventions_with_integers_and_a_name_of_two_words() {
    traced(
        "conventions_http",
        quote!(
            conventions = "http",
            kind = "client",
            carrier = none,
            fields(
                http.request.method = method,
                url.template = "/threads",
                server.port = port
            ),
            late(size: u64 = "http.response.body.size"),
            on_ok(|status| http.response.status_code = status)
        ),
        quote!(
            fn call(method: &str, port: u16) -> u16 {
                send(method, port, size)
            }
        ),
    );
}

#[test]
fn a_scope() {
    let expansion = expand(
        Attribute::RelayTraced,
        quote!(scope = crate::RELAY, name = "relay.link"),
        quote!(
            async fn link(&self) -> Result<(), Error> {
                self.connect().await
            }
        ),
    );
    snapshots::check("relay_traced", "scope", expansion);
}

#[test]
fn a_block_of_methods() {
    traced(
        "block",
        quote!(prefix = "threads", level = "debug", err = "message"),
        quote! {
            /// Docs stay.
            #[async_trait]
            unsafe impl<'a, T: Clone> Service<T> for Threads<'a, T>
            where
                T: Send,
            {
                #![allow(unused)]
                type Reply = [u8; { 1 + 2 }];
                const LIMIT: usize = { 1 };
                own_methods!();
                own_methods! { a }

                /// Docs stay here too.
                #[inline]
                pub(crate) async fn start(&mut self, #[field] id: u64) -> Result<(), Error> {
                    self.begin(id).await
                }

                default unsafe fn r#match(&self) -> u8 {
                    1
                }

                fn forever(&self) -> ! {
                    loop {}
                }

                fn items(&self) -> impl Stream<Item = u8> {
                    stream::empty()
                }

                #[traced(skip)]
                const fn count(&self) -> usize {
                    2
                }

                #[tracing_relay::traced(name = "own")]
                fn has_its_own() {}

                #[request_span]
                fn is_a_handler(request: Request) {}

                #[cfg_attr(feature = "traces", relay_traced(scope = RELAY))]
                fn has_its_own_at_times() {}
            }
        },
    );
}

#[test]
fn a_trait() {
    traced(
        "trait",
        quote!(crate = crate::relay),
        quote! {
            pub trait Step: Send {
                type Output;
                const NAME: &'static str;

                fn run(&self) -> Self::Output;

                async fn run_twice(&self) -> (Self::Output, Self::Output) {
                    (self.run(), self.run())
                }
            }
        },
    );
}

#[test]
fn a_block_beside_errors_is_what_it_was() {
    traced(
        "block_with_errors",
        quote!(kind = "client", prefix = "threads."),
        quote! {
            impl Threads {
                #[traced(skip)]
                fn count(&self) {}
                #[track_caller]
                fn start(&self) {}
                const fn limit() {}
            }
        },
    );
}

#[test]
fn two_errors_stand_beside_the_function_as_it_was() {
    request_span(
        "errors",
        quote!(nmae = "x", fields(id = 1, id = 2)),
        quote! {
            const fn handle(#[field] request: Request) -> u8 {
                request.number
            }
        },
    );
}

/// An editor completes in what is expanded: a body that cannot be parsed is in it as it was typed.
#[test]
fn a_half_typed_body_is_expanded_as_it_was_typed() {
    for (header, body) in [
        (
            quote!(fn f(request: Request) -> u8),
            quote!({ let id = request.; id }),
        ),
        (
            quote!(async fn f(&self, request: Request)),
            quote!({ let id = 1; self.send(id,,) }),
        ),
        (
            quote!(fn f(request: Request) -> Pin<Box<dyn Future<Output = u8>>>),
            quote!({ let id = 1; Box::pin(async move { match request. { id } }) }),
        ),
        (
            quote!(fn f(request: Request) -> impl Stream<Item = u8>),
            quote!({ if let = }),
        ),
    ] {
        for attribute in [Attribute::RequestSpan, Attribute::Traced] {
            let expansion = expand(attribute, quote!(), quote!(#header #body)).to_string();
            assert!(!expansion.contains("compile_error"), "{expansion}");
            assert!(expansion.contains("fn f ("), "{expansion}");
            let typed = body.to_string();
            let typed = typed.trim_start_matches("{ ").trim_end_matches(" }");
            assert!(expansion.contains(typed), "{typed}\n{expansion}");
        }
        let block = quote!(impl Service { #header #body const LIMIT: u8 = 1; });
        let expansion = expand(Attribute::Traced, quote!(), block).to_string();
        assert!(expansion.contains(&body.to_string()), "{expansion}");
    }
}

#[test]
fn a_renamed_crate_is_the_only_one_in_every_expansion() {
    for (args, item) in [
        (
            quote!(
                links = request,
                session = request.session,
                fields(a = 1),
                trust = t,
                on_ok(b = 1),
                on_err(c = 1)
            ),
            quote!(
                async fn f(request: Request, (x, _): (u8, u8)) -> Result<u8, u8> {}
            ),
        ),
        (
            quote!(kind = "client"),
            quote!(
                fn f(request: Request) -> impl Future<Output = u8> {
                    async move { request.send() }
                }
            ),
        ),
        (
            quote!(conventions = "jsonrpc"),
            quote!(
                fn f(request: Request) -> Pin<Box<dyn Stream<Item = u8>>> {}
            ),
        ),
        (
            quote!(carrier = none),
            quote!(
                fn f() -> ! {}
            ),
        ),
    ] {
        let expansion = expand(
            Attribute::RequestSpan,
            quote!(crate = ::renamed::relay, #args),
            item,
        );
        let words = words_of(expansion);
        assert!(!words.contains(&"tracing_relay".to_owned()), "{words:?}");
        assert!(!words.contains(&"compile_error".to_owned()), "{words:?}");
        assert!(words.contains(&"renamed".to_owned()), "{words:?}");
    }
}

/// The identifiers in some tokens.
fn words_of(tokens: TokenStream) -> Vec<String> {
    crate::item::idents_in(tokens)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_option_is_documented() {
    for table in [
        &args::REQUEST_SPAN,
        &args::TRACED,
        &args::TRACED_BLOCK,
        &args::RELAY_TRACED,
    ] {
        snapshots::check_documented("functions.rs", table);
    }
}
