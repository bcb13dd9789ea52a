fn handle(request: &Request) -> Reply {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "handle",
        ::core::module_path!(),
        &[
            "rpc.method",
            "jsonrpc.request.id",
            "rpc.service",
            "rpc.system.name",
            "jsonrpc.protocol.version",
            "otel.name",
            "rpc.jsonrpc.request_id",
            "rpc.system",
            "rpc.jsonrpc.version",
        ],
        5usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Server)
            .named_by(&[0usize])
            .with_older(
                "rpc",
                &[
                    ::tracing_relay::__private::OlderName {
                        current: "jsonrpc.request.id",
                        older: "rpc.jsonrpc.request_id",
                        integer: false,
                    },
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
                ],
            )
            .from_environment()
            .measured(
                ::tracing_relay::__private::DurationMetric::RpcServer,
                &["rpc.system.name", "rpc.method"],
            ),
    );
    #[allow(unused_imports)]
    use ::tracing_relay::__private::{Outcome as _, Recorded as _, Unrecordable as _};
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    const _: () = {
        #[deprecated(note = "`rpc.service` is deprecated: write `rpc.method`")]
        #[allow(non_upper_case_globals)]
        const deprecated_attribute: () = ();
        deprecated_attribute
    };
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
                        ),
                ),
            ),
        );
        let __tracing_relay_opening = __tracing_relay_opening
            .measured(&__TRACING_RELAY_SITE);
        if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open_measured(
                    &[
                        ::tracing_relay::__private::as_text(
                            (&&&&::tracing_relay::__private::ValueProbe(
                                &(request.method),
                            ))
                                .relay_value(),
                        ),
                        ::tracing_relay::__private::as_text(
                            (&&&&::tracing_relay::__private::ValueProbe(&(request.id)))
                                .relay_value(),
                        ),
                        ::tracing_relay::__private::as_text(
                            (&&&&::tracing_relay::__private::ValueProbe(&("s")))
                                .relay_value(),
                        ),
                        ::tracing_relay::__private::AttributeValue::Str("jsonrpc"),
                        ::tracing_relay::__private::AttributeValue::Str("2.0"),
                    ],
                )
        } else if __tracing_relay_opening.is_measured() {
            __tracing_relay_opening
                .open_measured(
                    &[
                        ::tracing_relay::__private::as_text(
                            (&&&&::tracing_relay::__private::ValueProbe(
                                &(request.method),
                            ))
                                .relay_value(),
                        ),
                        ::tracing_relay::__private::AttributeValue::Absent,
                        ::tracing_relay::__private::AttributeValue::Absent,
                        ::tracing_relay::__private::AttributeValue::Str("jsonrpc"),
                        ::tracing_relay::__private::AttributeValue::Absent,
                    ],
                )
        } else {
            __tracing_relay_opening.open(&[])
        }
    };
    {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::PlainReturn as _;
        ::tracing_relay::__private::IsThereOnReturn::check(
            ::tracing_relay::__private::ReturnProbe::<Reply>::NEW.relay_answer(),
        );
    }
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> Reply {
            #[allow(clippy::shadow_same)]
            let request = request;
            let _ = &request;
            { answer(request) }
        },
        ::tracing_relay::__private::outcome_probe::<Reply>().relay_finish(),
    )
}
