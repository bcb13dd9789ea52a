async fn link(&self) -> Result<(), Error> {
    const _: &::tracing_relay::__private::TraceScope = &crate::RELAY;
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = {
        static CALLSITE: ::tracing_relay::__private::DefaultCallsite = ::tracing_relay::__private::DefaultCallsite::new(
            &METADATA,
        );
        static METADATA: ::tracing_relay::__private::Metadata<'static> = ::tracing_relay::__private::Metadata::new(
            "relay.link",
            ::core::module_path!(),
            ::tracing_relay::__private::Level::INFO,
            ::tracing_relay::__private::Option::Some(::core::file!()),
            ::tracing_relay::__private::Option::Some(::core::line!()),
            ::tracing_relay::__private::Option::Some(::core::module_path!()),
            ::tracing_relay::__private::FieldSet::new(
                &["otel.kind", "trace_id", "span_id", "relay.outcome", "error.type"],
                ::tracing_relay::__private::Identifier(&CALLSITE),
            ),
            ::tracing_relay::__private::MetadataKind::SPAN,
        );
        ::tracing_relay::__private::SpanSite::new(
            &CALLSITE,
            &METADATA,
            ::tracing_relay::__private::Kind::Internal,
            0usize,
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
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        __tracing_relay_opening.open(&[])
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
            let __tracing_relay_returned: Result<(), Error> = loop {};
            return __tracing_relay_returned;
        }
        { self.connect().await }
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
                        ::tracing_relay::__private::ErrorDetail::Chain,
                    );
            },
        )
        .await
}
