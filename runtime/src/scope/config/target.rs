//! The URL of a collector, and which URLs are none.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use http::uri::Scheme;

use super::Secret;

/// A URL that spans may be sent to.
#[derive(Clone)]
pub(super) struct Target {
    url: Uri,
    text: String,
}

impl Target {
    /// The URL, or what is wrong with it. `http` is taken to this machine alone, and where `loopback_http` says so.
    pub(super) fn parse(text: &str, loopback_http: bool) -> Result<Self, &'static str> {
        let url: Uri = text.parse().map_err(|_| "is not a URL")?;
        let (Some(scheme), Some(authority)) = (url.scheme(), url.authority()) else {
            return Err("is not a whole URL");
        };
        if authority.as_str().contains('@') {
            return Err("has a user name in it");
        }
        if authority.host().is_empty() {
            return Err("has no host");
        }
        let after_host = &authority.as_str()[authority.host().len()..];
        if !after_host.is_empty() && authority.port_u16().is_none_or(|port| port == 0) {
            return Err("has no legal port");
        }
        if *scheme != Scheme::HTTPS {
            let plain = *scheme == Scheme::HTTP;
            if !(plain && loopback_http) {
                return Err("is not `https`");
            }
            if !is_loopback(authority.host()) {
                return Err("is `http`, and not to this machine");
            }
        }
        Ok(Self {
            text: url.to_string(),
            url,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.text
    }

    #[cfg(feature = "otlp")]
    pub(super) fn is_plain(&self) -> bool {
        self.url.scheme() == Some(&Scheme::HTTP)
    }
}

/// Whether a host is this machine, without asking a resolver.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(scheme), Some(authority)) = (self.url.scheme(), self.url.authority()) else {
            return Secret(()).fmt(f);
        };
        write!(f, "{scheme}://{authority}{}", self.url.path())?;
        if let Some(query) = self.url.query().map(Secret) {
            write!(f, "?{query:?}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(url: &str, loopback_http: bool) -> Option<&'static str> {
        Target::parse(url, loopback_http).err()
    }

    #[test]
    fn what_is_not_https_to_a_host_is_refused_with_the_reason() {
        let rows = [
            ("https://collector.example/v1/traces", None),
            ("HTTPS://collector.example", None),
            ("https://collector.example:8443/?key=k#part", None),
            ("https://[2001:db8::1]:443/v1/traces", None),
            ("http://collector.example/v1/traces", Some("is not `https`")),
            ("http://localhost:4318/v1/traces", Some("is not `https`")),
            ("ftp://collector.example/", Some("is not `https`")),
            ("file:///v1/traces", Some("is not a URL")),
            (
                "https://user:pass@collector.example/",
                Some("has a user name in it"),
            ),
            (
                "https://user@collector.example/",
                Some("has a user name in it"),
            ),
            ("https://:443/v1/traces", Some("has no host")),
            ("https://collector.example:/", Some("has no legal port")),
            ("https://collector.example:0/", Some("has no legal port")),
            (
                "https://collector.example:99999/",
                Some("has no legal port"),
            ),
            ("https://", Some("is not a URL")),
            ("https:///v1/traces", Some("is not a URL")),
            ("https://a b/", Some("is not a URL")),
            ("https://host/\nx", Some("is not a URL")),
            ("https://host\\@other/", Some("is not a URL")),
            ("https://[::1/", Some("is not a URL")),
            ("https://bücher.example/", Some("is not a URL")),
            ("collector.example", Some("is not a whole URL")),
            ("collector.example:443", Some("is not a whole URL")),
            ("/v1/traces", Some("is not a whole URL")),
            ("//collector.example/v1/traces", Some("is not a whole URL")),
            ("not a url", Some("is not a URL")),
        ];
        for (url, wanted) in rows {
            assert_eq!(fault(url, false), wanted, "{url}");
        }
    }

    #[test]
    fn the_switch_allows_http_to_this_machine_and_to_no_other() {
        let elsewhere = Some("is `http`, and not to this machine");
        let rows = [
            ("http://127.0.0.1:4318/v1/traces", None),
            ("http://127.255.0.9/v1/traces", None),
            ("http://[::1]:4318/v1/traces", None),
            ("http://localhost:4318/v1/traces", None),
            ("http://LocalHost/", None),
            ("https://collector.example/", None),
            ("http://collector.example/", elsewhere),
            ("http://128.0.0.1/", elsewhere),
            ("http://10.0.0.1/", elsewhere),
            ("http://0.0.0.0/", elsewhere),
            ("http://[::]/", elsewhere),
            ("http://[::2]/", elsewhere),
            ("http://localhost.example/", elsewhere),
            ("http://127.0.0.1.example/", elsewhere),
            ("http://127.1/", elsewhere),
            ("http://2130706433/", elsewhere),
            (
                "http://127.0.0.1@collector.example/",
                Some("has a user name in it"),
            ),
            ("ftp://localhost/", Some("is not `https`")),
        ];
        for (url, wanted) in rows {
            assert_eq!(fault(url, true), wanted, "{url}");
        }
    }

    #[test]
    fn the_debug_of_a_url_has_no_query() {
        let parsed = Target::parse("https://collector.example:8443/v1/traces?key=hush", false);
        let target = parsed.expect("it is legal");
        let shown = format!("{target:?} {target:#?}");
        assert!(!shown.contains("hush"), "{shown}");
        assert!(shown.starts_with("https://collector.example:8443/v1/traces?[redacted] "));
        assert_eq!(
            target.url(),
            "https://collector.example:8443/v1/traces?key=hush"
        );
    }
}
