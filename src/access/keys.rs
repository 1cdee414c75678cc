use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet};

use crate::outgoing::Client;

/// How long keys are used before they are asked for anew.
const FRESH: Duration = Duration::from_secs(3600);

/// How long after one attempt to get keys comes the next, whatever keys strangers' tokens name.
const PAUSE: Duration = Duration::from_secs(60);

/// How long an identity provider may take to give its keys.
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest set of keys that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The public keys of an identity provider, from a file or an address; kept, and got anew when they are old or a
/// token names one that is not among them.
#[derive(Debug)]
pub(super) struct Keys {
    source: Source,
    kept: RwLock<Kept>,
    /// Held by the one who gets them.
    getting: Mutex<()>,
}

#[derive(Debug)]
enum Source {
    File(Box<Path>),
    Address { url: String, client: Client },
}

#[derive(Clone, Debug)]
struct Kept {
    keys: Arc<JwkSet>,
    got: Option<Instant>,
    tried: Option<Instant>,
}

impl Keys {
    /// The keys of a file, or those at an address, of which the first token asks.
    ///
    /// The certificates are those of whoever vouches for the host of an `https` address.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    pub(super) fn of(source: &str, store: &Path, certificates: Option<&str>) -> Result<Self, String> {
        let source = if source.starts_with("https://") || source.starts_with("http://") {
            let certificates = certificates.map(|file| store.join(file));
            let client = Client::of(source, certificates.as_deref(), PATIENCE);
            Source::Address {
                url: source.to_owned(),
                client: client.map_err(|cause| format!("keys: {cause}"))?,
            }
        } else {
            Source::File(store.join(source).into())
        };
        let keys = match &source {
            Source::File(_) => source.get()?,
            Source::Address { .. } => JwkSet { keys: Vec::new() },
        };
        let kept = Kept { keys: Arc::new(keys), got: None, tried: None };
        Ok(Self { source, kept: RwLock::new(kept), getting: Mutex::new(()) })
    }

    /// The key that a token names, if it is known now or after another look.
    ///
    /// A token that names none may be signed by the only key that there is of its sort.
    pub(super) fn find(&self, name: Option<&str>, fits: fn(&Jwk) -> bool, now: Instant) -> Option<Jwk> {
        let kept = self.kept();
        let found = of_name(&kept.keys, name, fits);
        if found.is_some() && kept.got.is_some_and(|got| now.duration_since(got) < FRESH) {
            return found;
        }
        // Who already has a key does not wait for another who is getting them.
        let _getting = match &found {
            Some(_) => match self.getting.try_lock() {
                Ok(getting) => getting,
                Err(_) => return found,
            },
            None => self.getting.lock().unwrap_or_else(PoisonError::into_inner),
        };
        let rested = |tried| now.saturating_duration_since(tried) >= PAUSE;
        if self.kept().tried.is_none_or(rested) {
            let got = self.source.get();
            let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
            kept.tried = Some(now);
            // Keys that cannot be got anew go on being used.
            if let Ok(keys) = got {
                (kept.keys, kept.got) = (Arc::new(keys), Some(now));
            }
        }
        of_name(&self.kept().keys, name, fits)
    }

    fn kept(&self) -> Kept {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn of_name(keys: &JwkSet, name: Option<&str>, fits: fn(&Jwk) -> bool) -> Option<Jwk> {
    let mut fitting = keys.keys.iter().filter(|key| fits(key));
    match name {
        Some(name) => fitting.find(|key| key.common.key_id.as_deref() == Some(name)).cloned(),
        None => fitting.next().filter(|_| fitting.next().is_none()).cloned(),
    }
}

impl Source {
    fn get(&self) -> Result<JwkSet, String> {
        let text = match self {
            Self::File(path) => {
                fs::read_to_string(path).map_err(|cause| format!("keys: {}: {cause}", path.display()))?
            }
            Self::Address { url, client } => {
                client.get(url, MAX_BYTES).map_err(|cause| format!("keys: {url}: {cause}"))?
            }
        };
        serde_json::from_str(&text).map_err(|cause| format!("keys: they are no JSON Web Key Set: {cause}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> String {
        let key = |name: &&str| format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{name}","x":"AA"}}"#);
        format!(r#"{{"keys":[{}]}}"#, names.iter().map(key).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn an_unknown_key_is_looked_for_at_most_once_a_minute() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("keys.json");
        fs::write(&file, set(&["a"])).unwrap();
        let keys = Keys::of("keys.json", dir.path(), None).unwrap();
        let start = Instant::now();
        let finds = |name: &str, second| {
            keys.find(Some(name), |_| true, start + Duration::from_secs(second)).is_some()
        };
        assert!(finds("a", 0) && !finds("b", 1));
        fs::write(&file, set(&["a", "b"])).unwrap();
        assert!(!finds("b", 59), "it was looked for twice within a minute");
        assert!(finds("b", 61) && finds("a", 62));
        fs::remove_file(&file).unwrap();
        assert!(finds("a", 8_000), "keys that cannot be got anew go on being used");
    }

    #[test]
    fn a_token_that_names_no_key_is_of_the_only_one() {
        let dir = tempfile::tempdir().unwrap();
        let only = |names: &[&str]| {
            fs::write(dir.path().join("keys.json"), set(names)).unwrap();
            let keys = Keys::of("keys.json", dir.path(), None).unwrap();
            keys.find(None, |_| true, Instant::now()).is_some()
        };
        assert!(only(&["a"]) && !only(&["a", "b"]) && !only(&[]));
    }

    #[test]
    fn sources_that_cannot_be_used_are_refused_with_the_remedy() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("empty.pem"), "").unwrap();
        let refused = |source: &str, certificates| Keys::of(source, dir.path(), certificates).unwrap_err();
        assert!(refused("https://host/keys", None).contains("needs certificates"));
        assert!(refused("https://host/keys", Some("empty.pem")).contains("holds no certificate"));
        assert!(refused("https://host/keys", Some("none.pem")).contains("none.pem"));
        assert!(refused("none.json", None).contains("none.json"));
        fs::write(dir.path().join("text.json"), "[]").unwrap();
        assert!(refused("text.json", None).contains("no JSON Web Key Set"));
    }
}
