use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::Request;
use axum::http::HeaderName;

use crate::http::connections::Peer;
use crate::model::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of whoever sends a request: of the other end of its connection, or, where that is a proxy that the
/// operator trusts, the one that the proxy names. What others write into `X-Forwarded-For` does not count.
pub(super) fn client(request: &Request, proxies: &BTreeSet<IpAddr>) -> Option<IpAddr> {
    let peer = request.extensions().get::<Peer>()?.address.ip().to_canonical();
    if !proxies.contains(&peer) {
        return Some(peer);
    }
    let lines = request.headers().get_all(FORWARDED_FOR).iter();
    // By bytes: what a client wrote may be no text, and must not hide what the proxy wrote behind it.
    let named: Vec<_> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    let named = named.into_iter().rev().map(<[u8]>::trim_ascii).filter(|name| !name.is_empty());
    // Each proxy appends whom it heard from, so what is right of the first unknown one comes from trusted ones.
    let mut heard = named.map_while(|name| node(std::str::from_utf8(name).ok()?));
    Some(heard.find(|address| !proxies.contains(address)).unwrap_or(peer))
}

/// Reads an address as proxies write it: bare, in brackets, with a port, or quoted.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        None => text.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip())),
    };
    address.as_ref().map(IpAddr::to_canonical)
}

/// What kind of network an address is of.
pub(super) fn network(address: IpAddr) -> Network {
    let is_private = match address {
        IpAddr::V4(address) => {
            // 100.64.0.0/10 stands behind the address translation of a provider (RFC 6598).
            let is_shared = address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 0x40;
            address.is_private() || address.is_link_local() || is_shared
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    };
    if address.is_loopback() {
        Network::Loopback
    } else if is_private {
        Network::Private
    } else {
        Network::Public
    }
}

/// Whom an address stands for: one machine has a whole network of IPv6 addresses (/64) to choose from.
pub(in crate::http) fn whose(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn an_address_tells_its_network_and_no_more() {
        let table = [
            ("127.0.0.1", Network::Loopback),
            ("::1", Network::Loopback),
            ("10.1.2.3", Network::Private),
            ("172.31.0.1", Network::Private),
            ("172.32.0.1", Network::Public),
            ("192.168.1.1", Network::Private),
            ("100.127.0.1", Network::Private),
            ("100.128.0.1", Network::Public),
            ("fd00::1", Network::Private),
            ("fe80::1", Network::Private),
            ("2001:db8::1", Network::Public),
        ];
        for (address, expected) in table {
            assert_eq!(network(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_what_it_heard_itself() {
        let table = [
            ("203.0.113.9", "10.0.0.7", "203.0.113.9"),
            ("10.0.0.1", "10.0.0.7", "10.0.0.7"),
            ("::ffff:10.0.0.1", "10.0.0.7", "10.0.0.7"),
            ("10.0.0.1", "1.2.3.4, 10.0.0.7", "10.0.0.7"),
            ("10.0.0.1", "1.2.3.4, 10.0.0.7, 10.0.0.2", "10.0.0.7"),
            ("10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.2", "10.0.0.1"),
            ("10.0.0.1", "203.0.113.5:52814", "203.0.113.5"),
            ("10.0.0.1", "1.2.3.4:80, 203.0.113.5:52814", "203.0.113.5"),
            ("10.0.0.1", "203.0.113.5:52814, 10.0.0.2:443", "203.0.113.5"),
            ("10.0.0.1", "[2001:db8::7]:52814", "2001:db8::7"),
            ("10.0.0.1", "[2001:db8::7]", "2001:db8::7"),
            ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
            ("10.0.0.1", "[::ffff:203.0.113.5]:52814", "203.0.113.5"),
            ("10.0.0.1", "\"[2001:db8::7]:52814\"", "2001:db8::7"),
            ("10.0.0.1", "  203.0.113.5  ,\t10.0.0.2 ", "203.0.113.5"),
            ("10.0.0.1", "203.0.113.5,", "203.0.113.5"),
            ("10.0.0.1", "\u{e9}, 203.0.113.5", "203.0.113.5"),
            ("10.0.0.1", "203.0.113.5, \u{e9}", "10.0.0.1"),
            ("10.0.0.1", "203.0.113.5:99999", "10.0.0.1"),
            ("10.0.0.1", "[10.0.0.7]", "10.0.0.1"),
            ("10.0.0.1", "unknown", "10.0.0.1"),
        ];
        let proxies = ["10.0.0.1", "10.0.0.2"].map(|proxy| proxy.parse().unwrap()).into();
        for (peer, forwarded, expected) in table {
            let mut request = Request::new(Body::empty());
            let address = (peer.parse::<IpAddr>().unwrap(), 1).into();
            request.extensions_mut().insert(Peer { address, surplus: false });
            let forwarded = HeaderValue::from_bytes(forwarded.as_bytes()).unwrap();
            request.headers_mut().insert(FORWARDED_FOR, forwarded.clone());
            let found = client(&request, &proxies);
            assert_eq!(found, Some(expected.parse().unwrap()), "{peer} {forwarded:?}");
        }
    }
}
