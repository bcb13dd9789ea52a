fn nothing() {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "nothing",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .at(::tracing_relay::__private::Level::DEBUG)
            .with_target("app")
            .without_log_ids()
            .sampled(0.1),
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
        move || -> () { {} },
        ::tracing_relay::__private::never_fails,
    )
}
