fn call(method: &str, port: u16) -> u16 {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = {
        static CALLSITE: ::tracing_relay::__private::DefaultCallsite = ::tracing_relay::__private::DefaultCallsite::new(
            &METADATA,
        );
        static METADATA: ::tracing_relay::__private::Metadata<'static> = ::tracing_relay::__private::Metadata::new(
            "call",
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
                ::tracing_relay::__private::Identifier(&CALLSITE),
            ),
            ::tracing_relay::__private::MetadataKind::SPAN,
        );
        ::tracing_relay::__private::SpanSite::new(
                &CALLSITE,
                &METADATA,
                ::tracing_relay::__private::Kind::Client,
                3usize,
            )
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
                        ::tracing_relay::__private::as_text(
                            (&&&::tracing_relay::__private::ValueProbe(&(method)))
                                .relay_value(),
                        ),
                        ::tracing_relay::__private::as_text(
                            (&&&::tracing_relay::__private::ValueProbe(&("/threads")))
                                .relay_value(),
                        ),
                        ::tracing_relay::__private::integer(&(port)),
                    ],
                )
        } else {
            __tracing_relay_opening.open(&[])
        };
        (__tracing_relay_span, __tracing_relay_late)
    };
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> u16 {
            #[allow(
                clippy::no_effect_underscore_binding,
                clippy::redundant_locals,
                clippy::shadow_same,
                clippy::used_underscore_binding
            )]
            let method = method;
            let _ = &method;
            #[allow(
                clippy::no_effect_underscore_binding,
                clippy::redundant_locals,
                clippy::shadow_same,
                clippy::used_underscore_binding
            )]
            let port = port;
            let _ = &port;
            #[allow(clippy::absolute_paths)]
            let size = ::tracing_relay::__private::LateFields::field::<
                u64,
            >(
                &__tracing_relay_late,
                4usize,
                |__tracing_relay_value| {
                    #[allow(unused_imports)]
                    use ::tracing_relay::__private::{
                        ByDisplay as _, ByFieldValue as _, Unrecordable as _,
                    };
                    ::tracing_relay::__private::integer(&(**__tracing_relay_value))
                },
            );
            { send(method, port, size) }
        },
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
                ByDisplay as _, ByFieldValue as _, Unrecordable as _, WholeResult as _,
            };
            {
                #[allow(unused_imports)]
                use ::tracing_relay::__private::PlainReturn as _;
                ::tracing_relay::__private::IsThereOnReturn::check(
                    ::tracing_relay::__private::ReturnProbe(__tracing_relay_result)
                        .relay_answer(),
                );
            }
            if let ::tracing_relay::__private::Option::Some(status) = ::tracing_relay::__private::ResultProbe(
                    __tracing_relay_result,
                )
                .relay_ok()
            {
                __tracing_relay_finish
                    .record(5usize, &[::tracing_relay::__private::integer(&(status))]);
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
}
