async fn call(mut self, request: Request) -> Result<Reply, Error> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "call",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .showing(::tracing_relay::__private::ErrorDetail::Message),
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::Outcome as _;
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    let __tracing_relay_span = {
        ::tracing_relay::__private::Span::start(&__TRACING_RELAY_SITE)
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            ::tracing_relay::__private::outcome_probe::<Result<Reply, Error>>()
                .relay_finish(),
            async move {
                let _ = &self;
                #[allow(clippy::shadow_same)]
                let request = request;
                if false {
                    return ::tracing_relay::__private::any_value::<
                        Result<Reply, Error>,
                    >();
                }
                { self.inner.call(request).await }
            },
        )
        .await
}
