fn forever() -> ! {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        &__TRACING_RELAY_SITE,
        "forever",
        ::core::module_path!(),
        ::tracing_relay::__private::Level::INFO,
        &[
            ::tracing_relay::__private::KIND_KEY,
            "trace_id",
            "span_id",
            "relay.outcome",
            "error.type",
        ],
        0usize,
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    let __tracing_relay_span = {
        ::tracing_relay::__private::Span::start(&__TRACING_RELAY_SITE)
    };
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> ! { { loop {} } },
        ::tracing_relay::__private::never_fails,
    )
}
