//! Each way in which a `traceparent` can be wrong has its own reason, because that is what a person
//! reads in the log.

use std::cell::RefCell;

use tracing_relay::wire::w3c;
use tracing_relay::{InvalidCarrier, TraceContext, TraceState};

#[test]
fn each_fault_has_its_reason() {
    let reasons = [
        ("", InvalidCarrier::EMPTY),
        ("not-a-traceparent", InvalidCarrier::VERSION_LENGTH),
        (
            "zz-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            InvalidCarrier::NOT_LOWER_HEX,
        ),
        (
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            InvalidCarrier::VERSION_FF,
        ),
        ("00", InvalidCarrier::MISSING_PARTS),
        (
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            InvalidCarrier::MISSING_PARTS,
        ),
        (
            "00-0af7651916cd43dd-b7ad6b7169203331-01",
            InvalidCarrier::TRACE_ID_LENGTH,
        ),
        (
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            InvalidCarrier::NOT_LOWER_HEX,
        ),
        (
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            InvalidCarrier::ZERO_TRACE_ID,
        ),
        (
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71-01",
            InvalidCarrier::SPAN_ID_LENGTH,
        ),
        (
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            InvalidCarrier::ZERO_SPAN_ID,
        ),
        (
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            InvalidCarrier::FLAGS_LENGTH,
        ),
        (
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-05",
            InvalidCarrier::TRAILING_DATA,
        ),
        (
            " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            InvalidCarrier::VERSION_LENGTH,
        ),
    ];
    for (text, reason) in reasons {
        assert_eq!(text.parse::<TraceContext>(), Err(reason), "{text:?}");
    }
}

#[test]
fn a_header_that_comes_twice_says_so() {
    let line: &[u8] = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let found = w3c::extract(|name| vec![line; if name == "traceparent" { 2 } else { 0 }]);
    assert_eq!(found.error(), Some(InvalidCarrier::SEVERAL_HEADERS));
}

#[test]
fn each_fault_of_a_tracestate_has_its_reason() {
    let members: Vec<_> = (0..33).map(|key| format!("k{key}=v")).collect();
    let too_many = members.join(",");
    let reasons = [
        ("", InvalidCarrier::TRACESTATE_EMPTY),
        (" ,\t", InvalidCarrier::TRACESTATE_EMPTY),
        ("a=1,B=2", InvalidCarrier::TRACESTATE_MEMBER),
        ("a=1,b=2,a=3", InvalidCarrier::TRACESTATE_DUPLICATE),
        (&too_many, InvalidCarrier::TRACESTATE_MEMBERS),
    ];
    for (text, reason) in reasons {
        assert_eq!(text.parse::<TraceState>(), Err(reason), "{text:?}");
    }
}

/// The specification reserves six flags. They are not ours to clear on a context that is only
/// handed on.
#[test]
fn all_eight_flags_come_back_as_they_were_received() {
    for bits in 0..=u8::MAX {
        for version in ["00", "01", "fe"] {
            let ids = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
            let received: TraceContext = format!("{version}-{ids}-{bits:02x}")
                .parse()
                .expect("a valid traceparent");
            assert_eq!(received.flags().bits(), bits);
            let sent = received.traceparent();
            assert_eq!(sent.as_str(), format!("00-{ids}-{bits:02x}"));
        }
    }
}

/// Not even looked at: the specification forbids to parse it then.
#[test]
fn without_a_valid_traceparent_the_tracestate_is_not_asked_for() {
    for traceparent in ["", "00-1-2-01"] {
        let asked = RefCell::new(Vec::new());
        let found = w3c::extract(|name| {
            asked.borrow_mut().push(name);
            (name == "traceparent").then_some(traceparent.as_bytes())
        });
        assert_eq!(found.context(), None);
        assert_eq!(asked.into_inner(), ["traceparent", "baggage"]);
    }
}
