fn handle<'a>(&'a self) -> Pin<Box<dyn Future<Output = u8> + Send + 'a>> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        "handle",
        ::core::module_path!(),
        &[],
        0usize,
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::Outcome as _;
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
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
            |
                __tracing_relay_finish: &mut ::tracing_relay::__private::Finish<'_>,
                __tracing_relay_result|
            {
                ::tracing_relay::__private::outcome_probe_of(__tracing_relay_result)
                    .relay_finish()(__tracing_relay_finish, __tracing_relay_result);
            },
        ),
    )
}
