async fn run(id: u64, list: &[u8]) -> Result<u8, Error> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = {
        static CALLSITE: ::tracing_relay::__private::DefaultCallsite = ::tracing_relay::__private::DefaultCallsite::new(
            &METADATA,
        );
        static METADATA: ::tracing_relay::__private::Metadata<'static> = ::tracing_relay::__private::Metadata::new(
            "turn.run",
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
                    "turn.id",
                    "list",
                ],
                ::tracing_relay::__private::Identifier(&CALLSITE),
            ),
            ::tracing_relay::__private::MetadataKind::SPAN,
        );
        ::tracing_relay::__private::SpanSite::new(
            &CALLSITE,
            &METADATA,
            ::tracing_relay::__private::Kind::Internal,
            2usize,
        )
    };
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let __tracing_relay_span = {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::{
            ByDisplay as _, ByFieldValue as _, Unrecordable as _,
        };
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open(
                    &[
                        (&&&::tracing_relay::__private::ValueProbe(&(id))).relay_value(),
                        ::tracing_relay::__private::debug(&(list)),
                    ],
                )
        } else {
            __tracing_relay_opening.open(&[])
        }
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
            let __tracing_relay_returned: Result<u8, Error> = loop {};
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
        let list = list;
        let _ = &list;
        { step(id).await }
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
