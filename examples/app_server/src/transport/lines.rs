//! One message a line.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::codec::{
    AnyDelimiterCodec, AnyDelimiterCodecError, Decoder, Encoder, FramedRead, FramedWrite,
};

use super::{Connection, Incoming, MESSAGE_LIMIT, Transport};

/// A connection whose messages are lines of `input` and `output`. Empty lines are skipped.
pub fn lines(
    input: impl AsyncRead + Send + 'static,
    output: impl AsyncWrite + Send + 'static,
) -> Connection {
    Connection {
        transport: Transport::Stdio,
        input: Box::pin(FramedRead::new(input, Lines::new())),
        output: Box::pin(FramedWrite::new(output, Lines::new())),
    }
}

/// A line that is too long is a message as well, and not the end of the connection.
struct Lines(AnyDelimiterCodec);

impl Lines {
    fn new() -> Self {
        let end = b"\n".to_vec();
        Self(AnyDelimiterCodec::new_with_max_length(
            end.clone(),
            end,
            MESSAGE_LIMIT,
        ))
    }

    /// The next line that says something, as `next` reads lines.
    fn message(
        &mut self,
        mut next: impl FnMut(&mut AnyDelimiterCodec) -> Result<Option<Bytes>, AnyDelimiterCodecError>,
    ) -> io::Result<Option<Incoming>> {
        loop {
            match next(&mut self.0) {
                Ok(None) => return Ok(None),
                Ok(Some(line)) => {
                    if let Some(message) = Incoming::message(&line) {
                        return Ok(Some(message));
                    }
                }
                Err(AnyDelimiterCodecError::MaxChunkLengthExceeded) => {
                    return Ok(Some(Incoming::TooLong));
                }
                Err(AnyDelimiterCodecError::Io(error)) => return Err(error),
            }
        }
    }
}

impl Decoder for Lines {
    type Item = Incoming;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Incoming>> {
        self.message(|lines| lines.decode(buffer))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Incoming>> {
        self.message(|lines| lines.decode_eof(buffer))
    }
}

impl Encoder<Bytes> for Lines {
    type Error = io::Error;

    fn encode(&mut self, message: Bytes, buffer: &mut BytesMut) -> io::Result<()> {
        // Its encoder asks for text; a message is bytes that end with a line.
        buffer.reserve(message.len() + 1);
        buffer.extend_from_slice(&message);
        buffer.extend_from_slice(b"\n");
        Ok(())
    }
}
