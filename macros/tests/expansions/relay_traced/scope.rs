async fn link(&self) -> Result<(), Error> {
    static __TRACING_RELAY_SCOPE: &::tracing_relay::__private::TraceScope = &crate::RELAY;
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "relay.link",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .showing(::tracing_relay::__private::ErrorDetail::Chain),
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
        ::tracing_relay::__private::Span::start_in(
            __TRACING_RELAY_SCOPE,
            &__TRACING_RELAY_SITE,
        )
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            ::tracing_relay::__private::outcome_probe::<Result<(), Error>>()
                .relay_finish(),
            async move {
                if false {
                    return ::tracing_relay::__private::any_value::<Result<(), Error>>();
                }
                { self.connect().await }
            },
        )
        .await
}
