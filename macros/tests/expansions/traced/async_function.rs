async fn run(id: u64, list: &[u8]) -> Result<u8, Error> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        &__TRACING_RELAY_SITE,
        "turn.run",
        ::core::module_path!(),
        ::tracing_relay::__private::Level::INFO,
        &[
            "otel.kind",
            "trace_id",
            "span_id",
            "relay.outcome",
            "error.type",
            "turn.id",
            "list",
        ],
        2usize,
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let __tracing_relay_span = {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::Recorded as _;
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open(
                    &[
                        (&&&&::tracing_relay::__private::ValueProbe(&(id)))
                            .relay_value(),
                        ::tracing_relay::__private::debug(&(list)),
                    ],
                )
        } else {
            __tracing_relay_opening.open(&[])
        }
    };
    let __tracing_relay_finish = {
        use ::tracing_relay::__private::Outcome as _;
        (&&&&&&::tracing_relay::__private::OutcomeProbe::<Result<u8, Error>>::NEW)
            .relay_finish()
    };
    #[allow(clippy::async_yields_async)]
    let __tracing_relay_future = async move {
        if false {
            return ::tracing_relay::__private::any_value::<Result<u8, Error>>();
        }
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::redundant_locals,
            clippy::shadow_same,
            clippy::used_underscore_binding
        )]
        let id = id;
        let _ = &id;
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::redundant_locals,
            clippy::shadow_same,
            clippy::used_underscore_binding
        )]
        let list = list;
        let _ = &list;
        { step(id).await }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            __tracing_relay_future,
            __tracing_relay_finish,
        )
        .await
}
