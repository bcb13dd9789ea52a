async fn link(&self) -> Result<(), Error> {
    const _: &::tracing_relay::__private::TraceScope = &crate::RELAY;
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
            &__TRACING_RELAY_SITE,
            "relay.link",
            ::core::module_path!(),
            ::tracing_relay::__private::Level::INFO,
            &["otel.kind", "trace_id", "span_id", "relay.outcome", "error.type"],
            0usize,
        )
        .showing(::tracing_relay::__private::ErrorDetail::Chain);
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
    let __tracing_relay_finish = {
        use ::tracing_relay::__private::Outcome as _;
        (&&&&&&::tracing_relay::__private::OutcomeProbe::<Result<(), Error>>::NEW)
            .relay_finish()
    };
    #[allow(clippy::async_yields_async)]
    let __tracing_relay_future = async move {
        if false {
            return ::tracing_relay::__private::any_value::<Result<(), Error>>();
        }
        { self.connect().await }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            __tracing_relay_future,
            __tracing_relay_finish,
        )
        .await
}
