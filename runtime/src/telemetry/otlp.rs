//! [`OtlpSettings`]: a collector, and how a signal is sent to it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use super::protocol::OtlpProtocol;
use super::reader::{Reader, decoded};
use super::signal::Signal;
use crate::otlp::{Destination, Format, Identity, Otlp, OtlpLogs, Protocol, Roots};

/// A collector that speaks OTLP, and how a signal is sent to it.
///
/// Its `Debug` and its `Display` have no value of a header, no user name and no query of the URL.
///
/// ```
/// use std::time::Duration;
/// use tracing_relay::telemetry::{OtlpSettings, Telemetry};
///
/// let collector = OtlpSettings::new("https://collector.example/v1/traces")?
///     .with_header("api-key", "secret")?
///     .with_gzip(true)
///     .with_timeout(Duration::from_secs(3));
/// let builder = Telemetry::builder("orders").with_otlp(collector);
/// # drop(builder);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct OtlpSettings {
    url: Url,
    headers: HeaderMap,
    timeout: Duration,
    protocol: OtlpProtocol,
    gzip: bool,
    certificate: Option<PathBuf>,
    client_certificate: Option<PathBuf>,
    client_key: Option<PathBuf>,
}

impl Default for OtlpSettings {
    /// The collector of this machine for traces, `http://localhost:4318/v1/traces`.
    fn default() -> Self {
        Self::local(OtlpProtocol::default(), Signal::Traces)
    }
}

impl OtlpSettings {
    fn at(url: Url) -> Self {
        Self {
            url,
            headers: HeaderMap::new(),
            timeout: Duration::from_secs(10),
            protocol: OtlpProtocol::default(),
            gzip: false,
            certificate: None,
            client_certificate: None,
            client_key: None,
        }
    }

    /// The collector of this machine.
    fn local(protocol: OtlpProtocol, signal: Signal) -> Self {
        let port = if protocol.has_path() { 4318 } else { 4317 };
        let url = Url::parse(&format!("http://localhost:{port}")).expect("it is a URL");
        Self::at(for_signal(url, protocol, signal)).with_protocol(protocol)
    }

    /// A collector by the whole URL that requests are posted to, which is used as it is: that of one signal, as
    /// `http://localhost:4318/v1/traces` is for traces. `http` is sent in the clear.
    ///
    /// # Errors
    ///
    /// It is not a URL of `http` or `https` with a host. The error does not have the URL in it.
    pub fn new(url: &str) -> io::Result<Self> {
        let url = parse(url).ok_or_else(|| invalid("it is not a URL of `http` or `https`"))?;
        Ok(Self::at(url))
    }

    /// A collector that speaks gRPC, by a URL such as `http://localhost:4317`, for each signal. Its path does not count.
    /// `http` is sent in the clear, and takes no proxy.
    ///
    /// ```
    /// use tracing_relay::telemetry::{OtlpSettings, Telemetry};
    ///
    /// let collector = OtlpSettings::grpc("https://collector.example:4317")?.with_gzip(true);
    /// let builder = Telemetry::builder("orders").with_otlp(collector);
    /// # drop(builder);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`new`](Self::new).
    #[cfg(feature = "grpc")]
    pub fn grpc(url: &str) -> io::Result<Self> {
        Ok(Self::new(url)?.with_protocol(OtlpProtocol::Grpc))
    }

    /// Sends a header with each request, which over gRPC is its metadata; of two with the same name the last counts.
    ///
    /// # Errors
    ///
    /// The name or the value is no legal one, or the name is one that requests have anyway.
    pub fn with_header(mut self, name: &str, value: &str) -> io::Result<Self> {
        let (name, value) =
            header(name, value).ok_or_else(|| invalid("it is not a header of one's own"))?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// How long one batch may take, with what is tried again of it; ten seconds unless set.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What is spoken with the collector; HTTP with protobuf unless set.
    #[must_use]
    pub fn with_protocol(mut self, protocol: OtlpProtocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Whether bodies are compressed; not unless set.
    #[must_use]
    pub fn with_gzip(mut self, gzip: bool) -> Self {
        self.gzip = gzip;
        self
    }

    /// A file with the certificates that are trusted, in PEM, instead of those of the system.
    #[must_use]
    pub fn with_certificate(mut self, file: impl Into<PathBuf>) -> Self {
        self.certificate = Some(file.into());
        self
    }

    /// Two files in PEM that say who the client is: its chain of certificates, and its key.
    #[must_use]
    pub fn with_client(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        (self.client_certificate, self.client_key) = (Some(certificate.into()), Some(key.into()));
        self
    }

    /// An exporter of spans for this collector, on a thread without a runtime. Reads the files.
    pub(super) fn exporter(&self, longest: Duration) -> io::Result<Otlp> {
        Otlp::new(self.destination(longest))
    }

    /// An exporter of log records for this collector, on such a thread.
    pub(super) fn log_exporter(&self, longest: Duration) -> io::Result<OtlpLogs> {
        OtlpLogs::new(self.destination(longest))
    }

    /// The same for what sends requests, none of which takes longer than this.
    pub(super) fn destination(&self, longest: Duration) -> Destination {
        let identity = self.client_certificate.clone().zip(self.client_key.clone());
        Destination {
            url: self.url.clone(),
            headers: self.headers.clone(),
            timeout: self.timeout.min(longest),
            protocol: match self.protocol {
                OtlpProtocol::HttpProtobuf => Protocol::Http(Format::Protobuf),
                OtlpProtocol::HttpJson => Protocol::Http(Format::Json),
                #[cfg(feature = "grpc")]
                OtlpProtocol::Grpc => Protocol::Grpc,
            },
            gzip: self.gzip,
            roots: match &self.certificate {
                _ if self.url.scheme() == "http" => Roots::None,
                Some(file) => Roots::File(file.clone()),
                None => Roots::System,
            },
            identity: identity
                .filter(|_| self.url.scheme() != "http")
                .map(|(certificate, key)| Identity { certificate, key }),
        }
    }

    /// The URL, without what may be a secret.
    pub(super) fn place(&self) -> String {
        let url = &self.url;
        let user = if url.username().is_empty() && url.password().is_none() {
            ""
        } else {
            "[redacted]@"
        };
        let host = url.host_str().unwrap_or_default();
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let base = format!("{}://{user}{host}{port}", url.scheme());
        if !self.protocol.has_path() {
            return base;
        }
        let query = url.query().map_or("", |_| "?[redacted]");
        format!("{base}{}{query}", url.path())
    }

    /// What the variables say for a signal.
    pub(super) fn read(reader: &mut Reader<'_>, signal: Signal) -> Self {
        let protocol = either(reader, signal, "PROTOCOL", OtlpProtocol::read);
        let protocol = protocol.unwrap_or_default();
        let url = read_url(reader, signal, protocol);
        let settings = url.map_or_else(|| Self::local(protocol, signal), Self::at);
        let mut settings = settings.with_protocol(protocol);
        let [specific, generic] = signal.otlp("HEADERS");
        settings.read_headers(reader, &generic);
        settings.read_headers(reader, &specific);
        if let Some(timeout) = either(reader, signal, "TIMEOUT", Reader::timeout) {
            settings.timeout = timeout;
        }
        let names = [("gzip", true), ("none", false)];
        let gzip = either(reader, signal, "COMPRESSION", |reader, name| {
            reader.name(name, &names)
        });
        settings.gzip = gzip.unwrap_or_default();
        settings.read_tls(reader, signal);
        settings
    }

    fn read_headers(&mut self, reader: &mut Reader<'_>, variable: &str) {
        let pairs = reader.pairs(variable);
        for (number, pair) in pairs.into_iter().enumerate() {
            let pair = pair.and_then(|(name, value)| header(&name, &decoded(&value)?));
            if let Some((name, value)) = pair {
                self.headers.insert(name, value);
            } else {
                let fault = format!("has no header in entry {}, which is ignored", number + 1);
                reader.warn(variable, fault);
            }
        }
    }

    fn read_tls(&mut self, reader: &mut Reader<'_>, signal: Signal) {
        let file = |reader: &mut Reader<'_>, name: &str| reader.text(name).map(PathBuf::from);
        self.certificate = either(reader, signal, "CERTIFICATE", file);
        let certificate = either(reader, signal, "CLIENT_CERTIFICATE", file);
        let key = either(reader, signal, "CLIENT_KEY", file);
        match (certificate, key) {
            (Some(_), None) => reader.warn(
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
                "has no `OTEL_EXPORTER_OTLP_CLIENT_KEY` beside it, and is ignored",
            ),
            (None, Some(_)) => reader.warn(
                "OTEL_EXPORTER_OTLP_CLIENT_KEY",
                "has no `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE` beside it, and is ignored",
            ),
            (certificate, key) => (self.client_certificate, self.client_key) = (certificate, key),
        }
    }
}

/// The URL of a signal, where a variable says one.
fn read_url(reader: &mut Reader<'_>, signal: Signal, protocol: OtlpProtocol) -> Option<Url> {
    let scheme = scheme(reader, signal, protocol);
    let [specific, generic] = signal.otlp("ENDPOINT");
    if let Some(url) = url(reader, &specific, scheme) {
        return Some(url);
    }
    Some(for_signal(url(reader, &generic, scheme)?, protocol, signal))
}

/// The scheme of an endpoint that has none, which is legal for gRPC alone.
fn scheme(reader: &mut Reader<'_>, signal: Signal, protocol: OtlpProtocol) -> Option<&'static str> {
    if !protocol.has_path() {
        let insecure = either(reader, signal, "INSECURE", Reader::boolean);
        return Some(if insecure == Some(true) {
            "http"
        } else {
            "https"
        });
    }
    for variable in signal.otlp("INSECURE") {
        if reader.is_true(&variable) {
            reader.warn(
                &variable,
                "has no effect over HTTP, where the scheme of the URL says whether there is TLS",
            );
        }
    }
    None
}

/// What the variable for this signal says about a subject, or else that for all.
fn either<'a, T>(
    reader: &mut Reader<'a>,
    signal: Signal,
    subject: &str,
    read: impl Fn(&mut Reader<'a>, &str) -> Option<T>,
) -> Option<T> {
    let [specific, generic] = signal.otlp(subject);
    reader.either([&specific, &generic], read)
}

/// The URL of a signal, by that of its collector.
fn for_signal(mut base: Url, protocol: OtlpProtocol, signal: Signal) -> Url {
    if !protocol.has_path() {
        return base;
    }
    let path = format!("{}/{}", base.path().trim_end_matches('/'), signal.path());
    base.set_path(&path);
    base
}

fn invalid(fault: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, fault)
}

fn parse(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_http = matches!(url.scheme(), "http" | "https");
    (is_http && url.has_host()).then_some(url)
}

/// A URL, which gets this scheme where it has none.
fn url(reader: &mut Reader<'_>, variable: &str, scheme: Option<&str>) -> Option<Url> {
    let text = reader.text(variable)?;
    let url = match scheme {
        Some(scheme) if !text.contains("://") => parse(&format!("{scheme}://{text}")),
        _ => parse(&text),
    };
    if url.is_none() {
        let fault = "is not a URL that begins with `http://` or `https://`, and is ignored";
        reader.warn(variable, fault);
    }
    url
}

/// A header that a collector may ask for. Its value is a secret.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let taken = [
        CONTENT_ENCODING,
        CONTENT_LENGTH,
        CONTENT_TYPE,
        HOST,
        TRANSFER_ENCODING,
    ];
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    (!taken.contains(&name)).then_some((name, value))
}

impl fmt::Display for OtlpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (protocol, place) = (self.protocol.name(), self.place());
        write!(f, "otlp, {protocol} to {place}")?;
        write!(f, ", timeout {:?}", self.timeout)?;
        if self.gzip {
            f.write_str(", gzip")?;
        }
        for name in self.headers.keys() {
            write!(f, ", header {name}: [redacted]")?;
        }
        if let Some(file) = &self.certificate {
            write!(f, ", trusting {}", file.display())?;
        }
        if let Some(file) = &self.client_certificate {
            write!(f, ", as the client of {}", file.display())?;
        }
        Ok(())
    }
}

impl fmt::Debug for OtlpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OtlpSettings({self})")
    }
}
