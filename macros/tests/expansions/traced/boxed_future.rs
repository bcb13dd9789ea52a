fn handle<'a>(&'a self) -> Pin<Box<dyn Future<Output = u8> + Send + 'a>> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        &__TRACING_RELAY_SITE,
        "handle",
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
    let (__tracing_relay_opening, __tracing_relay_values) = {
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
                &__TRACING_RELAY_SITE,
            )
            .within(::tracing_relay::__private::Ambience::read(&__TRACING_RELAY_SITE));
        let __tracing_relay_values = if __tracing_relay_opening.wants_fields() {
            ::tracing_relay::__private::OwnedValues::new(&[])
        } else {
            ::tracing_relay::__private::OwnedValues::new(&[])
        };
        (__tracing_relay_opening, __tracing_relay_values)
    };
    let __tracing_relay_finish = {
        use ::tracing_relay::__private::Outcome as _;
        (&&&&&&::tracing_relay::__private::OutcomeProbe::<u8>::NEW).relay_finish()
    };
    ::tracing_relay::__private::Box::pin(
        ::tracing_relay::__private::in_deferred_span(
            __tracing_relay_opening,
            __tracing_relay_values,
            ::tracing_relay::__private::output_is::<
                u8,
                _,
            >(
                (move || -> Pin<Box<dyn Future<Output = u8> + Send + 'a>> {
                    { self.answer().boxed() }
                })(),
            ),
            __tracing_relay_finish,
        ),
    )
}
