fn send(request: &mut Request) -> Reply {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "send",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Producer),
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
        let __tracing_relay_span = ::tracing_relay::__private::Span::start(
            &__TRACING_RELAY_SITE,
        );
        {
            __tracing_relay_span.send(&mut request.headers);
        }
        __tracing_relay_span
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
            { transport(request) }
        },
        ::tracing_relay::__private::outcome_probe::<Reply>().relay_finish(),
    )
}
