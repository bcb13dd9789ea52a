async fn run(id: u64, list: &[u8]) -> Result<u8, Error> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        "turn.run",
        ::core::module_path!(),
        &["turn.id", "list"],
        2usize,
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
        {
            let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
                &__TRACING_RELAY_SITE,
            );
            if __tracing_relay_opening.wants_fields() {
                __tracing_relay_opening
                    .open(
                        &[
                            ::tracing_relay::__private::FieldValue::field_value(&id),
                            ::tracing_relay::__private::debug(&(list)),
                        ],
                    )
            } else {
                __tracing_relay_opening.open(&[])
            }
        }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            ::tracing_relay::__private::outcome_probe::<Result<u8, Error>>()
                .relay_finish(),
            async move {
                #[allow(clippy::shadow_same)]
                let list = list;
                let _ = &list;
                if false {
                    return ::tracing_relay::__private::any_value::<Result<u8, Error>>();
                }
                { step(id).await }
            },
        )
        .await
}
