fn handle<'a>(params: &'a TurnStart<'_>, mut client: Option<ClientInfo>) -> Reply {
    #[allow(clippy::absolute_paths)]
    const __TRACING_RELAY_KEYS: [&[&'static ::core::primitive::str]; 2usize] = [
        <&'static TurnStart<'static> as ::tracing_relay::__private::SpanFields>::KEYS,
        <Option<ClientInfo> as ::tracing_relay::__private::SpanFields>::KEYS,
    ];
    #[allow(clippy::absolute_paths)]
    const __TRACING_RELAY_COUNT: ::core::primitive::usize = ::tracing_relay::__private::count_keys(
        &__TRACING_RELAY_KEYS,
    );
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = {
        const LISTS: &[&[&'static ::core::primitive::str]] = &[
            &["rpc.method"],
            __TRACING_RELAY_KEYS[0usize],
            __TRACING_RELAY_KEYS[1usize],
            &["otel.name", "turn.id", "reply.id"],
        ];
        static NAMES: [&'static ::core::primitive::str; ::tracing_relay::__private::count_keys(
            LISTS,
        )] = ::tracing_relay::__private::join_keys(LISTS);
        ::tracing_relay::__private::SpanSite::with(
            "handle",
            ::core::module_path!(),
            &NAMES,
            const { __TRACING_RELAY_COUNT + 1usize },
            &::tracing_relay::__private::SpanOptions::NONE
                .of_kind(::tracing_relay::__private::Kind::Server)
                .named_by(&[const { __TRACING_RELAY_COUNT + 1usize }])
                .from_environment(),
        )
    };
    #[allow(unused_imports)]
    use ::tracing_relay::__private::{Outcome as _, Recorded as _, Unrecordable as _};
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let (__tracing_relay_span, __tracing_relay_late) = {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::FindNoCarrier as _;
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::receiving(
            &__TRACING_RELAY_SITE,
            &::tracing_relay::__private::OnlyOneParameterCarries::no_other(
                ::tracing_relay::__private::AParameterCarries::one_comes_in(
                    ::tracing_relay::__private::Carriers::none()
                        .and(
                            ::tracing_relay::__private::ParameterProbe(&params)
                                .relay_find(),
                        )
                        .and(
                            ::tracing_relay::__private::ParameterProbe(&client)
                                .relay_find(),
                        ),
                ),
            ),
        );
        let (__tracing_relay_opening, __tracing_relay_late) = __tracing_relay_opening
            .late_fields();
        let __tracing_relay_span = if __tracing_relay_opening.wants_fields() {
            __tracing_relay_opening
                .open(
                    ::tracing_relay::__private::FieldValues::new()
                        .and(
                            &[
                                (&&&&::tracing_relay::__private::ValueProbe(
                                    &(params.method),
                                ))
                                    .relay_value(),
                            ],
                        )
                        .and_part(
                            __TRACING_RELAY_KEYS[0usize].len(),
                            |__tracing_relay_out| <&'a TurnStart<
                                '_,
                            > as ::tracing_relay::__private::SpanFields>::values(
                                &params,
                                __tracing_relay_out,
                            ),
                        )
                        .and_part(
                            __TRACING_RELAY_KEYS[1usize].len(),
                            |__tracing_relay_out| <Option<
                                ClientInfo,
                            > as ::tracing_relay::__private::SpanFields>::values(
                                &client,
                                __tracing_relay_out,
                            ),
                        )
                        .and(
                            &[
                                (&&&&::tracing_relay::__private::ValueProbe(
                                    &(params.method),
                                ))
                                    .relay_value(),
                            ],
                        )
                        .as_slice(),
                )
        } else {
            __tracing_relay_opening.open(&[])
        };
        {
            #[allow(unused_imports)]
            use ::tracing_relay::__private::LeaveAlone as _;
            ::tracing_relay::__private::RestampProbe(&mut client)
                .relay_restamp(&__tracing_relay_span);
        }
        (__tracing_relay_span, __tracing_relay_late)
    };
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> Reply {
            #[allow(clippy::shadow_same)]
            let params = params;
            let _ = &params;
            #[allow(clippy::shadow_same)]
            let client = client;
            let _ = &client;
            #[allow(clippy::absolute_paths)]
            let turn_id = ::tracing_relay::__private::LateFields::field::<
                str,
            >(
                &__tracing_relay_late,
                const { __TRACING_RELAY_COUNT + 2usize },
                |__tracing_relay_value| {
                    #[allow(unused_imports)]
                    use ::tracing_relay::__private::{Recorded as _, Unrecordable as _};
                    (&&&&::tracing_relay::__private::ValueProbe(
                        &(**__tracing_relay_value),
                    ))
                        .relay_value()
                },
            );
            {
                turn_id.record(params.id);
                answer(params)
            }
        },
        |
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
            if let ::tracing_relay::__private::Option::Some(reply) = ::tracing_relay::__private::ResultProbe(
                    __tracing_relay_result,
                )
                .relay_ok()
            {
                __tracing_relay_finish
                    .record(
                        const { __TRACING_RELAY_COUNT + 3usize },
                        &[
                            (&&&&::tracing_relay::__private::ValueProbe(&(reply.id)))
                                .relay_value(),
                        ],
                    );
            }
            ::tracing_relay::__private::outcome_probe_of(__tracing_relay_result)
                .relay_finish()(__tracing_relay_finish, __tracing_relay_result);
        },
    )
}
