//! Lines and frames: what comes through, and how a connection ends.

use std::io;
use std::net::Ipv4Addr;

use app_server::transport::websocket::{self, Closer, Goodbye};
use app_server::transport::{Connection, Incoming, MESSAGE_LIMIT, lines};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncRead, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

fn message(text: &'static str) -> Incoming {
    Incoming::Message(Bytes::from_static(text.as_bytes()))
}

/// All that comes in.
async fn all(connection: Connection) -> Vec<Incoming> {
    let all = connection.input.try_collect().await;
    all.expect("the connection is not at fault")
}

/// A listener that takes one connection, and its address.
async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    (listener, address)
}

async fn accept(listener: &TcpListener) -> io::Result<(Connection, Closer)> {
    let (stream, _) = listener.accept().await.expect("a connection");
    websocket::accept(stream).await
}

/// A server's connection to a client that is the library and nothing else.
async fn bare_client() -> (Connection, Closer, WebSocketStream<TcpStream>) {
    let (listener, address) = listener().await;
    let client = async {
        let stream = TcpStream::connect(&address).await.expect("a connection");
        client_async(format!("ws://{address}"), stream).await
    };
    let (accepted, client) = tokio::join!(accept(&listener), client);
    let (connection, closer) = accepted.expect("a handshake");
    (connection, closer, client.expect("a handshake").0)
}

/// The code of the close frame that comes next, after which the connection ends.
async fn closed_with(client: &mut WebSocketStream<TcpStream>) -> CloseCode {
    let message = client.next().await.expect("a message");
    let Ok(Message::Close(Some(close))) = message else {
        panic!("{message:?}");
    };
    assert!(client.next().await.is_none());
    close.code
}

fn from_text(input: impl AsyncRead + Send + 'static) -> Connection {
    lines(input, tokio::io::sink())
}

#[tokio::test]
async fn a_line_is_a_message_whatever_it_holds() {
    let came = all(from_text(&b"{\"a\":1}\nno JSON\r\n\xff\xfe\nlast"[..])).await;
    let expected = [
        message("{\"a\":1}"),
        message("no JSON"),
        Incoming::Message(Bytes::from_static(b"\xff\xfe")),
        message("last"),
    ];
    assert_eq!(came, expected);
}

#[tokio::test]
async fn an_empty_line_is_no_message() {
    assert_eq!(
        all(from_text(&b"\n \t\n1\n\r\n\n"[..])).await,
        [message("1")]
    );
}

#[tokio::test]
async fn a_line_that_is_too_long_is_not_kept_and_the_next_one_is_read() {
    let (near, mut far) = tokio::io::duplex(1 << 16);
    let writing = async move {
        far.write_all(&vec![b'x'; MESSAGE_LIMIT + 1]).await?;
        far.write_all(b"\n1\n").await
    };
    let (came, written) = tokio::join!(all(from_text(near)), writing);
    written.expect("it is read to its end");
    assert_eq!(came, [Incoming::TooLong, message("1")]);
}

#[tokio::test]
async fn messages_cross_a_websocket_both_ways() {
    let (listener, address) = listener().await;
    let address = address.parse().expect("an authority");
    let (client, server) = tokio::join!(websocket::connect(&address), accept(&listener));
    let mut client = client.expect("a handshake");
    let (mut server, closer) = server.expect("a handshake");

    // The second is not UTF-8, and a client may send it all the same.
    for sent in [&b"{\"a\":\n1}"[..], b"\xff"] {
        let sent = Bytes::from_static(sent);
        client.output.send(sent.clone()).await.expect("it is sent");
        let came = server.input.try_next().await.expect("no fault");
        assert_eq!(came, Some(Incoming::Message(sent)));
    }
    let reply = Bytes::from_static(b"{}");
    server.output.send(reply).await.expect("it is sent");
    let came = client.input.try_next().await.expect("no fault");
    assert_eq!(came, Some(message("{}")));

    client.output.close().await.expect("it is said");
    assert_eq!(server.input.try_next().await.expect("no fault"), None);
    let late = server.output.send(Bytes::from_static(b"{}")).await;
    assert_eq!(
        late.expect_err("it is closed").kind(),
        io::ErrorKind::BrokenPipe
    );
    drop(server);
    tokio::join!(closer.close(Goodbye::Done), async {
        assert_eq!(client.input.try_next().await.expect("no fault"), None);
    });
}

#[tokio::test]
async fn a_close_and_a_ping_are_answered_and_empty_frames_are_no_messages() {
    let (mut connection, closer, mut client) = bare_client().await;
    let ping = Bytes::from_static(b"are you there?");
    for sent in [
        Message::text(""),
        Message::binary(&b" \n"[..]),
        Message::Ping(ping.clone()),
        Message::text("1"),
        Message::Close(None),
    ] {
        client.send(sent).await.expect("it is sent");
    }
    assert_eq!(
        connection.input.try_next().await.expect("no fault"),
        Some(message("1"))
    );
    assert_eq!(connection.input.try_next().await.expect("no fault"), None);
    let pong = client.next().await.expect("an answer").expect("a frame");
    assert_eq!(pong, Message::Pong(ping));
    let close = client.next().await.expect("an answer").expect("a frame");
    assert_eq!(close, Message::Close(None));
    drop(connection);
    closer.close(Goodbye::Done).await;
    assert!(client.next().await.is_none());
}

#[tokio::test]
async fn a_client_that_vanishes_is_the_end_and_no_fault() {
    let (mut connection, closer, client) = bare_client().await;
    drop(client);
    assert_eq!(connection.input.try_next().await.expect("no fault"), None);
    drop(connection);
    closer.close(Goodbye::Done).await;
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let (connection, closer, mut client) = bare_client().await;
    drop(connection);
    let hearing = async move { closed_with(&mut client).await };
    let ((), code) = tokio::join!(closer.close(Goodbye::Stopping), hearing);
    assert_eq!(code, CloseCode::Away);
}

/// The code that the connection is closed with when the client sends this.
async fn fault(sent: Message) -> CloseCode {
    let (mut connection, closer, mut client) = bare_client().await;
    let serving = async move {
        let came = connection.input.next().await.expect("a fault");
        let error = came.expect_err("a fault");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(connection.input.next().await.is_none());
        drop(connection);
        closer.close(Goodbye::Done).await;
    };
    let complaining = async move {
        client.send(sent).await.expect("it is read to its end");
        closed_with(&mut client).await
    };
    tokio::join!(serving, complaining).1
}

#[tokio::test]
async fn a_frame_that_is_too_long_ends_the_connection_with_the_reason() {
    let sent = Message::binary(vec![b' '; MESSAGE_LIMIT + 1]);
    assert_eq!(fault(sent).await, CloseCode::Size);
}

#[tokio::test]
async fn text_that_is_not_utf_8_ends_the_connection_with_the_reason() {
    let text = OpCode::Data(Data::Text);
    let sent = Message::Frame(Frame::message(&b"\xff"[..], text, true));
    assert_eq!(fault(sent).await, CloseCode::Invalid);
}

#[tokio::test]
async fn frames_in_the_wrong_order_end_the_connection_with_the_reason() {
    let rest = OpCode::Data(Data::Continue);
    let sent = Message::Frame(Frame::message(&b"1"[..], rest, true));
    assert_eq!(fault(sent).await, CloseCode::Protocol);
}

#[tokio::test]
async fn a_page_in_a_browser_is_refused() {
    let (listener, address) = listener().await;
    let client = async {
        let stream = TcpStream::connect(&address).await.expect("a connection");
        let mut request = format!("ws://{address}")
            .into_client_request()
            .expect("a request");
        let page = "https://example.com".parse().expect("a header");
        request.headers_mut().insert("origin", page);
        client_async(request, stream).await
    };
    let (accepted, client) = tokio::join!(accept(&listener), client);
    accepted.expect_err("it is refused");
    let Err(Error::Http(response)) = client else {
        panic!("{client:?}");
    };
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_connection() {
    let (closed, address) = listener().await;
    drop(closed);
    let address = address.parse().expect("an authority");
    let error = websocket::connect(&address).await.expect_err("nobody");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}
