async fn send(mut owned: Request, lent: &mut Other, seen: &str) -> Reply {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "send",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Client),
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::Outcome as _;
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let __tracing_relay_span = {
        let __tracing_relay_span = ::tracing_relay::__private::Span::start(
            &__TRACING_RELAY_SITE,
        );
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
    #[allow(clippy::async_yields_async)]
    let __tracing_relay_future = async move {
        #[allow(clippy::shadow_same)]
        let owned = owned;
        #[allow(clippy::shadow_same)]
        let lent = lent;
        if false {
            return ::tracing_relay::__private::any_value::<Reply>();
        }
        { transport(owned, lent, seen).await }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            ::tracing_relay::__private::outcome_probe::<Reply>().relay_finish(),
            __tracing_relay_future,
        )
        .await
}
