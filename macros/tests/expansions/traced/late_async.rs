async fn run(id: u64, request: &Request) -> Vec<u8> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "run",
        ::core::module_path!(),
        &["id", "otel.name", "turn.id", "app.mode", "reply.length"],
        1usize,
        &::tracing_relay::__private::SpanOptions::NONE.named_by(&[1usize]),
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::{Outcome as _, Recorded as _, Unrecordable as _};
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    let (__tracing_relay_span, __tracing_relay_late) = {
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        let (__tracing_relay_opening, __tracing_relay_late) = __tracing_relay_opening
            .late_fields();
        let __tracing_relay_span = if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open(
                    &[
                        ::tracing_relay::__private::FieldValue::field_value(&id),
                        (&&&&::tracing_relay::__private::ValueProbe(&(request.method)))
                            .relay_value(),
                    ],
                )
        } else {
            __tracing_relay_opening.open(&[])
        };
        (__tracing_relay_span, __tracing_relay_late)
    };
    #[allow(clippy::async_yields_async)]
    let __tracing_relay_future = async move {
        #[allow(clippy::shadow_same)]
        let request = request;
        let _ = &request;
        if false {
            return ::tracing_relay::__private::any_value::<Vec<u8>>();
        }
        #[allow(clippy::absolute_paths)]
        let turn_id = ::tracing_relay::__private::LateFields::field::<
            str,
        >(
            &__tracing_relay_late,
            2usize,
            |__tracing_relay_value| {
                #[allow(unused_imports)]
                use ::tracing_relay::__private::{Recorded as _, Unrecordable as _};
                (&&&&::tracing_relay::__private::ValueProbe(&(**__tracing_relay_value)))
                    .relay_value()
            },
        );
        #[allow(clippy::absolute_paths)]
        let mode = ::tracing_relay::__private::LateFields::debugged::<
            Mode<'_>,
        >(&__tracing_relay_late, 3usize);
        {
            turn_id.record(request.turn().await);
            mode.record(&Mode::new());
            Vec::new()
        }
    };
    ::tracing_relay::__private::in_span_async_with(
            __tracing_relay_span,
            __tracing_relay_future,
            |
                __tracing_relay_finish: &mut ::tracing_relay::__private::Finish<'_>,
                __tracing_relay_result|
            {
                #[allow(unused_imports)]
                use ::tracing_relay::__private::{
                    Recorded as _, Unrecordable as _, WholeResult as _,
                };
                if let ::tracing_relay::__private::Option::Some(reply) = ::tracing_relay::__private::ResultProbe(
                        __tracing_relay_result,
                    )
                    .relay_ok()
                {
                    __tracing_relay_finish
                        .record(
                            4usize,
                            &[
                                (&&&&::tracing_relay::__private::ValueProbe(&(reply.len())))
                                    .relay_value(),
                            ],
                        );
                }
                ::tracing_relay::__private::outcome_probe_of(__tracing_relay_result)
                    .relay_finish()(__tracing_relay_finish, __tracing_relay_result);
            },
        )
        .await
}
