#[derive(Deserialize)]
struct Job {
    id: u64,
    /// The trace that this message belongs to.
    #[serde(
        rename = "t",
        default = "crate::renamed::TraceCarrier::none",
        skip_serializing_if = "crate::renamed::TraceCarrier::is_none"
    )]
    trace: crate::renamed::__private::TraceCarrier,
}
#[automatically_derived]
#[allow(deprecated)]
impl crate::renamed::__private::CarriesTrace for Job {
    fn extract(&self) -> crate::renamed::__private::Extracted {
        <crate::renamed::__private::TraceCarrier as crate::renamed::__private::CarriesTrace>::extract(
            &self.trace,
        )
    }
    #[inline]
    fn is_empty_carrier(&self) -> ::core::primitive::bool {
        <crate::renamed::__private::TraceCarrier as crate::renamed::__private::CarriesTrace>::is_empty_carrier(
            &self.trace,
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl crate::renamed::__private::CarriesTraceMut for Job {
    fn inject(&mut self, __relay_context: &crate::renamed::__private::TraceContext) {
        <crate::renamed::__private::TraceCarrier as crate::renamed::__private::CarriesTraceMut>::inject(
            &mut self.trace,
            __relay_context,
        )
    }
    fn erase(&mut self) {
        <crate::renamed::__private::TraceCarrier as crate::renamed::__private::CarriesTraceMut>::erase(
            &mut self.trace,
        )
    }
}
#[allow(clippy::new_without_default, clippy::too_many_arguments, deprecated)]
impl Job {
    /// A `Job` that belongs to the current trace.
    #[must_use]
    fn new(id: u64) -> Self {
        Self {
            id,
            trace: crate::renamed::__private::TraceCarrier::capture(),
        }
    }
}
#[automatically_derived]
#[allow(clippy::multiple_bound_locations, deprecated)]
impl crate::renamed::__private::Default for Job {
    fn default() -> Self {
        Self {
            id: <u64 as crate::renamed::__private::Default>::default(),
            trace: crate::renamed::__private::TraceCarrier::none(),
        }
    }
}
const _: () = {
    #[allow(
        clippy::multiple_bound_locations,
        clippy::needless_lifetimes,
        dead_code,
        deprecated,
        single_use_lifetimes
    )]
    fn __relay_check(_: &Job) {
        #[allow(unused_imports)]
        use crate::renamed::__private::NotSerialize as _;
        crate::renamed::__private::derives_see_the_carrier(
            crate::renamed::__private::SerializeProbe::<Job>::NEW.answer(),
        )
    }
};
