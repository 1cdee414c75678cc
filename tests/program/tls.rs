//! Connections that are encrypted.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::desk::Desk;
use crate::jwt::authority;
use crate::server::Server;

type Authority = CertifiedIssuer<'static, KeyPair>;

/// Writes a new certificate for localhost, and its key.
fn certify(desk: &Desk, authority: &Authority) {
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = parameters.signed_by(&key, authority).unwrap();
    desk.write("certificate.pem", certificate.pem()).write("key.pem", key.serialize_pem());
}

/// What a server answers somebody who trusts an authority.
fn ask(server: &Server, trusted: &Authority) -> Result<String, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.unwrap().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(&server.address)?);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    Ok(said)
}

#[test]
fn who_trusts_the_certificate_is_answered_while_others_are_slow_to_agree() {
    let desk = Desk::new();
    let authority = authority();
    certify(&desk, &authority);
    let server =
        Server::start(&desk, "serve --data store --tls-certificate certificate.pem --tls-key key.pem");
    // These never say a word, or another one.
    let _silent: Vec<_> = (0..50).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
    let mut plain = TcpStream::connect(&server.address).unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    plain.read_to_end(&mut said).ok();
    assert!(!String::from_utf8_lossy(&said).contains("200"), "{said:?}");
    let said = ask(&server, &authority).unwrap();
    assert!(said.starts_with("HTTP/1.1 200 ") && said.ends_with("ok\n"), "{said}");
    let stranger = crate::jwt::authority();
    assert!(ask(&server, &stranger).is_err());
}

#[cfg(unix)]
#[test]
fn a_new_certificate_is_taken_without_a_new_start_and_a_wrong_one_is_not() {
    let desk = Desk::new();
    let (old, new) = (authority(), authority());
    certify(&desk, &old);
    let server =
        Server::start(&desk, "serve --data store --tls-certificate certificate.pem --tls-key key.pem");
    let reload = || {
        let told = Command::new("kill").args(["-HUP", &server.id().to_string()]).status().unwrap();
        assert!(told.success());
    };
    assert!(ask(&server, &old).is_ok());
    let good_key = desk.read("key.pem");
    desk.write("key.pem", "nothing");
    reload();
    server.said_until("stay as they were: key.pem");
    assert!(ask(&server, &old).is_ok());
    desk.write("key.pem", good_key);
    certify(&desk, &new);
    reload();
    server.said_until("are read anew");
    assert!(ask(&server, &old).is_err());
    assert!(ask(&server, &new).is_ok());
}

#[test]
fn what_is_wrong_with_certificate_or_key_is_named_with_its_file() {
    let desk = Desk::new();
    certify(&desk, &authority());
    desk.write("empty.pem", "").write("other.pem", KeyPair::generate().unwrap().serialize_pem());
    let table = [
        ("--tls-certificate none.pem --tls-key key.pem", 1, "none.pem: "),
        ("--tls-certificate empty.pem --tls-key key.pem", 1, "empty.pem: "),
        ("--tls-certificate certificate.pem --tls-key certificate.pem", 1, "must hold a private key in PEM"),
        ("--tls-certificate certificate.pem --tls-key other.pem", 1, "certificate.pem and other.pem: "),
        ("--tls-certificate certificate.pem", 2, "--tls-key <FILE>"),
    ];
    for (arguments, code, message) in table {
        let outcome = desk.run(&format!("serve --data store --listen 127.0.0.1:0 {arguments}"));
        assert_eq!(outcome.code, code, "{arguments}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(message), "{arguments}: {}", outcome.stderr);
    }
}
