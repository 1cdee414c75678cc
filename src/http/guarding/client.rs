use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

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
    let headers = request.headers().get_all(FORWARDED_FOR);
    let named: Vec<_> =
        headers.iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')).collect();
    // Each proxy appends whom it heard from, so what is right of the first unknown one comes from trusted ones.
    let heard = named.iter().rev().map_while(|text| text.trim().parse::<IpAddr>().ok());
    Some(
        heard
            .map(|address| address.to_canonical())
            .find(|address| !proxies.contains(address))
            .unwrap_or(peer),
    )
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
        ];
        let proxies = ["10.0.0.1", "10.0.0.2"].map(|proxy| proxy.parse().unwrap()).into();
        for (peer, forwarded, expected) in table {
            let mut request = Request::new(Body::empty());
            let address = (peer.parse::<IpAddr>().unwrap(), 1).into();
            request.extensions_mut().insert(Peer { address, surplus: false });
            request.headers_mut().insert(FORWARDED_FOR, forwarded.parse().unwrap());
            let found = client(&request, &proxies);
            assert_eq!(found, Some(expected.parse().unwrap()), "{peer} {forwarded}");
        }
    }
}
