async fn handle(mut request: Request, state: &State) -> Result<Reply, Error> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "handle",
        ::core::module_path!(),
        &["rpc.method", "reply.id", "rpc.code"],
        1usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Server)
            .from_environment(),
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::{Outcome as _, Recorded as _, Unrecordable as _};
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let __tracing_relay_span = {
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
                        )
                        .and(
                            ::tracing_relay::__private::ParameterProbe(&state)
                                .relay_find(),
                        ),
                ),
            ),
        );
        let __tracing_relay_span = if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open(
                    &[
                        (&&&&::tracing_relay::__private::ValueProbe(&(request.method)))
                            .relay_value(),
                    ],
                )
        } else {
            __tracing_relay_opening.open(&[])
        };
        {
            #[allow(unused_imports)]
            use ::tracing_relay::__private::LeaveAlone as _;
            ::tracing_relay::__private::RestampProbe(&mut request)
                .relay_restamp(&__tracing_relay_span);
        }
        __tracing_relay_span
    };
    ::tracing_relay::__private::in_span_async_with(
            __tracing_relay_span,
            async move {
                #[allow(clippy::shadow_same)]
                let request = request;
                let _ = &request;
                #[allow(clippy::shadow_same)]
                let state = state;
                if false {
                    return ::tracing_relay::__private::any_value::<
                        Result<Reply, Error>,
                    >();
                }
                { state.handle(request).await }
            },
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
                            1usize,
                            &[
                                (&&&&::tracing_relay::__private::ValueProbe(&(reply.id)))
                                    .relay_value(),
                                ::tracing_relay::__private::AttributeValue::Absent,
                            ],
                        );
                }
                #[allow(clippy::absolute_paths)]
                if let ::tracing_relay::__private::Option::Some(error) = ::tracing_relay::__private::ReturnsAResult::err(
                    ::tracing_relay::__private::whole(__tracing_relay_result),
                ) {
                    __tracing_relay_finish
                        .record(
                            1usize,
                            &[
                                ::tracing_relay::__private::AttributeValue::Absent,
                                (&&&&::tracing_relay::__private::ValueProbe(
                                    &(error.code()),
                                ))
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
