async fn run(id: u64, request: &Request) -> Vec<u8> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = {
        static CALLSITE: ::tracing_relay::__private::DefaultCallsite = ::tracing_relay::__private::DefaultCallsite::new(
            &METADATA,
        );
        static METADATA: ::tracing_relay::__private::Metadata<'static> = ::tracing_relay::__private::Metadata::new(
            "run",
            ::core::module_path!(),
            ::tracing_relay::__private::Level::INFO,
            ::tracing_relay::__private::Option::Some(::core::file!()),
            ::tracing_relay::__private::Option::Some(::core::line!()),
            ::tracing_relay::__private::Option::Some(::core::module_path!()),
            ::tracing_relay::__private::FieldSet::new(
                &[
                    "otel.kind",
                    "trace_id",
                    "span_id",
                    "relay.outcome",
                    "error.type",
                    "id",
                    "otel.name",
                    "turn.id",
                    "app.mode",
                    "reply.length",
                ],
                ::tracing_relay::__private::Identifier(&CALLSITE),
            ),
            ::tracing_relay::__private::MetadataKind::SPAN,
        );
        ::tracing_relay::__private::SpanSite::new(
                &CALLSITE,
                &METADATA,
                ::tracing_relay::__private::Kind::Internal,
                1usize,
            )
            .named_by(1usize)
    };
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let (__tracing_relay_span, __tracing_relay_late) = {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::{
            ByDisplay as _, ByFieldValue as _, Unrecordable as _,
        };
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        let (__tracing_relay_opening, __tracing_relay_late) = __tracing_relay_opening
            .late_fields();
        let __tracing_relay_span = if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open(
                    &[
                        (&&&::tracing_relay::__private::ValueProbe(&(id))).relay_value(),
                        (&&&::tracing_relay::__private::ValueProbe(&(request.method)))
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
        #[allow(
            unreachable_code,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::let_unit_value,
            clippy::needless_return,
            clippy::unreachable
        )]
        if false {
            let __tracing_relay_returned: Vec<u8> = loop {};
            return __tracing_relay_returned;
        }
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::redundant_locals,
            clippy::shadow_same,
            clippy::used_underscore_binding
        )]
        let id = id;
        let _ = &id;
        #[allow(
            clippy::no_effect_underscore_binding,
            clippy::redundant_locals,
            clippy::shadow_same,
            clippy::used_underscore_binding
        )]
        let request = request;
        let _ = &request;
        #[allow(clippy::absolute_paths)]
        let turn_id = ::tracing_relay::__private::LateFields::field::<
            str,
        >(
            &__tracing_relay_late,
            2usize,
            |__tracing_relay_value| {
                #[allow(unused_imports)]
                use ::tracing_relay::__private::{
                    ByDisplay as _, ByFieldValue as _, Unrecordable as _,
                };
                (&&&::tracing_relay::__private::ValueProbe(&(*__tracing_relay_value)))
                    .relay_value()
            },
        );
        #[allow(clippy::absolute_paths)]
        let mode = ::tracing_relay::__private::LateFields::field::<
            Mode<'_>,
        >(
            &__tracing_relay_late,
            3usize,
            |__tracing_relay_value| {
                #[allow(unused_imports)]
                use ::tracing_relay::__private::{
                    ByDisplay as _, ByFieldValue as _, Unrecordable as _,
                };
                ::tracing_relay::__private::debug(&(*__tracing_relay_value))
            },
        );
        {
            turn_id.record(request.turn().await);
            mode.record(&Mode::new());
            Vec::new()
        }
    };
    ::tracing_relay::__private::in_span_async(
            __tracing_relay_span,
            __tracing_relay_future,
            |
                __tracing_relay_finish: &mut ::tracing_relay::__private::Finish<'_>,
                __tracing_relay_result|
            {
                #[allow(unused_imports)]
                use ::tracing_relay::__private::{
                    Chained as _, ChainedSend as _, Erroneous as _, Named as _,
                    NeverFails as _, Worded as _,
                };
                #[allow(unused_imports)]
                use ::tracing_relay::__private::{
                    ByDisplay as _, ByFieldValue as _, Unrecordable as _,
                    WholeResult as _,
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
                                (&&&::tracing_relay::__private::ValueProbe(&(reply.len())))
                                    .relay_value(),
                            ],
                        );
                }
                __tracing_relay_finish
                    .failure(
                        (&&&&&&::tracing_relay::__private::OutcomeProbe(
                            __tracing_relay_result,
                        ))
                            .relay_failure(),
                        ::tracing_relay::__private::ErrorDetail::Type,
                    );
            },
        )
        .await
}
