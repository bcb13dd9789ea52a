#[automatically_derived]
#[allow(deprecated, clippy::absolute_paths, clippy::trait_duplication_in_bounds)]
impl ::renamed::__private::SpanFields for Id {
    const KEYS: &'static [&'static ::core::primitive::str] = ::renamed::__private::first_keys(
        &const {
            ::renamed::__private::join_keys::<
                { ::renamed::__private::MOST_KEYS },
            >(&[&["the.id"], <Inner as ::renamed::__private::SpanFields>::KEYS])
        },
        ::renamed::__private::count_keys(
            &[&["the.id"], <Inner as ::renamed::__private::SpanFields>::KEYS],
        ),
    );
    fn values<'__tracing_relay>(
        &'__tracing_relay self,
        __tracing_relay_out: &mut ::renamed::__private::FieldValues<'__tracing_relay>,
    ) {
        #[allow(unused_imports)]
        use ::renamed::__private::{Recorded as _, Unrecordable as _};
        match self {
            Self { 0: __tracing_relay_0, 1: __tracing_relay_1, .. } => {
                ::renamed::__private::FieldValues::push(
                    __tracing_relay_out,
                    (&&&&::renamed::__private::ValueProbe(&(*__tracing_relay_0)))
                        .relay_value(),
                );
                ::renamed::__private::FieldValues::part(
                    __tracing_relay_out,
                    <Inner as ::renamed::__private::SpanFields>::KEYS.len(),
                    |__tracing_relay_out| <Inner as ::renamed::__private::SpanFields>::values(
                        __tracing_relay_1,
                        __tracing_relay_out,
                    ),
                );
            }
        }
    }
}
const _: &[&::core::primitive::str] = <Id as ::renamed::__private::SpanFields>::KEYS;
