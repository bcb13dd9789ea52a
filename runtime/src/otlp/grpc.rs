//! [`call`]: a method over gRPC. The connections, their TLS and their proxies are those of the client for HTTP; what gRPC adds
//! to a request is tonic's.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Version;
use http::uri::PathAndQuery;
use http_body_util::BodyExt as _;
use http_body_util::combinators::MapErr;
use prost::bytes::{Buf as _, BufMut as _, Bytes};
use reqwest::Url;
use tonic::body::Body;
use tonic::client::{Grpc, GrpcService};
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::{Code, Extensions, Request, Response, Status};
use tonic_types::StatusExt as _;

use super::Destination;
use super::body::shortened;
use super::client::told;
use super::retry::{Again, Failure};
use super::witness::Outcome;

/// A header has no room for more: a hundred million hours.
const LONGEST: Duration = Duration::from_secs(99_999_999 * 60 * 60);

/// Calls a method with an encoded message, and gives the encoded answer.
pub(super) async fn call(
    http: &reqwest::Client,
    destination: &Destination,
    method: &'static str,
    message: &Bytes,
) -> Result<Bytes, Status> {
    let mut client = Grpc::new(Transport {
        http,
        url: &destination.url,
    });
    if destination.gzip {
        client = client.send_compressed(CompressionEncoding::Gzip);
    }
    let metadata = MetadataMap::from_headers(destination.headers.clone());
    let mut request = Request::from_parts(metadata, Extensions::new(), message.clone());
    request.set_timeout(destination.timeout.min(LONGEST));
    let method = PathAndQuery::from_static(method);
    let answer = client.unary(request, method, Encoded).await;
    answer.map(Response::into_inner)
}

/// Whether there was no answer: what a collector says has no cause on this side.
fn is_unanswered(status: &Status) -> bool {
    status.source().is_some()
}

/// What is to be done about a status.
pub(super) fn failure(status: &Status) -> Failure {
    if is_unanswered(status) {
        return Failure {
            reason: status.message().to_owned(),
            again: Again::After(None),
        };
    }
    Failure {
        reason: format!("the collector answered {}", answer(status)),
        again: again(status),
    }
}

/// What the collector did, with the status that it would have given over HTTP.
pub(super) fn outcome(status: &Status) -> Outcome {
    if is_unanswered(status) {
        return Outcome::Unreachable(status.message().to_owned());
    }
    let over_http = match status.code() {
        Code::InvalidArgument => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::Unimplemented => 501,
        Code::ResourceExhausted => 429,
        Code::Unavailable => 503,
        Code::DeadlineExceeded => 504,
        _ => 500,
    };
    Outcome::Refused(Some(over_http), answer(status))
}

fn answer(status: &Status) -> String {
    format!("{:?}: {}", status.code(), shortened(status.message()))
}

/// What the status of an answer means for the batch.
fn again(status: &Status) -> Again {
    let asked_for = status.get_details_retry_info();
    match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Again::After(asked_for.and_then(|info| info.retry_delay)),
        // Without a time it is not expected to have room again.
        Code::ResourceExhausted => {
            asked_for.map_or(Again::Never, |info| Again::After(info.retry_delay))
        }
        _ => Again::Never,
    }
}

/// What tonic sends its requests with.
struct Transport<'a> {
    http: &'a reqwest::Client,
    url: &'a Url,
}

/// The body of an answer, whose errors do not have the URL in them.
type Answer = MapErr<reqwest::Body, fn(reqwest::Error) -> String>;

impl<'a> GrpcService<Body> for Transport<'a> {
    type ResponseBody = Answer;
    type Error = String;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Answer>, String>> + 'a>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let (head, body) = request.into_parts();
        let mut url = self.url.clone();
        url.set_path(head.uri.path());
        url.set_query(None);
        let post = self.http.post(url).version(Version::HTTP_2);
        let post = post.headers(head.headers);
        Box::pin(async move {
            // In one piece, so that it can be sent again on another connection.
            let body = body.collect().await.map_err(|status| status.to_string())?;
            let answer = post.body(body.to_bytes()).send().await.map_err(told)?;
            Ok(http::Response::from(answer).map(|body| body.map_err(told as fn(_) -> _)))
        })
    }
}

/// Messages that are encoded once, however often they are sent.
struct Encoded;

impl Codec for Encoded {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    const DELAY: Duration = Duration::from_secs(7);

    /// The status with and without a time to wait.
    fn both(code: Code) -> [Status; 2] {
        let details = ErrorDetails::with_retry_info(Some(DELAY));
        [
            Status::new(code, ""),
            Status::with_error_details(code, "", details),
        ]
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for code in [
            Code::Cancelled,
            Code::DeadlineExceeded,
            Code::Aborted,
            Code::OutOfRange,
            Code::Unavailable,
            Code::DataLoss,
        ] {
            let [without, with] = both(code);
            assert_eq!(again(&without), Again::After(None), "{code:?}");
            assert_eq!(again(&with), Again::After(Some(DELAY)), "{code:?}");
        }
        for code in [
            Code::Unknown,
            Code::InvalidArgument,
            Code::NotFound,
            Code::AlreadyExists,
            Code::PermissionDenied,
            Code::FailedPrecondition,
            Code::Unimplemented,
            Code::Internal,
            Code::Unauthenticated,
        ] {
            assert_eq!(both(code).map(|status| again(&status)), [Again::Never; 2]);
        }
    }

    #[test]
    fn a_collector_without_room_gets_the_batch_again_only_where_it_says_when() {
        let [without, with] = both(Code::ResourceExhausted);
        assert_eq!(again(&without), Again::Never);
        assert_eq!(again(&with), Again::After(Some(DELAY)));
    }

    #[test]
    fn a_reason_has_the_code_and_a_bounded_text() {
        let status = Status::permission_denied("no ".repeat(1_000));
        let reason = failure(&status).reason;
        assert!(
            reason.starts_with("the collector answered PermissionDenied: no no"),
            "{reason}"
        );
        assert!(reason.len() < 300, "{reason}");
    }
}
