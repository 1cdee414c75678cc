//! Tokens that an identity provider has signed: which of them are taken.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use data_encoding::BASE64URL_NOPAD as BASE64;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::EncodePublicKey;
use rsa::traits::PublicKeyParts;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::access::ask_as;
use crate::desk::{Desk, desk_with_district};
use crate::server::Server;

/// An identity provider of the test's own: three key pairs, and their public parts as a set.
struct Provider {
    rsa: rsa::RsaPrivateKey,
    elliptic: p256::ecdsa::SigningKey,
    edwards: ed25519_dalek::SigningKey,
}

impl Provider {
    fn new() -> Self {
        let random = &mut rsa::rand_core::OsRng;
        let mut seed = [0; 32];
        rsa::rand_core::RngCore::fill_bytes(random, &mut seed);
        Self {
            rsa: rsa::RsaPrivateKey::new(random, 2048).unwrap(),
            elliptic: p256::ecdsa::SigningKey::random(random),
            edwards: ed25519_dalek::SigningKey::from_bytes(&seed),
        }
    }

    fn keys(&self) -> String {
        let point = self.elliptic.verifying_key().to_encoded_point(false);
        let keys = json!({ "keys": [
            { "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "r",
              "n": BASE64.encode(&self.rsa.n().to_bytes_be()), "e": BASE64.encode(&self.rsa.e().to_bytes_be()) },
            { "kty": "EC", "crv": "P-256", "kid": "e",
              "x": BASE64.encode(point.x().unwrap()), "y": BASE64.encode(point.y().unwrap()) },
            { "kty": "OKP", "crv": "Ed25519", "kid": "d",
              "x": BASE64.encode(self.edwards.verifying_key().as_bytes()) },
        ] });
        keys.to_string()
    }

    fn sign(&self, algorithm: Algorithm, kid: Option<&str>, claims: &Value) -> String {
        let key = match algorithm {
            Algorithm::RS256 | Algorithm::RS384 => {
                EncodingKey::from_rsa_der(self.rsa.to_pkcs1_der().unwrap().as_bytes())
            }
            Algorithm::ES256 => EncodingKey::from_ec_der(self.elliptic.to_pkcs8_der().unwrap().as_bytes()),
            _ => EncodingKey::from_ed_der(self.edwards.to_pkcs8_der().unwrap().as_bytes()),
        };
        sign(algorithm, kid, claims, &key)
    }
}

fn sign(algorithm: Algorithm, kid: Option<&str>, claims: &Value, key: &EncodingKey) -> String {
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    encode(&header, claims, key).unwrap()
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Good claims, with some of them replaced; null takes one away.
fn claims(replaced: &Value) -> Value {
    let mut claims = json!({ "iss": "https://login.test", "aud": "orgatlas", "sub": "office-a", "role": "reader", "exp": now() + 60 });
    let all = claims.as_object_mut().unwrap();
    all.extend(replaced.as_object().unwrap().clone());
    all.retain(|_, value| !value.is_null());
    claims
}

fn configured(desk: &Desk, keys: &str) {
    let jwt = format!("issuer = \"https://login.test\"\naudience = \"orgatlas\"\nkeys = \"{keys}\"\n");
    desk.write("store/access.toml", format!("reading = \"token\"\n[jwt]\n{jwt}"));
}

fn status(server: &Server, token: &str) -> u16 {
    ask_as(server, &format!("Authorization: Bearer {token}\r\n"), "{ __typename }").status
}

#[test]
fn signed_tokens_are_taken_if_everything_about_them_is_right() {
    let desk = desk_with_district();
    let (provider, stranger) = (Provider::new(), Provider::new());
    desk.write("store/keys.json", provider.keys());
    configured(&desk, "keys.json");
    let server = Server::start(&desk, "serve --data store");
    let (rs, es, ed) = (Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA);
    let good = claims(&json!({}));
    let signed = |replaced: Value| provider.sign(es, Some("e"), &claims(&replaced));
    // Whoever takes the public key for a secret takes these.
    let public = provider.rsa.to_public_key();
    let pem = public.to_public_key_pem(rsa::pkcs8::LineEnding::LF).unwrap();
    let n = public.n().to_bytes_be();
    let unsigned = |algorithm: &str| {
        let part = |value: &Value| BASE64.encode(value.to_string().as_bytes());
        format!("{}.{}.", part(&json!({ "alg": algorithm, "typ": "JWT", "kid": "r" })), part(&good))
    };
    let mut forged = provider.sign(rs, Some("r"), &good);
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    let table = [
        ("RS256", provider.sign(rs, Some("r"), &good), 200),
        ("ES256", provider.sign(es, Some("e"), &good), 200),
        ("EdDSA", provider.sign(ed, Some("d"), &good), 200),
        ("no key named, one of its sort", provider.sign(rs, None, &good), 200),
        ("audience among several", signed(json!({ "aud": ["other", "orgatlas"] })), 200),
        ("expired within the leeway", signed(json!({ "exp": now() - 5 })), 200),
        ("not yet, within the leeway", signed(json!({ "nbf": now() + 5 })), 200),
        ("expired", signed(json!({ "exp": now() - 3600 })), 401),
        ("never expires", signed(json!({ "exp": null })), 401),
        ("expires never clearly", signed(json!({ "exp": "soon" })), 401),
        ("not yet", signed(json!({ "nbf": now() + 3600 })), 401),
        ("another issuer", signed(json!({ "iss": "https://evil.test" })), 401),
        ("no issuer", signed(json!({ "iss": null })), 401),
        ("a list of issuers", signed(json!({ "iss": ["https://evil.test", good["iss"]] })), 401),
        ("begins never clearly", signed(json!({ "nbf": "soon" })), 401),
        ("begins too far away", signed(json!({ "nbf": 1e30 })), 401),
        ("another audience", signed(json!({ "aud": "other" })), 401),
        ("no audience", signed(json!({ "aud": null })), 401),
        ("no role", signed(json!({ "role": null })), 401),
        ("an unknown role", signed(json!({ "role": "king" })), 401),
        ("a person's number as actor", signed(json!({ "sub": "13812345678" })), 401),
        ("a stranger's key", stranger.sign(es, Some("e"), &good), 401),
        ("an unknown key", provider.sign(es, Some("x"), &good), 401),
        ("a key of another sort", provider.sign(es, Some("r"), &good), 401),
        ("an algorithm that is not taken", provider.sign(Algorithm::RS384, Some("r"), &good), 401),
        ("another signature", forged, 401),
        ("alg none", unsigned("none"), 401),
        ("alg None", unsigned("None"), 401),
        ("no signature", unsigned("RS256"), 401),
        (
            "HS256 with the public key's text",
            sign(Algorithm::HS256, Some("r"), &good, &EncodingKey::from_secret(pem.as_bytes())),
            401,
        ),
        (
            "HS256 with the public key's number",
            sign(Algorithm::HS256, Some("r"), &good, &EncodingKey::from_secret(&n)),
            401,
        ),
    ];
    for (name, token, expected) in table {
        assert_eq!(status(&server, &token), expected, "{name}");
    }
}

/// Answers every request with a set of keys, in plain text or within TLS, and counts the answers that went out.
fn key_server(keys: String, tls: Option<Arc<ServerConfig>>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            // Whoever does not trust the server breaks the connection off.
            let answered = match &tls {
                None => answer_keys(stream, &keys),
                Some(tls) => {
                    let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
                    answer_keys(StreamOwned::new(connection, stream), &keys)
                }
            };
            counted.fetch_add(usize::from(answered.is_ok()), Ordering::SeqCst);
        }
    });
    (port, asked)
}

fn answer_keys(mut stream: impl Read + Write, keys: &str) -> std::io::Result<()> {
    assert!(stream.read(&mut [0; 4096])? > 0);
    let length = keys.len();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{keys}");
    stream.write_all(answer.as_bytes())?;
    stream.flush()
}

/// An authority of the test's own: it vouches for hosts, and its certificate says who it is.
pub(crate) fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
}

/// How a server speaks TLS that an authority vouches for under a name.
fn vouched(authority: &CertifiedIssuer<'static, KeyPair>, name: &str) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = parameters.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let server = versions.unwrap().with_no_client_auth();
    Arc::new(server.with_single_cert(vec![certificate.der().clone()], key).unwrap())
}

#[test]
fn keys_within_tls_are_taken_from_whom_the_operator_trusts_and_from_nobody_else() {
    let provider = Provider::new();
    let (trusted, stranger) = (authority(), authority());
    let table = [
        ("vouched for under its name", &trusted, "localhost", 200),
        ("vouched for by a stranger", &stranger, "localhost", 401),
        ("vouched for under another name", &trusted, "login.test", 401),
    ];
    for (name, issuer, host, expected) in table {
        let desk = desk_with_district();
        let (port, asked) = key_server(provider.keys(), Some(vouched(issuer, host)));
        desk.write("store/trusted.pem", trusted.pem());
        configured(&desk, &format!("https://localhost:{port}/keys\"\ncertificates = \"trusted.pem"));
        let server = Server::start(&desk, "serve --data store");
        let token = provider.sign(Algorithm::ES256, Some("e"), &claims(&json!({})));
        assert_eq!(status(&server, &token), expected, "{name}");
        assert_eq!(asked.load(Ordering::SeqCst), usize::from(expected == 200), "{name}");
    }
}

#[test]
fn keys_at_an_address_are_fetched_once_however_many_tokens_come() {
    let desk = desk_with_district();
    let provider = Provider::new();
    let (port, asked) = key_server(provider.keys(), None);
    configured(&desk, &format!("http://127.0.0.1:{port}/keys"));
    let server = Server::start(&desk, "serve --data store");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody has asked yet");
    let good = claims(&json!({}));
    for _ in 0..3 {
        assert_eq!(status(&server, &provider.sign(Algorithm::ES256, Some("e"), &good)), 200);
        assert_eq!(status(&server, &provider.sign(Algorithm::ES256, Some("unknown"), &good)), 401);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn a_configuration_that_cannot_work_is_refused_when_the_server_starts() {
    let desk = desk_with_district();
    let table = [
        ("none.json", "none.json"),
        ("https://login.test/keys", "certificates, a PEM file"),
        ("keys.json\"\nalgorithms = [\"HS256\"]\n#", "unknown variant `HS256`"),
        ("keys.json\"\nalgorithms = []\n#", "algorithms is empty"),
        ("keys.json\"\nsecret = \"x", "unknown field `secret`"),
    ];
    desk.write("store/keys.json", "{\"keys\":[]}");
    for (keys, message) in table {
        configured(&desk, keys);
        let outcome = desk.run("serve --data store --listen 127.0.0.1:0");
        assert_eq!(outcome.code, 1, "{keys}");
        let named = outcome.stderr.contains("access.toml") && outcome.stderr.contains(message);
        assert!(named, "{keys}: {}", outcome.stderr);
    }
}
