use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{StatusCode, header, uri::Authority};

use super::refusal::Refused;

/// The names by which a server may be called.
///
/// A page of another site can have its own name lead to this machine (DNS rebinding), and browsers then take both for
/// one site. What it cannot have is another name in `Host`. Addresses and `localhost` are always good: no page of
/// another site has such a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(BTreeSet<String>);

impl Hosts {
    /// These names, without ports, and all addresses.
    pub fn of(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Whether a server may be called by what `Host` says.
    fn admit(&self, host: &str) -> bool {
        let Some(authority) = host.parse::<Authority>().ok().filter(|_| !host.contains('@')) else {
            return false;
        };
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let address = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost"
            || name.ends_with(".localhost")
            || address.parse::<IpAddr>().is_ok()
            || self.0.contains(&name)
    }

    /// Refuses a request that calls the server by another name.
    ///
    /// # Errors
    /// 421.
    pub(super) fn require(&self, request: &Request) -> Result<(), Refused> {
        let in_address = request.uri().authority().map(Authority::as_str);
        let in_header = request.headers().get_all(header::HOST).iter().map(|host| host.to_str().ok());
        let mut given = in_header.chain(in_address.map(Some)).peekable();
        if given.peek().is_some() && given.all(|host| host.is_some_and(|host| self.admit(host))) {
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
        let hosts = Hosts::of(["Graph.Example".to_owned()]);
        let table = [
            ("127.0.0.1:8080", true),
            ("127.0.0.1", true),
            ("[::1]:8080", true),
            ("10.0.0.5", true),
            ("localhost:8080", true),
            ("LOCALHOST", true),
            ("orgatlas.localhost:1", true),
            ("graph.example:443", true),
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
}
