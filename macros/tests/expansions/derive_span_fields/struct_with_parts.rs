#[automatically_derived]
#[allow(deprecated, clippy::absolute_paths, clippy::trait_duplication_in_bounds)]
impl<'a, T: Clone, const N: usize> ::tracing_relay::__private::SpanFields
for Envelope<'a, T, N>
where
    T: Send,
    T: ::tracing_relay::__private::FieldValue,
    &'a T: ::tracing_relay::__private::Display,
    Option<T>: ::tracing_relay::__private::SpanFields,
    [T; N]: ::tracing_relay::__private::Debug,
{
    const KEYS: &'static [&'static ::core::primitive::str] = ::tracing_relay::__private::first_keys(
        &const {
            ::tracing_relay::__private::join_keys::<
                { ::tracing_relay::__private::MOST_KEYS },
            >(
                &[
                    &["id"],
                    &["shown"],
                    <Option<T> as ::tracing_relay::__private::SpanFields>::KEYS,
                    <ClientInfo as ::tracing_relay::__private::SpanFields>::KEYS,
                    &["list"],
                ],
            )
        },
        ::tracing_relay::__private::count_keys(
            &[
                &["id"],
                &["shown"],
                <Option<T> as ::tracing_relay::__private::SpanFields>::KEYS,
                <ClientInfo as ::tracing_relay::__private::SpanFields>::KEYS,
                &["list"],
            ],
        ),
    );
    fn values<'__tracing_relay>(
        &'__tracing_relay self,
        __tracing_relay_out: &mut ::tracing_relay::__private::FieldValues<
            '__tracing_relay,
        >,
    ) {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::{Recorded as _, Unrecordable as _};
        match self {
            Self {
                id: __tracing_relay_0,
                shown: __tracing_relay_1,
                part: __tracing_relay_2,
                client: __tracing_relay_3,
                list: __tracing_relay_4,
                ..
            } => {
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    (&&&&::tracing_relay::__private::ValueProbe(&(*__tracing_relay_0)))
                        .relay_value(),
                );
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    ::tracing_relay::__private::display(&(*__tracing_relay_1)),
                );
                ::tracing_relay::__private::FieldValues::part(
                    __tracing_relay_out,
                    <Option<T> as ::tracing_relay::__private::SpanFields>::KEYS.len(),
                    |__tracing_relay_out| <Option<
                        T,
                    > as ::tracing_relay::__private::SpanFields>::values(
                        __tracing_relay_2,
                        __tracing_relay_out,
                    ),
                );
                ::tracing_relay::__private::FieldValues::part(
                    __tracing_relay_out,
                    <ClientInfo as ::tracing_relay::__private::SpanFields>::KEYS.len(),
                    |__tracing_relay_out| <ClientInfo as ::tracing_relay::__private::SpanFields>::values(
                        __tracing_relay_3,
                        __tracing_relay_out,
                    ),
                );
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    ::tracing_relay::__private::debug(&(*__tracing_relay_4)),
                );
            }
        }
    }
}
