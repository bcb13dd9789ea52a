/// Docs stay.
#[inline]
pub(crate) fn add<T: Add>(left: T, right: T) -> T::Output
where
    T: Copy,
{
    #![allow(unused_mut)]
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::new(
        "add",
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
    let __tracing_relay_span = {
        ::tracing_relay::__private::Span::start(&__TRACING_RELAY_SITE)
    };
    {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::PlainReturn as _;
        ::tracing_relay::__private::IsThereOnReturn::check(
            ::tracing_relay::__private::ReturnProbe::<T::Output>::NEW.relay_answer(),
        );
    }
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> T::Output {
            #[allow(clippy::shadow_same)]
            let left = left;
            #[allow(clippy::shadow_same)]
            let mut right = right;
            { left + right }
        },
        ::tracing_relay::__private::outcome_probe::<T::Output>().relay_finish(),
    )
}
