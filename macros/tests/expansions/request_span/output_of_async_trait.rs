#[allow(elided_named_lifetimes, clippy::async_yields_async)]
fn call<'life0, 'async_trait>(
    &'life0 self,
    mut request: Request,
) -> ::core::pin::Pin<
    Box<dyn ::core::future::Future<Output = u8> + ::core::marker::Send + 'async_trait>,
>
where
    'life0: 'async_trait,
    Self: 'async_trait,
{
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = ::tracing_relay::__private::SpanSite::with(
        "call",
        ::core::module_path!(),
        &[],
        0usize,
        &::tracing_relay::__private::SpanOptions::NONE
            .of_kind(::tracing_relay::__private::Kind::Server)
            .from_environment(),
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
    ::tracing_relay::__private::Box::pin(async move {
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
            if false {
                return ::tracing_relay::__private::any_value::<u8>();
            }
            {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                    u8,
                > {
                    return __ret;
                }
                let __self = self;
                let request = request;
                let __ret: u8 = { request.number };
                __ret
            }
        };
        ::tracing_relay::__private::in_span_async(
                __tracing_relay_span,
                ::tracing_relay::__private::outcome_probe::<u8>().relay_finish(),
                __tracing_relay_future,
            )
            .await
    })
}
