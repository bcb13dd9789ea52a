fn forever() -> ! {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        &__TRACING_RELAY_SITE,
        "forever",
        ::core::module_path!(),
        ::tracing_relay::__private::Level::INFO,
        &["otel.kind", "trace_id", "span_id", "relay.outcome", "error.type"],
        0usize,
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let __tracing_relay_span = {
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        __tracing_relay_opening.open(&[])
    };
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> ! { { loop {} } },
        ::tracing_relay::__private::never_fails,
    )
}
