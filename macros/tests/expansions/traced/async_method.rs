async fn call(mut self, request: Request) -> Result<Reply, Error> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
            &__TRACING_RELAY_SITE,
            "call",
            ::core::module_path!(),
            ::tracing_relay::__private::Level::INFO,
            &["otel.kind", "trace_id", "span_id", "relay.outcome", "error.type"],
            0usize,
        )
        .showing(::tracing_relay::__private::ErrorDetail::Message);
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
        (&&&&&&::tracing_relay::__private::OutcomeProbe::<Result<Reply, Error>>::NEW)
            .relay_finish()
    };
    #[allow(clippy::async_yields_async)]
    let __tracing_relay_future = async move {
        if false {
            return ::tracing_relay::__private::any_value::<Result<Reply, Error>>();
        }
        let _ = &self;
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::redundant_locals,
            clippy::shadow_same,
            clippy::used_underscore_binding
        )]
        let request = request;
        { self.inner.call(request).await }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            __tracing_relay_future,
            __tracing_relay_finish,
        )
        .await
}
