async fn send(mut owned: Request, lent: &mut Other, seen: &str) -> Reply {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
            &__TRACING_RELAY_SITE,
            "send",
            ::core::module_path!(),
            ::tracing_relay::__private::Level::INFO,
            &["otel.kind", "trace_id", "span_id", "relay.outcome", "error.type"],
            0usize,
        )
        .of_kind(::tracing_relay::__private::Kind::Client);
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
        let __tracing_relay_span = __tracing_relay_opening.open(&[]);
        {
            #[allow(unused_imports)]
            use ::tracing_relay::__private::FindNoOutgoingCarrier as _;
            ::tracing_relay::__private::Outgoing::send(
                ::tracing_relay::__private::OnlyOneParameterCarries::no_other(
                    ::tracing_relay::__private::AParameterCanCarry::one_goes_out(
                        ::tracing_relay::__private::Carriers::none()
                            .and(
                                ::tracing_relay::__private::OutgoingProbe(&mut owned)
                                    .relay_find(),
                            )
                            .and(
                                ::tracing_relay::__private::OutgoingProbe(&mut *lent)
                                    .relay_find(),
                            )
                            .and(
                                ::tracing_relay::__private::OutgoingProbe(&mut &*seen)
                                    .relay_find(),
                            ),
                    ),
                ),
                &__tracing_relay_span,
            );
        }
        __tracing_relay_span
    };
    let __tracing_relay_finish = {
        use ::tracing_relay::__private::Outcome as _;
        (&&&&&&::tracing_relay::__private::OutcomeProbe::<Reply>::NEW).relay_finish()
    };
    #[allow(clippy::async_yields_async)]
    let __tracing_relay_future = async move {
        if false {
            return ::tracing_relay::__private::any_value::<Reply>();
        }
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::redundant_locals,
            clippy::shadow_same,
            clippy::used_underscore_binding
        )]
        let owned = owned;
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::redundant_locals,
            clippy::shadow_same,
            clippy::used_underscore_binding
        )]
        let lent = lent;
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::redundant_locals,
            clippy::shadow_same,
            clippy::used_underscore_binding
        )]
        let seen = seen;
        { transport(owned, lent, seen).await }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            __tracing_relay_future,
            __tracing_relay_finish,
        )
        .await
}
