use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use super::Failure;
use crate::http::HostName;

/// Where a server is to listen, as the operator writes it: an address or a name, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listen {
    host: String,
    port: u16,
}

/// Where a server listens.
#[derive(Clone, Debug)]
pub(super) struct Listening {
    /// Never empty.
    addresses: Vec<SocketAddr>,
    /// The name by which it was asked for.
    pub(super) name: Option<HostName>,
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Self { host: address.ip().to_string(), port: address.port() });
        }
        let bare = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if let Ok(address) = bare {
            return Err(format!("it names no port; write {}", SocketAddr::new(address, 8080)));
        }
        match text.rsplit_once(':') {
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(format!("it names no host; write 127.0.0.1:{text}, or 0.0.0.0:{text} for all networks"))
            }
            None => Err(format!("it names no port; write {text}:8080")),
            Some(("" | "*", port)) => {
                Err(format!("it names no host; write 127.0.0.1:{port}, or 0.0.0.0:{port} for all networks"))
            }
            Some((host, port)) => {
                let port = port.parse().map_err(|_| format!("\"{port}\" is no port from 0 to 65535"))?;
                host.parse::<HostName>()
                    .map_err(|_| format!("\"{host}\" is no address and no name of a host"))?;
                Ok(Self { host: host.to_owned(), port })
            }
        }
    }
}

impl Listen {
    /// Finds the addresses of the name, on which the server listens all together.
    pub(super) fn resolve(&self) -> Result<Listening, Failure> {
        let Self { host, port } = self;
        let found = (host.as_str(), *port).to_socket_addrs();
        let mut addresses: Vec<_> = found.map_err(|cause| self.unknown(&cause.to_string()))?.collect();
        addresses.sort();
        addresses.dedup();
        if addresses.is_empty() {
            return Err(self.unknown("it has no address"));
        }
        // Each would get a port of its own.
        if *port == 0 {
            addresses.truncate(1);
        }
        let is_address = host.parse::<IpAddr>().is_ok();
        let name = if is_address { None } else { host.parse().ok() };
        Ok(Listening { addresses, name })
    }

    fn unknown(&self, cause: &str) -> Failure {
        Failure::new(format!("{}: {cause}; choose another address with --listen", self.host))
    }
}

impl Listening {
    pub(super) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The address by which most reach the server: one of other machines, where there is one.
    pub(super) fn widest(&self) -> SocketAddr {
        let others = self.addresses.iter().find(|address| !address.ip().is_loopback());
        others.copied().unwrap_or(self.addresses[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_with_its_port_and_a_name_may_stand_for_it() {
        let table = [
            ("127.0.0.1:8080", Ok(("127.0.0.1", 8080))),
            ("[::1]:0", Ok(("::1", 0))),
            ("localhost:8080", Ok(("localhost", 8080))),
            ("graph.example:443", Ok(("graph.example", 443))),
            ("localhost", Err("write localhost:8080")),
            ("0.0.0.0", Err("write 0.0.0.0:8080")),
            ("::1", Err("write [::1]:8080")),
            ("[::1]", Err("write [::1]:8080")),
            ("8080", Err("write 127.0.0.1:8080")),
            (":8080", Err("or 0.0.0.0:8080")),
            ("*:8080", Err("or 0.0.0.0:8080")),
            ("localhost:", Err("is no port")),
            ("localhost:http", Err("is no port")),
            ("localhost:70000", Err("is no port")),
            ("http://localhost:8080", Err("no name of a host")),
            ("a b:8080", Err("no name of a host")),
        ];
        for (text, expected) in table {
            match (text.parse::<Listen>(), expected) {
                (Ok(listen), Ok((host, port))) => {
                    assert_eq!((listen.host.as_str(), listen.port), (host, port));
                }
                (Err(error), Err(part)) => assert!(error.contains(part), "{text}: {error}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }

    #[test]
    fn a_name_stands_for_all_its_addresses() {
        let resolved = |text: &str| text.parse::<Listen>().unwrap().resolve().unwrap();
        let local = resolved("localhost:8080");
        assert!(local.addresses().iter().all(|address| address.ip().is_loopback() && address.port() == 8080));
        assert_eq!(local.name, "localhost".parse().ok());
        assert_eq!(resolved("localhost:0").addresses().len(), 1);
        let one = resolved("0.0.0.0:8080");
        assert_eq!((one.addresses(), &one.name), (&["0.0.0.0:8080".parse().unwrap()][..], &None));
        let mixed = Listening {
            addresses: ["127.0.0.1:1", "10.0.0.5:1"].map(|address| address.parse().unwrap()).into(),
            name: None,
        };
        assert_eq!(mixed.widest(), "10.0.0.5:1".parse().unwrap());
        let unknown = "no-such-name.invalid:1".parse::<Listen>().unwrap().resolve().unwrap_err();
        assert!(unknown.to_string().contains("--listen"), "{unknown}");
    }
}
