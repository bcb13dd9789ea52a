/// Docs stay.
#[inline]
pub(crate) fn add<T: Add>(left: T, right: T) -> T::Output
where
    T: Copy,
{
    #![allow(unused_mut)]
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        &__TRACING_RELAY_SITE,
        "add",
        ::core::module_path!(),
        ::tracing_relay::__private::Level::INFO,
        &["otel.kind", "trace_id", "span_id", "relay.outcome", "error.type"],
        0usize,
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let __tracing_relay_span = {
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        __tracing_relay_opening.open(&[])
    };
    let __tracing_relay_finish = {
        use ::tracing_relay::__private::Outcome as _;
        {
            #[allow(unused_imports)]
            use ::tracing_relay::__private::PlainReturn as _;
            ::tracing_relay::__private::IsThereOnReturn::check(
                ::tracing_relay::__private::ReturnProbe::<T::Output>::NEW.relay_answer(),
            );
        }
        (&&&&&&::tracing_relay::__private::OutcomeProbe::<T::Output>::NEW).relay_finish()
    };
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> T::Output {
            #[allow(
                clippy::no_effect_underscore_binding,
                clippy::redundant_locals,
                clippy::shadow_same,
                clippy::used_underscore_binding
            )]
            let left = left;
            #[allow(
                clippy::no_effect_underscore_binding,
                clippy::redundant_locals,
                clippy::shadow_same,
                clippy::used_underscore_binding
            )]
            let mut right = right;
            { left + right }
        },
        __tracing_relay_finish,
    )
}
