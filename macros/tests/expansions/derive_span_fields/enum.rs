#[automatically_derived]
#[allow(deprecated, clippy::absolute_paths, clippy::trait_duplication_in_bounds)]
impl ::tracing_relay::__private::SpanFields for Op {
    const KEYS: &'static [&'static ::core::primitive::str] = &["turn.id", "mode"];
    fn values<'__tracing_relay>(
        &'__tracing_relay self,
        __tracing_relay_out: &mut ::tracing_relay::__private::FieldValues<
            '__tracing_relay,
        >,
    ) {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::{Recorded as _, Unrecordable as _};
        match self {
            Self::Start { id: __tracing_relay_0, mode: __tracing_relay_1, .. } => {
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    (&&&&::tracing_relay::__private::ValueProbe(&(*__tracing_relay_0)))
                        .relay_value(),
                );
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    (&&&&::tracing_relay::__private::ValueProbe(&(*__tracing_relay_1)))
                        .relay_value(),
                );
            }
            Self::Stop { 0: __tracing_relay_0, .. } => {
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    (&&&&::tracing_relay::__private::ValueProbe(&(*__tracing_relay_0)))
                        .relay_value(),
                );
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    ::tracing_relay::__private::AttributeValue::Absent,
                );
            }
            Self::Ping { .. } => {
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    ::tracing_relay::__private::AttributeValue::Absent,
                );
                ::tracing_relay::__private::FieldValues::push(
                    __tracing_relay_out,
                    ::tracing_relay::__private::AttributeValue::Absent,
                );
            }
        }
    }
}
