async fn connect(attempt: &Attempt, number: u64) -> Result<Connection, Error> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        "connect",
        ::core::module_path!(),
        &["number"],
        1usize,
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
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        let __tracing_relay_opening = if __tracing_relay_opening.wants_links() {
            __tracing_relay_opening.linked(&(attempt))
        } else {
            __tracing_relay_opening
        };
        if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open(&[::tracing_relay::__private::FieldValue::field_value(&number)])
        } else {
            __tracing_relay_opening.open(&[])
        }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            ::tracing_relay::__private::outcome_probe::<Result<Connection, Error>>()
                .relay_finish(),
            async move {
                #[allow(clippy::shadow_same)]
                let attempt = attempt;
                let _ = &attempt;
                if false {
                    return ::tracing_relay::__private::any_value::<
                        Result<Connection, Error>,
                    >();
                }
                { dial(number).await }
            },
        )
        .await
}
