fn process(batch: Batch) -> impl Future<Output = ()> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "process",
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
    let (__tracing_relay_opening, __tracing_relay_values) = {
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::receiving(
                &__TRACING_RELAY_SITE,
                &::tracing_relay::__private::Extracted::absent(),
            )
            .within(::tracing_relay::__private::Ambience::read(&__TRACING_RELAY_SITE));
        let __tracing_relay_opening = if __tracing_relay_opening.wants_links() {
            __tracing_relay_opening.linked(&(batch.messages))
        } else {
            __tracing_relay_opening
        };
        let __tracing_relay_values = if __tracing_relay_opening.wants_fields() {
            ::tracing_relay::__private::OwnedValues::new(&[])
        } else {
            ::tracing_relay::__private::OwnedValues::new(&[])
        };
        (__tracing_relay_opening, __tracing_relay_values)
    };
    async move {
        let __tracing_relay_span = __tracing_relay_opening
            .open_owned(&__tracing_relay_values);
        #[allow(clippy::async_yields_async)]
        let __tracing_relay_future = async move {
            if false {
                return ::tracing_relay::__private::any_value::<()>();
            }
            { batch.process().await }
        };
        ::tracing_relay::__private::in_span_async(
                __tracing_relay_span,
                ::tracing_relay::__private::never_fails,
                __tracing_relay_future,
            )
            .await
    }
}
