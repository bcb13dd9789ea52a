fn handle(request: Request, state: &State) -> Reply {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "handle",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Consumer)
            .from_environment(),
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::Outcome as _;
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    let __tracing_relay_span = {
        let __tracing_relay_opening = {
            let __tracing_relay_trusted: ::core::primitive::bool = state.trusts();
            ::tracing_relay::__private::Opening::receiving_if(
                __tracing_relay_trusted,
                &__TRACING_RELAY_SITE,
                &(request.trace),
            )
        };
        __tracing_relay_opening.open(&[])
    };
    {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::PlainReturn as _;
        ::tracing_relay::__private::IsThereOnReturn::check(
            ::tracing_relay::__private::ReturnProbe::<Reply>::NEW.relay_answer(),
        );
    }
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> Reply {
            #[allow(clippy::shadow_same)]
            let request = request;
            let _ = &request;
            #[allow(clippy::shadow_same)]
            let state = state;
            let _ = &state;
            { state.handle(request) }
        },
        ::tracing_relay::__private::outcome_probe::<Reply>().relay_finish(),
    )
}
