fn handle(&self, mut request: Request) -> impl Future<Output = Reply> + Send {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = {
        static CALLSITE: ::tracing_relay::__private::DefaultCallsite = ::tracing_relay::__private::DefaultCallsite::new(
            &METADATA,
        );
        static METADATA: ::tracing_relay::__private::Metadata<'static> = ::tracing_relay::__private::Metadata::new(
            "handle",
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
                ::tracing_relay::__private::Kind::Server,
                0usize,
            )
            .from_environment()
    };
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let (__tracing_relay_opening, __tracing_relay_values) = {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::FindNoCarrier as _;
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::receiving(
                &__TRACING_RELAY_SITE,
                &::tracing_relay::__private::OnlyOneParameterCarries::no_other(
                    ::tracing_relay::__private::AParameterCarries::one_comes_in(
                        ::tracing_relay::__private::Carriers::none()
                            .and(
                                ::tracing_relay::__private::ParameterProbe(&request)
                                    .relay_find(),
                            ),
                    ),
                ),
            )
            .within(::tracing_relay::__private::Ambience::read(&__TRACING_RELAY_SITE));
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
        {
            #[allow(unused_imports)]
            use ::tracing_relay::__private::LeaveAlone as _;
            ::tracing_relay::__private::RestampProbe(&mut request)
                .relay_restamp(&__tracing_relay_span);
        }
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
                let __tracing_relay_returned: Reply = loop {};
                return __tracing_relay_returned;
            }
            { self.answer(request).await }
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
}
