fn call(method: &str, port: u16) -> u16 {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "call",
        ::core::module_path!(),
        &[
            "http.request.method",
            "url.template",
            "server.port",
            "otel.name",
            "http.response.body.size",
            "http.response.status_code",
            "http.method",
            "net.peer.port",
            "http.status_code",
        ],
        3usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Client)
            .named_by(&[0usize, 1usize])
            .with_older(
                "http",
                &[
                    ::tracing_relay::__private::OlderName {
                        current: "http.request.method",
                        older: "http.method",
                        integer: false,
                    },
                    ::tracing_relay::__private::OlderName {
                        current: "server.port",
                        older: "net.peer.port",
                        integer: true,
                    },
                    ::tracing_relay::__private::OlderName {
                        current: "http.response.status_code",
                        older: "http.status_code",
                        integer: true,
                    },
                ],
            )
            .measured(
                ::tracing_relay::__private::DurationMetric::HttpClient,
                &[
                    "http.request.method",
                    "server.port",
                    "url.template",
                    "http.response.status_code",
                ],
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
    let (__tracing_relay_span, __tracing_relay_late, __tracing_relay_measured) = {
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        let __tracing_relay_opening = __tracing_relay_opening
            .measured(&__TRACING_RELAY_SITE);
        let __tracing_relay_measured = __tracing_relay_opening.measured_fields();
        let (__tracing_relay_opening, __tracing_relay_late) = __tracing_relay_opening
            .late_fields();
        let __tracing_relay_span = if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open_measured(
                    &[
                        ::tracing_relay::__private::as_text(
                            ::tracing_relay::__private::FieldValue::field_value(&method),
                        ),
                        ::tracing_relay::__private::as_text(
                            (&&&&::tracing_relay::__private::ValueProbe(&("/threads")))
                                .relay_value(),
                        ),
                        ::tracing_relay::__private::integer(&(port)),
                    ],
                )
        } else if __tracing_relay_opening.is_measured() {
            __tracing_relay_opening
                .open_measured(
                    &[
                        ::tracing_relay::__private::as_text(
                            ::tracing_relay::__private::FieldValue::field_value(&method),
                        ),
                        ::tracing_relay::__private::as_text(
                            (&&&&::tracing_relay::__private::ValueProbe(&("/threads")))
                                .relay_value(),
                        ),
                        ::tracing_relay::__private::integer(&(port)),
                    ],
                )
        } else {
            __tracing_relay_opening.open(&[])
        };
        (__tracing_relay_span, __tracing_relay_late, __tracing_relay_measured)
    };
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> u16 {
            #[allow(clippy::absolute_paths)]
            let size = ::tracing_relay::__private::LateFields::field::<
                u64,
            >(
                &__tracing_relay_late,
                4usize,
                |__tracing_relay_value| {
                    #[allow(unused_imports)]
                    use ::tracing_relay::__private::{Recorded as _, Unrecordable as _};
                    ::tracing_relay::__private::integer(&(**__tracing_relay_value))
                },
            );
            { send(method, port, size) }
        },
        move |
            __tracing_relay_finish: &mut ::tracing_relay::__private::Finish<'_>,
            __tracing_relay_result|
        {
            #[allow(unused_imports)]
            use ::tracing_relay::__private::{
                Recorded as _, Unrecordable as _, WholeResult as _,
            };
            {
                #[allow(unused_imports)]
                use ::tracing_relay::__private::PlainReturn as _;
                ::tracing_relay::__private::IsThereOnReturn::check(
                    ::tracing_relay::__private::ReturnProbe::of(__tracing_relay_result)
                        .relay_answer(),
                );
            }
            if let ::tracing_relay::__private::Option::Some(status) = ::tracing_relay::__private::ResultProbe(
                    __tracing_relay_result,
                )
                .relay_ok()
            {
                __tracing_relay_finish
                    .record_measured(
                        &__tracing_relay_measured,
                        5usize,
                        &[::tracing_relay::__private::integer(&(status))],
                    );
            }
            ::tracing_relay::__private::outcome_probe_of(__tracing_relay_result)
                .relay_finish()(__tracing_relay_finish, __tracing_relay_result);
        },
    )
}
