fn forever() -> ! {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        "forever",
        ::core::module_path!(),
        &[],
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
