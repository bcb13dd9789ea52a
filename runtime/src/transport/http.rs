//! The headers of the `http` crate, and the requests and responses around them.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, request, response};

use crate::carrier::{CarriesTrace, CarriesTraceMut, Extracted};
use crate::context::TraceContext;
use crate::wire::w3c;

/// Reads `traceparent`, `tracestate` and `baggage`, on any number of lines.
///
/// Writing replaces all lines of the three. A map that has no room for one more header keeps what
/// else it has, and goes without.
///
/// ```
/// use http::HeaderMap;
/// use tracing_relay::{CarriesTrace, CarriesTraceMut, TraceContext};
///
/// let context: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
/// let mut headers = HeaderMap::new();
/// headers.inject(&context);
/// assert_eq!(headers.extract().context(), Some(&context));
/// # Ok::<(), tracing_relay::InvalidCarrier>(())
/// ```
impl CarriesTrace for HeaderMap {
    fn extract(&self) -> Extracted {
        w3c::extract(|name| self.get_all(header(name)).iter().map(HeaderValue::as_bytes))
    }
}

/// The names as the map knows them: as text they would be checked again each time.
fn header(name: &'static str) -> &'static HeaderName {
    static TRACEPARENT: HeaderName = HeaderName::from_static(w3c::TRACEPARENT);
    static TRACESTATE: HeaderName = HeaderName::from_static(w3c::TRACESTATE);
    static BAGGAGE: HeaderName = HeaderName::from_static(w3c::BAGGAGE);
    match name {
        w3c::TRACEPARENT => &TRACEPARENT,
        w3c::TRACESTATE => &TRACESTATE,
        _ => &BAGGAGE,
    }
}

impl CarriesTraceMut for HeaderMap {
    fn inject(&mut self, context: &TraceContext) {
        w3c::inject(context, |name, value| {
            let name = HeaderName::from_static(name);
            // Removed first: an old line must not stay beside the new trace, whatever happens.
            self.remove(&name);
            if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
                // A full map is the one error. A trace is no reason to fail a request.
                self.try_insert(name, value).ok();
            }
        });
    }

    fn erase(&mut self) {
        w3c::erase(|name| drop(self.remove(name)));
    }
}

macro_rules! by_headers {
    ($($carrier:ty $(, <$body:ident>)? => |$value:ident| $headers:expr, $headers_mut:expr;)+) => {$(
        /// The trace is in the headers.
        impl$(<$body>)? CarriesTrace for $carrier {
            fn extract(&self) -> Extracted {
                let $value = self;
                $headers.extract()
            }
        }

        impl$(<$body>)? CarriesTraceMut for $carrier {
            fn inject(&mut self, context: &TraceContext) {
                let $value = self;
                $headers_mut.inject(context);
            }

            fn erase(&mut self) {
                let $value = self;
                $headers_mut.erase();
            }
        }
    )+};
}

by_headers! {
    Request<B>, <B> => |request| request.headers(), request.headers_mut();
    Response<B>, <B> => |response| response.headers(), response.headers_mut();
    request::Parts => |parts| parts.headers, parts.headers;
    response::Parts => |parts| parts.headers, parts.headers;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::TraceState;

    const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn context() -> TraceContext {
        TRACEPARENT.parse().expect("a valid traceparent")
    }

    #[test]
    fn repeated_lines_are_read_in_order_and_replaced_all() {
        let mut headers = HeaderMap::new();
        headers.append("traceparent", HeaderValue::from_static(TRACEPARENT));
        for (name, line) in [
            ("tracestate", "a=1"),
            ("tracestate", "b=2"),
            ("baggage", "c=3"),
            ("baggage", "d=4"),
        ] {
            headers.append(name, HeaderValue::from_static(line));
        }

        let found = headers.extract();
        let received = found.context().expect("a context");
        assert_eq!(
            received.tracestate().map(TraceState::as_str),
            Some("a=1,b=2")
        );
        assert_eq!(received.baggage().to_string(), "c=3,d=4");
        assert!(received.is_remote());

        headers.inject(received);
        assert_eq!(headers.len(), 3, "{headers:?}");
        assert_eq!(headers["tracestate"], "a=1,b=2");
        assert_eq!(headers["baggage"], "c=3,d=4");

        headers.inject(&context());
        assert_eq!(headers.len(), 1, "{headers:?}");
    }

    #[test]
    fn two_traceparents_are_replaced_by_one() {
        let mut headers = HeaderMap::new();
        headers.append("traceparent", HeaderValue::from_static(TRACEPARENT));
        headers.append("traceparent", HeaderValue::from_static(TRACEPARENT));
        assert!(headers.extract().error().is_some());

        headers.inject(&context());
        assert_eq!(headers.get_all("traceparent").iter().count(), 1);
    }

    #[test]
    fn bytes_that_are_not_text_are_read_without_panic() {
        let mut headers = HeaderMap::new();
        let opaque = HeaderValue::from_bytes(b"\xff\xfe=1").expect("opaque bytes are allowed");
        for name in ["traceparent", "tracestate", "baggage"] {
            headers.append(name, opaque.clone());
        }
        let found = headers.extract();
        assert!(found.error().is_some());
        assert!(found.baggage().is_empty());
    }

    #[test]
    fn a_full_map_keeps_the_headers_of_the_request() {
        let mut headers = HeaderMap::new();
        for number in 0.. {
            let name = HeaderName::try_from(format!("x-{number}")).expect("a header name");
            if headers
                .try_insert(name, HeaderValue::from_static("1"))
                .is_err()
            {
                break;
            }
        }
        let before = headers.len();
        headers.inject(&context());
        assert_eq!(headers.len(), before);
        assert!(headers.extract().is_absent());
    }

    #[test]
    fn messages_and_their_parts_carry_in_their_headers() {
        fn round_trip(mut carrier: impl CarriesTraceMut) {
            assert!(carrier.extract().is_absent());
            carrier.inject(&context());
            assert_eq!(carrier.extract().context(), Some(&context()));
        }
        round_trip(HeaderMap::new());
        round_trip(Request::new("body"));
        round_trip(Response::new("body"));
        round_trip(Request::new("body").into_parts().0);
        round_trip(Response::new("body").into_parts().0);
    }
}
