async fn handle(
    mut __tracing_relay_p0: Message,
    __tracing_relay_p1: (u8, u8),
    __tracing_relay_p2: Guard,
) -> u8 {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "handle",
        ::core::module_path!(),
        &["id"],
        1usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Consumer),
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::{Outcome as _, Recorded as _, Unrecordable as _};
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    let __tracing_relay_span = {
        #[allow(unused_variables, clippy::used_underscore_binding)]
        let Message { id, trace } = &__tracing_relay_p0;
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::receiving(
            &__TRACING_RELAY_SITE,
            &(trace),
        );
        let __tracing_relay_span = if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open(
                    &[(&&&&::tracing_relay::__private::ValueProbe(&(id))).relay_value()],
                )
        } else {
            __tracing_relay_opening.open(&[])
        };
        {
            #[allow(unused_imports)]
            use ::tracing_relay::__private::LeaveAlone as _;
            #[allow(unused_variables, clippy::used_underscore_binding)]
            let Message { id, trace } = &mut __tracing_relay_p0;
            ::tracing_relay::__private::RestampProbe(&mut *trace)
                .relay_restamp(&__tracing_relay_span);
        }
        __tracing_relay_span
    };
    #[allow(clippy::async_yields_async)]
    let __tracing_relay_future = async move {
        #[allow(
            clippy::shadow_same,
            clippy::no_effect_underscore_binding,
            clippy::used_underscore_binding
        )]
        let __tracing_relay_p0 = __tracing_relay_p0;
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::shadow_reuse,
            clippy::shadow_unrelated,
            clippy::toplevel_ref_arg
        )]
        let Message { id, trace } = __tracing_relay_p0;
        let _ = &trace;
        let _ = &id;
        #[allow(
            clippy::shadow_same,
            clippy::no_effect_underscore_binding,
            clippy::used_underscore_binding
        )]
        let __tracing_relay_p1 = __tracing_relay_p1;
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::shadow_reuse,
            clippy::shadow_unrelated,
            clippy::toplevel_ref_arg
        )]
        let (mut left, _) = __tracing_relay_p1;
        #[allow(
            clippy::shadow_same,
            clippy::no_effect_underscore_binding,
            clippy::used_underscore_binding
        )]
        let __tracing_relay_p2 = __tracing_relay_p2;
        if false {
            return ::tracing_relay::__private::any_value::<u8>();
        }
        { left }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            ::tracing_relay::__private::outcome_probe::<u8>().relay_finish(),
            __tracing_relay_future,
        )
        .await
}
