//! gRPC as the variables say it, in a process of its own, in the clear and over TLS.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use super::collector::{Collector, bind};
use crate::child::Run;
use crate::tls::{certified, file};

const BOTH: [&str; 2] = ["telemetry.request", "telemetry.step"];
const PROTOCOL: (&str, &str) = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

#[test]
fn a_protocol_and_an_endpoint_are_enough() {
    let collector = Collector::start();
    let run = Run::alone(&[
        PROTOCOL,
        (ENDPOINT, &collector.url()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hush%20hush"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("RUST_LOG", "trace"),
    ]);
    run.assert_printed("shut down: Ok(())");
    let call = collector.only();
    assert_eq!(call.names, BOTH);
    assert_eq!(call.value("api-key"), "hush hush");
    assert_eq!(call.value("grpc-encoding"), "gzip");
    assert!(run.warnings().is_empty(), "{}", run.log);
    for hidden in ["hush", "hyper", "reqwest", "h2::", "tonic"] {
        assert!(!run.log.contains(hidden), "{hidden}\n{}", run.log);
    }
}

#[test]
fn an_endpoint_without_a_scheme_is_in_the_clear_where_that_is_said() {
    let collector = Collector::start();
    let address = format!("127.0.0.1:{}", collector.port());
    let run = Run::alone(&[
        PROTOCOL,
        (ENDPOINT, &address),
        ("OTEL_EXPORTER_OTLP_INSECURE", "false"),
        ("OTEL_EXPORTER_OTLP_TRACES_INSECURE", "true"),
    ]);
    run.assert_printed("shut down: Ok(())");
    assert_eq!(collector.names(), BOTH);
    assert!(run.warnings().is_empty(), "{}", run.log);
}

#[test]
fn a_proxy_is_not_asked_for_what_goes_in_the_clear() {
    let collector = Collector::start();
    let run = Run::alone(&[
        PROTOCOL,
        (ENDPOINT, &collector.url()),
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("ALL_PROXY", "http://127.0.0.1:9"),
    ]);
    run.assert_printed("shut down: Ok(())");
    assert_eq!(collector.names(), BOTH);
}

/// A collector that takes the spans of one client, and the files with its certificate, that of the client, and its key.
fn collector(name: &str) -> (Collector, [PathBuf; 3]) {
    let (server, client) = (certified(), certified());
    let identity = Identity::from_pem(server.cert.pem(), server.signing_key.serialize_pem());
    let tls = ServerTlsConfig::new()
        .identity(identity)
        .client_ca_root(Certificate::from_pem(client.cert.pem()));
    let files = [
        file(&format!("grpc-{name}-server"), &server.cert.pem()),
        file(&format!("grpc-{name}-client"), &client.cert.pem()),
        file(
            &format!("grpc-{name}-key"),
            &client.signing_key.serialize_pem(),
        ),
    ];
    (Collector::behind(tls), files)
}

/// Runs a service with these variables, and a collector on this machine.
fn run(endpoint: &str, timeout: &str, variables: &[(&str, &Path)]) -> Run {
    let mut values = vec![
        PROTOCOL,
        (ENDPOINT, endpoint),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", timeout),
    ];
    values.extend(
        variables
            .iter()
            .map(|(name, path)| (*name, path.to_str().unwrap())),
    );
    Run::alone(&values)
}

#[test]
fn the_certificates_of_the_variables_are_trusted_and_shown() {
    let (collector, [server, client, key]) = collector("good");
    let address = format!("localhost:{}", collector.port());
    // Without a scheme it is over TLS.
    for (times, endpoint) in [address.clone(), format!("https://{address}")]
        .iter()
        .enumerate()
    {
        let run = run(
            endpoint,
            "60000",
            &[
                ("OTEL_EXPORTER_OTLP_CERTIFICATE", &server),
                ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &client),
                ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &key),
            ],
        );
        run.assert_printed("shut down: Ok(())");
        assert_eq!(collector.calls().len(), times + 1);
        assert!(run.warnings().is_empty(), "{}", run.log);
    }
}

/// A proxy that makes one tunnel, and says at its end what it was asked for.
fn proxy() -> (String, JoinHandle<String>) {
    let listener = bind(0);
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(&client).lines().map(Result::unwrap);
        let asked = lines.next().unwrap();
        assert!(lines.any(|line| line.is_empty()));
        let server = TcpStream::connect(asked.split(' ').nth(1).unwrap()).unwrap();
        (&client).write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                let _ = io::copy(&mut &client, &mut &server);
                server.shutdown(Shutdown::Write)
            });
            let _ = io::copy(&mut &server, &mut &client);
        });
        asked
    });
    (url, asked)
}

#[test]
fn a_proxy_makes_a_tunnel_for_what_goes_over_tls() {
    let (collector, [server, client, key]) = collector("proxied");
    let target = format!("localhost:{}", collector.port());
    let (url, asked) = proxy();
    let run = run(
        &format!("https://{target}"),
        "60000",
        &[
            ("HTTPS_PROXY", Path::new(&url)),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", &server),
            ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &client),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &key),
        ],
    );
    run.assert_printed("shut down: Ok(())");
    assert_eq!(collector.names(), BOTH);
    let asked = asked.join().unwrap();
    assert!(asked.starts_with(&format!("CONNECT {target} ")), "{asked}");
}

#[test]
fn nothing_is_sent_to_a_collector_that_is_not_trusted_or_does_not_know_the_client() {
    let (collector, [server, client, key]) = collector("strict");
    let (_other, [another, ..]) = self::collector("another");
    let endpoint = format!("https://localhost:{}", collector.port());
    let rows: [&[(&str, &Path)]; 2] = [
        &[("OTEL_EXPORTER_OTLP_CERTIFICATE", &server)],
        &[
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", &another),
            ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &client),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &key),
        ],
    ];
    for row in rows {
        let run = run(&endpoint, "500", row);
        run.assert_printed(
            "shut down: Err(Lost { dropped: 0, failed: 2, waiting: 0, logs: LostLogs { dropped: 0, failed: 0, waiting: 0 }, metrics: false, unfinished: false })",
        );
    }
    assert!(collector.calls().is_empty());
}
