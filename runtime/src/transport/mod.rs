//! The headers of transports as carriers, one module each, each behind its feature. There are
//! only implementations here.

#[cfg(feature = "http")]
mod http;
