use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::keys::Keys;
use super::token::check_name;
use super::{Access, Role};
use crate::model::OrganizationId;

/// Whose signed tokens are taken, and what their claims mean, as `access.toml` says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JwtConfiguration {
    /// Who signs them: the claim `iss`.
    issuer: String,
    /// For whom: one of the claim `aud`.
    audience: String,
    /// His keys: a file in the store's folder, or an address.
    keys: String,
    /// A PEM file of whoever vouches for the host of that address.
    certificates: Option<String>,
    /// The algorithms that are taken.
    #[serde(default = "Signature::all")]
    algorithms: Vec<Signature>,
    /// By how many seconds the clocks may differ.
    #[serde(default = "leeway")]
    leeway_seconds: u64,
    /// The claim that names the actor.
    #[serde(default = "actor")]
    actor: String,
    /// The claim that names the role.
    #[serde(default = "role")]
    role: String,
    /// What the identity provider calls the roles, where it has names of its own.
    #[serde(default)]
    roles: BTreeMap<String, Role>,
    /// The claim that lists the territories; left out, nobody is limited to any.
    territories: Option<String>,
}

/// An algorithm whose keys are public: whoever can check such a signature cannot make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Signature {
    #[serde(rename = "RS256")]
    Rs256,
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Signature {
    fn all() -> Vec<Self> {
        vec![Self::Rs256, Self::Es256, Self::EdDsa]
    }

    fn of(algorithm: Algorithm) -> Option<Self> {
        match algorithm {
            Algorithm::RS256 => Some(Self::Rs256),
            Algorithm::ES256 => Some(Self::Es256),
            Algorithm::EdDSA => Some(Self::EdDsa),
            _ => None,
        }
    }

    /// Whether a key is one for such signatures, so that a key of one sort never checks those of another.
    fn fits(self) -> fn(&Jwk) -> bool {
        use AlgorithmParameters as P;
        match self {
            Self::Rs256 => |key| is_for(key, KeyAlgorithm::RS256) && matches!(key.algorithm, P::RSA(_)),
            Self::Es256 => |key| {
                let curve = matches!(&key.algorithm, P::EllipticCurve(p) if p.curve == EllipticCurve::P256);
                is_for(key, KeyAlgorithm::ES256) && curve
            },
            Self::EdDsa => |key| {
                let curve = matches!(&key.algorithm, P::OctetKeyPair(p) if p.curve == EllipticCurve::Ed25519);
                is_for(key, KeyAlgorithm::EdDSA) && curve
            },
        }
    }
}

/// Whether a key, by what it says of itself, signs by an algorithm.
fn is_for(key: &Jwk, algorithm: KeyAlgorithm) -> bool {
    let signs = key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    signs && key.common.key_algorithm.is_none_or(|stated| stated == algorithm)
}

/// Checks tokens that an identity provider has signed (RFC 7519).
#[derive(Debug)]
pub(super) struct JwtVerifier {
    configuration: JwtConfiguration,
    keys: Keys,
}

impl JwtVerifier {
    /// A verifier as a configuration wants it; files are looked for in the store's folder.
    ///
    /// # Errors
    /// What is wrong with the configuration, and what would be right.
    pub(super) fn new(configuration: JwtConfiguration, store: &Path) -> Result<Self, String> {
        let stated = [
            ("issuer", &configuration.issuer),
            ("audience", &configuration.audience),
            ("actor", &configuration.actor),
            ("role", &configuration.role),
        ];
        if let Some((field, _)) = stated.into_iter().find(|(_, text)| text.is_empty()) {
            return Err(format!("{field} is empty"));
        }
        if configuration.algorithms.is_empty() {
            return Err("algorithms is empty; name RS256, ES256, EdDSA or several of these".to_owned());
        }
        let keys = Keys::of(&configuration.keys, store, configuration.certificates.as_deref())?;
        Ok(Self { configuration, keys })
    }

    /// What a token gives access to; `None` where anything about it is not as it should be.
    pub(super) fn access(&self, token: &str) -> Option<Access> {
        let header = decode_header(token).ok()?;
        let signature = Signature::of(header.alg).filter(|s| self.configuration.algorithms.contains(s))?;
        // An extension that must be understood is not, and says so.
        if header.crit.is_some() {
            return None;
        }
        let key = self.keys.find(header.kid.as_deref(), signature.fits(), Instant::now())?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.configuration.issuer]);
        validation.set_audience(&[&self.configuration.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.leeway = self.configuration.leeway_seconds;
        validation.validate_nbf = true;
        let claims = decode::<Map<String, Value>>(token, &DecodingKey::from_jwk(&key).ok()?, &validation);
        let claims = claims.ok()?.claims;
        if !self.is_well_formed(&claims, Timestamp::now()) {
            return None;
        }
        self.granted(&claims)
    }

    /// Whether the registered claims (RFC 7519, 4.1) have the types that they must have.
    ///
    /// The library also takes a list of issuers that holds the right one, and passes over an `nbf` that it cannot read.
    fn is_well_formed(&self, claims: &Map<String, Value>, now: Timestamp) -> bool {
        let all = |names: &[&str], holds: fn(&Value) -> bool| {
            names.iter().filter_map(|name| claims.get(*name)).all(holds)
        };
        let is_texts =
            |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
        let begins = claims.get("nbf").and_then(Value::as_f64).unwrap_or(f64::MIN);
        claims.get("iss").and_then(Value::as_str) == Some(self.configuration.issuer.as_str())
            && all(&["sub", "jti"], Value::is_string)
            && all(&["exp", "nbf", "iat"], Value::is_number)
            && claims.get("aud").is_some_and(|audience| audience.is_string() || is_texts(audience))
            && begins <= now.as_second() as f64 + self.configuration.leeway_seconds as f64
    }

    fn granted(&self, claims: &Map<String, Value>) -> Option<Access> {
        let JwtConfiguration { actor, role, roles, territories, .. } = &self.configuration;
        let actor = claim(claims, actor)?.as_str()?;
        check_name(actor).ok()?;
        let named =
            |name: String| if roles.is_empty() { name.parse().ok() } else { roles.get(&name).copied() };
        let role = texts(claim(claims, role)?)?.into_iter().filter_map(named).max()?;
        let territories = match territories {
            None => None,
            Some(name) => limit(&texts(claim(claims, name)?)?)?,
        };
        let credential = Some(format!("issuer {}", self.configuration.issuer).into());
        Some(Access { actor: actor.to_owned(), role, territories, credential })
    }
}

/// A claim by its name; a name with dots that is none leads into objects, such as `realm_access.roles`.
fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        claim(claims.get(first)?.as_object()?, rest)
    })
}

/// A claim as texts: a list of them, or one with blanks between.
fn texts(claim: &Value) -> Option<Vec<String>> {
    match claim {
        Value::String(text) => Some(text.split_whitespace().map(str::to_owned).collect()),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// The territories of a claim: `*` is no limit; `None` where it names none or one that cannot be.
fn limit(names: &[String]) -> Option<Option<BTreeSet<OrganizationId>>> {
    if names == ["*"] {
        return Some(None);
    }
    let territories = names.iter().map(|name| name.parse().ok()).collect::<Option<BTreeSet<_>>>()?;
    (!territories.is_empty()).then_some(Some(territories))
}

fn leeway() -> u64 {
    30
}

fn actor() -> String {
    "sub".to_owned()
}

fn role() -> String {
    "role".to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verifier(configuration: &str) -> JwtVerifier {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("keys.json"), "{\"keys\":[]}").unwrap();
        let fixed = "issuer = \"i\"\naudience = \"a\"\nkeys = \"keys.json\"\n";
        let configuration = toml::from_str(&format!("{fixed}{configuration}")).unwrap();
        JwtVerifier::new(configuration, dir.path()).unwrap()
    }

    fn granted(configuration: &str, claims: Value) -> String {
        let verifier = verifier(configuration);
        let Value::Object(claims) = claims else { panic!() };
        let Some(access) = verifier.granted(&claims) else { return "nothing".to_owned() };
        let territories = access.territories.map_or_else(
            || "everywhere".to_owned(),
            |ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        );
        format!("{} {} {territories}", access.actor, access.role.name())
    }

    #[test]
    fn claims_say_who_may_do_what_and_where_and_nothing_is_granted_that_they_do_not_say() {
        let mapped = "role = \"realm.roles\"\nroles = { writes = \"editor\", all = \"administrator\" }\n";
        let limited = "territories = \"areas\"\n";
        let table = [
            ("", json!({ "sub": "a", "role": "editor" }), "a editor everywhere"),
            ("", json!({ "sub": "a", "role": ["reader", "x", "editor"] }), "a editor everywhere"),
            ("", json!({ "sub": "a", "role": "reader editor" }), "a editor everywhere"),
            ("", json!({ "sub": "a", "role": "king" }), "nothing"),
            ("", json!({ "sub": "a", "role": 3 }), "nothing"),
            ("", json!({ "sub": "a" }), "nothing"),
            ("", json!({ "role": "editor" }), "nothing"),
            ("", json!({ "sub": 5, "role": "editor" }), "nothing"),
            ("", json!({ "sub": "13812345678", "role": "editor" }), "nothing"),
            ("", json!({ "sub": "anonymous", "role": "editor" }), "nothing"),
            ("actor = \"azp\"", json!({ "sub": "a", "azp": "b", "role": "reader" }), "b reader everywhere"),
            (mapped, json!({ "sub": "a", "realm": { "roles": ["writes"] } }), "a editor everywhere"),
            (mapped, json!({ "sub": "a", "realm.roles": "all" }), "a administrator everywhere"),
            (mapped, json!({ "sub": "a", "realm": { "roles": ["administrator"] } }), "nothing"),
            (limited, json!({ "sub": "a", "role": "reader", "areas": ["x", "y"] }), "a reader x y"),
            (limited, json!({ "sub": "a", "role": "reader", "areas": "*" }), "a reader everywhere"),
            (limited, json!({ "sub": "a", "role": "reader", "areas": ["*", "x"] }), "nothing"),
            (limited, json!({ "sub": "a", "role": "reader", "areas": [] }), "nothing"),
            (limited, json!({ "sub": "a", "role": "reader" }), "nothing"),
        ];
        for (configuration, claims, expected) in table {
            assert_eq!(granted(configuration, claims.clone()), expected, "{configuration} {claims}");
        }
    }

    #[test]
    fn a_registered_claim_of_another_type_is_refused() {
        let verifier = verifier("leeway_seconds = 30\n");
        let now = Timestamp::from_second(1_000).unwrap();
        let table = [
            ("sub", json!("a"), true),
            ("aud", json!(["b", "a"]), true),
            ("exp", json!(1e9), true),
            ("nbf", json!(1_030), true),
            ("nbf", json!(-1), true),
            ("iss", json!(["i"]), false),
            ("iss", json!(["j", "i"]), false),
            ("iss", json!({ "i": 1 }), false),
            ("iss", json!("j"), false),
            ("iss", json!(null), false),
            ("aud", json!({ "a": 1 }), false),
            ("aud", json!(["a", 1]), false),
            ("aud", json!([["a"]]), false),
            ("sub", json!(["a"]), false),
            ("sub", json!(null), false),
            ("jti", json!(7), false),
            ("exp", json!("2000000000"), false),
            ("nbf", json!("0"), false),
            ("nbf", json!(null), false),
            ("nbf", json!(1_031), false),
            ("nbf", json!(1e30), false),
            ("iat", json!("0"), false),
            ("iat", json!([0]), false),
        ];
        for (name, value, taken) in table {
            let mut claims = json!({ "iss": "i", "aud": "a", "exp": 2_000_000_000 });
            claims[name] = value;
            let Value::Object(claims) = claims else { panic!() };
            assert_eq!(verifier.is_well_formed(&claims, now), taken, "{claims:?}");
        }
    }
}
