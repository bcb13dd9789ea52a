fn items(count: u32) -> impl Stream<Item = u32> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        &__TRACING_RELAY_SITE,
        "items",
        ::core::module_path!(),
        ::tracing_relay::__private::Level::INFO,
        &["otel.kind", "trace_id", "span_id", "relay.outcome", "error.type", "count"],
        1usize,
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let (__tracing_relay_opening, __tracing_relay_values) = {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::Recorded as _;
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
                &__TRACING_RELAY_SITE,
            )
            .within(::tracing_relay::__private::Ambience::read(&__TRACING_RELAY_SITE));
        let __tracing_relay_values = if __tracing_relay_opening.wants_fields() {
            ::tracing_relay::__private::OwnedValues::new(
                &[(&&&&::tracing_relay::__private::ValueProbe(&(count))).relay_value()],
            )
        } else {
            ::tracing_relay::__private::OwnedValues::new(&[])
        };
        (__tracing_relay_opening, __tracing_relay_values)
    };
    ::tracing_relay::__private::in_span_stream(
        __tracing_relay_opening,
        __tracing_relay_values,
        (move || {
            #[allow(
                clippy::no_effect_underscore_binding,
                clippy::redundant_locals,
                clippy::shadow_same,
                clippy::used_underscore_binding
            )]
            let count = count;
            let _ = &count;
            { stream::iter(0..count) }
        })(),
    )
}
