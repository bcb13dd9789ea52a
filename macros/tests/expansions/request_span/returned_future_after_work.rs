fn handle(&self, request: Request) -> impl Future<Output = Reply> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "handle",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Server)
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
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let (__tracing_relay_opening, __tracing_relay_values) = {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::FindNoCarrier as _;
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::receiving(
                &__TRACING_RELAY_SITE,
                &::tracing_relay::__private::OnlyOneParameterCarries::no_other(
                    ::tracing_relay::__private::AParameterCarries::one_comes_in(
                        ::tracing_relay::__private::Carriers::none()
                            .and(
                                ::tracing_relay::__private::ParameterProbe(&request)
                                    .relay_find(),
                            ),
                    ),
                ),
            )
            .within(::tracing_relay::__private::Ambience::read(&__TRACING_RELAY_SITE));
        let __tracing_relay_values = if __tracing_relay_opening.wants_fields() {
            ::tracing_relay::__private::OwnedValues::new(&[])
        } else {
            ::tracing_relay::__private::OwnedValues::new(&[])
        };
        (__tracing_relay_opening, __tracing_relay_values)
    };
    ::tracing_relay::__private::in_deferred_span(
        __tracing_relay_opening,
        __tracing_relay_values,
        ::tracing_relay::__private::output_is::<
            Reply,
            _,
        >(
            (move || {
                #[allow(clippy::shadow_same)]
                let request = request;
                let _ = &request;
                {
                    let answering = self.answer(request);
                    async move { answering.await }
                }
            })(),
        ),
        |
            __tracing_relay_finish: &mut ::tracing_relay::__private::Finish<'_>,
            __tracing_relay_result|
        {
            ::tracing_relay::__private::outcome_probe_of(__tracing_relay_result)
                .relay_finish()(__tracing_relay_finish, __tracing_relay_result);
        },
    )
}
