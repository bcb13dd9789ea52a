fn tick(&self) {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "tick",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Server)
            .from_environment(),
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    let __tracing_relay_span = {
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::receiving(
            &__TRACING_RELAY_SITE,
            &::tracing_relay::__private::Extracted::absent(),
        );
        __tracing_relay_opening.open(&[])
    };
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> () {
            {
                self.work();
            }
        },
        ::tracing_relay::__private::never_fails,
    )
}
