fn items(count: u32) -> impl Stream<Item = u32> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        "items",
        ::core::module_path!(),
        &["count"],
        1usize,
    );
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
            ::tracing_relay::__private::OwnedValues::new(
                &[::tracing_relay::__private::FieldValue::field_value(&count)],
            )
        } else {
            ::tracing_relay::__private::OwnedValues::new(&[])
        };
        (__tracing_relay_opening, __tracing_relay_values)
    };
    ::tracing_relay::__private::in_span_stream(
        __tracing_relay_opening,
        __tracing_relay_values,
        (move || { { stream::iter(0..count) } })(),
    )
}
