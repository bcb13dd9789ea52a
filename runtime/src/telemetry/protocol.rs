//! [`OtlpProtocol`]: HTTP or gRPC, and how a request is written.

use super::reader::Reader;

/// What is spoken with a collector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OtlpProtocol {
    /// `http/protobuf`.
    #[default]
    HttpProtobuf,
    /// `http/json`: larger, and slower to write.
    HttpJson,
    /// `grpc`: over HTTP/2 alone, and to another port of a collector. Over `http` it takes no proxy. Feature `grpc`.
    #[cfg(feature = "grpc")]
    Grpc,
}

impl OtlpProtocol {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::HttpProtobuf => "http/protobuf",
            Self::HttpJson => "http/json",
            #[cfg(feature = "grpc")]
            Self::Grpc => "grpc",
        }
    }

    /// Whether a URL has the path of a signal.
    pub(super) const fn has_path(self) -> bool {
        matches!(self, Self::HttpProtobuf | Self::HttpJson)
    }

    /// What a variable names.
    pub(super) fn read(reader: &mut Reader<'_>, variable: &str) -> Option<Self> {
        #[cfg(not(feature = "grpc"))]
        if reader.text(variable)?.eq_ignore_ascii_case("grpc") {
            let fault = "is `grpc`, which is not built in, and is ignored: turn on the feature `grpc` of `tracing-relay`, or write \
                         `http/protobuf`, and in the endpoint the port for HTTP, which is usually 4318";
            reader.warn(variable, fault);
            return None;
        }
        let all = [
            Self::HttpProtobuf,
            Self::HttpJson,
            #[cfg(feature = "grpc")]
            Self::Grpc,
        ];
        let names = all.map(|protocol| (protocol.name(), protocol));
        reader.name(variable, &names)
    }
}
