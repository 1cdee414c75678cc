use std::collections::BTreeSet;
use std::net::IpAddr;
use std::str::FromStr;

use axum::extract::Request;
use axum::http::{StatusCode, Version, header, uri::Authority};
use thiserror::Error;

use super::refusal::Refused;

/// The names by which a server may be called.
///
/// A page of another site can have its own name lead to this machine (DNS rebinding), and browsers then take both for
/// one site. What it cannot have is another name in `Host`. Addresses and `localhost` are always good: no page of
/// another site has such a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(BTreeSet<HostName>);

/// The name of a host, in the form in which requests are compared with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostName(String);

/// Why a text is not the name of a host.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "a host is named as clients call it, such as graph.example; a name in other letters than ASCII is written as \
     browsers send it (xn--…), without https:// and without a path"
)]
pub struct HostNameError;

impl FromStr for HostName {
    type Err = HostNameError;

    /// Reads a name; a port behind it is dropped, since a server is reached at several behind a proxy.
    fn from_str(text: &str) -> Result<Self, HostNameError> {
        let authority: Authority = text.parse().map_err(|_| HostNameError)?;
        let name = normal(&authority);
        if text.contains('@') || name.is_empty() { Err(HostNameError) } else { Ok(Self(name)) }
    }
}

/// The host of an authority without its port, in lower case, without the dot that ends a full name.
fn normal(authority: &Authority) -> String {
    authority.host().trim_end_matches('.').to_ascii_lowercase()
}

impl Hosts {
    /// These names and all addresses.
    pub fn of(names: impl IntoIterator<Item = HostName>) -> Self {
        Self(names.into_iter().collect())
    }

    /// Whether a server may be called by what `Host` says.
    fn admit(&self, host: &str) -> bool {
        let Some(authority) = host.parse::<Authority>().ok().filter(|_| !host.contains('@')) else {
            return false;
        };
        let name = normal(&authority);
        let address = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost"
            || name.ends_with(".localhost")
            || address.parse::<IpAddr>().is_ok()
            || self.0.contains(&HostName(name))
    }

    /// Refuses a request that calls the server by another name.
    ///
    /// A request of HTTP/1.0 need not name a host, and none without one comes from a browser.
    ///
    /// # Errors
    /// 421.
    pub(super) fn require(&self, request: &Request) -> Result<(), Refused> {
        let in_address = request.uri().authority().map(Authority::as_str);
        let in_header = request.headers().get_all(header::HOST).iter().map(|host| host.to_str().ok());
        let mut given = in_header.chain(in_address.map(Some)).peekable();
        let needs_none = request.version() == Version::HTTP_10;
        if (needs_none || given.peek().is_some())
            && given.all(|host| host.is_some_and(|host| self.admit(host)))
        {
            return Ok(());
        }
        let message = "this server is not called by the host that the request names; its operator adds names \
                       with --allow-host";
        Err(Refused::new(StatusCode::MISDIRECTED_REQUEST, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_given_names_are_admitted_and_no_others() {
        let hosts = Hosts::of(["Graph.Example".parse().unwrap()]);
        let table = [
            ("127.0.0.1:8080", true),
            ("127.0.0.1", true),
            ("[::1]:8080", true),
            ("10.0.0.5", true),
            ("localhost:8080", true),
            ("LOCALHOST", true),
            ("orgatlas.localhost:1", true),
            ("graph.example:443", true),
            ("graph.example:80", true),
            ("graph.example:8443", true),
            ("GRAPH.example.", true),
            ("evil.example", false),
            ("graph.example.evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("evil.example:8080@127.0.0.1", false),
            ("", false),
            ("a b", false),
        ];
        for (host, admitted) in table {
            assert_eq!(hosts.admit(host), admitted, "{host}");
        }
    }

    #[test]
    fn a_host_is_named_as_clients_call_it() {
        for good in ["graph.example", "Graph.Example.", "graph.example:8443", "graph", "xn--fsq.example"] {
            assert!(good.parse::<HostName>().is_ok(), "{good}");
        }
        assert_eq!("graph.example:8443".parse::<HostName>(), "Graph.Example.".parse());
        for bad in [
            "",
            ".",
            "https://graph.example",
            "graph.example/",
            "a@graph.example",
            "a b",
            "图.example",
            ":80",
        ] {
            assert_eq!(bad.parse::<HostName>(), Err(HostNameError), "{bad}");
        }
    }
}
