fn handle(request: Request) -> impl Future<Output = Reply> {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "handle",
        ::core::module_path!(),
        &[
            "rpc.system.name",
            "jsonrpc.protocol.version",
            "jsonrpc.request.id",
            "rpc.system",
            "rpc.jsonrpc.version",
            "rpc.jsonrpc.request_id",
        ],
        2usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Server)
            .with_older(
                "rpc",
                &[
                    ::tracing_relay::__private::OlderName {
                        current: "rpc.system.name",
                        older: "rpc.system",
                        integer: false,
                    },
                    ::tracing_relay::__private::OlderName {
                        current: "jsonrpc.protocol.version",
                        older: "rpc.jsonrpc.version",
                        integer: false,
                    },
                    ::tracing_relay::__private::OlderName {
                        current: "jsonrpc.request.id",
                        older: "rpc.jsonrpc.request_id",
                        integer: false,
                    },
                ],
            )
            .from_environment()
            .measured(
                ::tracing_relay::__private::DurationMetric::RpcServer,
                &["rpc.system.name"],
            ),
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::Outcome as _;
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let (__tracing_relay_opening, __tracing_relay_values, __tracing_relay_late) = {
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
        let __tracing_relay_opening = __tracing_relay_opening
            .measured(&__TRACING_RELAY_SITE);
        let (__tracing_relay_opening, __tracing_relay_late) = __tracing_relay_opening
            .late_fields();
        let __tracing_relay_values = if __tracing_relay_opening.wants_fields() {
            ::tracing_relay::__private::OwnedValues::new(
                &[
                    ::tracing_relay::__private::AttributeValue::Str("jsonrpc"),
                    ::tracing_relay::__private::AttributeValue::Str("2.0"),
                ],
            )
        } else if __tracing_relay_opening.is_measured() {
            ::tracing_relay::__private::OwnedValues::new(
                &[
                    ::tracing_relay::__private::AttributeValue::Str("jsonrpc"),
                    ::tracing_relay::__private::AttributeValue::Absent,
                ],
            )
        } else {
            ::tracing_relay::__private::OwnedValues::new(&[])
        };
        (__tracing_relay_opening, __tracing_relay_values, __tracing_relay_late)
    };
    ::tracing_relay::__private::in_deferred_span(
        __tracing_relay_opening,
        __tracing_relay_values,
        ::tracing_relay::__private::output_is::<
            Reply,
            _,
        >(
            (move || {
                #[allow(clippy::shadow_same)]
                let request = request;
                let _ = &request;
                #[allow(clippy::absolute_paths)]
                let id = ::tracing_relay::__private::LateFields::field::<
                    u64,
                >(
                    &__tracing_relay_late,
                    2usize,
                    |__tracing_relay_value| {
                        #[allow(unused_imports)]
                        use ::tracing_relay::__private::{
                            Recorded as _, Unrecordable as _,
                        };
                        ::tracing_relay::__private::as_text(
                            (&&&&::tracing_relay::__private::ValueProbe(
                                &(**__tracing_relay_value),
                            ))
                                .relay_value(),
                        )
                    },
                );
                {
                    id.record(&request.id);
                    request.answer()
                }
            })(),
        ),
        |
            __tracing_relay_finish: &mut ::tracing_relay::__private::Finish<'_>,
            __tracing_relay_result|
        {
            ::tracing_relay::__private::outcome_probe_of(__tracing_relay_result)
                .relay_finish()(__tracing_relay_finish, __tracing_relay_result);
        },
    )
}
