//! Documents that clients name rather than send: by a hash that the server remembers, or from a list of trusted ones.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use async_graphql::{Request, Response, ServerError, Value};
use data_encoding::HEXLOWER;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::error::{Code, coded};
use super::kept::{Kept, Planned};
use super::question::Sent;
use super::request::ReadDocument;
use super::{Limits, Prepared};

/// How many bytes of documents are remembered where nobody says.
pub const DEFAULT_REMEMBERED: u64 = 16 << 20;

/// What stands before a hash that names a document: GraphQL over HTTP, appendix on persisted documents.
const SHA_256: &str = "sha256:";

/// What the name of a remembered document and its place in memory come to, in bytes.
const OVERHEAD: u64 = 200;

/// The name by which a request asks for a document; [`Request::data`] of a request holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentId(pub String);

/// Which documents are run, and those that need not be sent.
pub struct Documents {
    kind: Kind,
    /// What need not be read and validated again, within the limits of the first request.
    kept: OnceLock<Kept>,
}

enum Kind {
    /// Any. Those that came with their hash are remembered by it, the ones less used forgotten first.
    Any(Cache<String, Arc<str>, Bytes>),
    /// Those that the operator has registered.
    Trusted(HashMap<String, Arc<str>>),
}

#[derive(Clone)]
struct Bytes;

impl Weighter<String, Arc<str>> for Bytes {
    fn weight(&self, name: &String, text: &Arc<str>) -> u64 {
        (name.len() + text.len()) as u64 + OVERHEAD
    }
}

/// Why a list of trusted documents cannot be used.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// It is not such a list.
    #[error("it is no JSON object of ids and documents, as code generators write it: {0}")]
    Form(#[from] serde_json::Error),
    /// A document cannot be run.
    #[error("document \"{id}\": {cause}")]
    Document {
        /// Its name.
        id: String,
        /// What is wrong.
        cause: String,
    },
}

/// How a request names its document.
enum Named {
    /// By the parameter `documentId`.
    Id(String),
    /// By the extension of automatic persisted queries.
    Hash(String),
}

impl Named {
    /// The name as it is given.
    fn whole(&self) -> &str {
        let (Self::Id(name) | Self::Hash(name)) = self;
        name
    }

    /// The name without what says that it is a hash.
    fn bare(&self) -> &str {
        match self {
            Self::Id(id) => id.strip_prefix(SHA_256).unwrap_or(id),
            Self::Hash(hash) => hash,
        }
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self::remembering(DEFAULT_REMEMBERED)
    }
}

impl Documents {
    fn of(kind: Kind) -> Self {
        Self { kind, kept: OnceLock::new() }
    }

    /// Any documents; of those that come with their hash so many bytes are remembered, none for 0.
    pub fn remembering(bytes: u64) -> Self {
        // Room for documents of a usual length; it grows for shorter ones.
        let usual = usize::try_from(bytes / 1_000).unwrap_or(usize::MAX);
        Self::of(Kind::Any(Cache::with_weighter(usual, bytes, Bytes)))
    }

    /// The documents of a manifest alone: a JSON object of ids and documents, as `graphql-codegen` and Relay write
    /// it.
    ///
    /// # Errors
    /// [`ManifestError`] where it is no such object, or names a document that is no GraphQL or beyond the limits.
    pub fn trusted(manifest: &str, limits: &Limits) -> Result<Self, ManifestError> {
        let documents: HashMap<String, String> = serde_json::from_str(manifest)?;
        let mut named: Vec<_> = documents.iter().collect();
        named.sort();
        for (id, text) in named {
            ReadDocument::read(text, limits)
                .map_err(|error| ManifestError::Document { id: id.clone(), cause: error.message })?;
        }
        Ok(Self::of(Kind::Trusted(documents.into_iter().map(|(id, text)| (id, text.into())).collect())))
    }

    /// Whether registered documents alone are run.
    pub fn are_trusted(&self) -> bool {
        matches!(self.kind, Kind::Trusted(_))
    }

    /// Finds the document of a request if it is named rather than sent, and reads it.
    ///
    /// # Errors
    /// The answer to a request that can never be executed, as [`Prepared::new`] has it; or that its document is
    /// not known, not registered, or not the one that its hash names.
    pub fn prepare(&self, mut request: Request, limits: &Limits) -> Result<Prepared, Box<Response>> {
        let remembered =
            self.find(&mut request).map_err(|error| Box::new(Response::from_errors(vec![error])))?;
        let text = remembered.map(|name| (name, Arc::from(request.query.as_str())));
        let prepared = self.kept(limits).prepare(request, limits)?;
        if let (Kind::Any(cache), Some((name, text))) = (&self.kind, text) {
            cache.insert(name, text);
        }
        Ok(prepared)
    }

    /// Whether the document of a request was read before, so that to prepare it takes no time worth mentioning.
    pub fn have_read(&self, request: &Request) -> bool {
        let Some(kept) = self.kept.get() else { return false };
        if !request.query.is_empty() {
            return kept.has_read(&request.query);
        }
        let text = match (&self.kind, named(request)) {
            (Kind::Any(cache), Ok(Some(named))) => cache.get(named.bare()),
            (Kind::Trusted(documents), Ok(Some(named))) => registered(documents, &named).cloned(),
            _ => None,
        };
        text.is_some_and(|text| kept.has_read(&text))
    }

    /// What is known of the question that the body of a request asks, where it was found valid and a plan of it is kept.
    /// All others are [`prepared`](Self::prepare).
    pub fn planned(&self, body: &[u8], limits: &Limits) -> Option<Planned> {
        let (kept, sent) = (self.kept.get()?, Sent::read(body)?);
        match (&self.kind, &sent.document_id) {
            (Kind::Any(_), None) => kept.planned(&sent.query, &sent, limits),
            (Kind::Trusted(documents), Some(id)) if sent.query.is_empty() => {
                kept.planned(registered(documents, &Named::Id(id.clone()))?, &sent, limits)
            }
            _ => None,
        }
    }

    fn kept(&self, limits: &Limits) -> &Kept {
        self.kept.get_or_init(|| Kept::new(limits))
    }

    /// Puts the document that is named into the request; gives the name under which to remember one that came.
    fn find(&self, request: &mut Request) -> Result<Option<String>, ServerError> {
        let named = named(request)?;
        match (&self.kind, named) {
            (Kind::Any(_), None) => Ok(None),
            (Kind::Any(cache), Some(named)) => {
                let hash = named.bare();
                if cache.capacity() == 0 {
                    return Err(refused(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported"));
                }
                if request.query.is_empty() {
                    let found = cache.get(hash);
                    // In these words clients are told to send it.
                    let text = found
                        .ok_or_else(|| refused(Code::PersistedQueryNotFound, "PersistedQueryNotFound"))?;
                    request.query = text.to_string();
                    return Ok(None);
                }
                let right = HEXLOWER.encode(&Sha256::digest(&request.query));
                if right != hash {
                    let message = format!("the hash of the query is {right}, not {hash}; send the right one");
                    return Err(refused(Code::BadUserInput, message));
                }
                Ok(Some(right))
            }
            (Kind::Trusted(documents), named) => {
                let only = "this server runs registered documents only";
                let (Some(named), true) = (named, request.query.is_empty()) else {
                    let message = format!("{only}; send the id of one as documentId, and no query");
                    return Err(refused(Code::DocumentNotRegistered, message));
                };
                let Some(text) = registered(documents, &named) else {
                    let message = format!("{only}, and \"{}\" is not registered", named.whole());
                    return Err(refused(Code::DocumentNotRegistered, message));
                };
                request.query = text.to_string();
                Ok(None)
            }
        }
    }
}

/// The document that is registered under a name, with what says that it is a hash or without it.
fn registered<'a>(documents: &'a HashMap<String, Arc<str>>, named: &Named) -> Option<&'a Arc<str>> {
    documents.get(named.whole()).or_else(|| documents.get(named.bare()))
}

fn named(request: &Request) -> Result<Option<Named>, ServerError> {
    let id = request.data.get(&TypeId::of::<DocumentId>()).and_then(|id| id.downcast_ref::<DocumentId>());
    if let Some(DocumentId(id)) = id {
        return Ok(Some(Named::Id(id.clone())));
    }
    let Some(Value::Object(persisted)) = request.extensions.get("persistedQuery") else { return Ok(None) };
    let version = persisted.get("version").cloned().and_then(|version| version.into_json().ok());
    match persisted.get("sha256Hash") {
        _ if version.as_ref() != Some(&1.into()) => {
            Err(refused(Code::BadUserInput, "the version of persistedQuery must be 1"))
        }
        Some(Value::String(hash)) => Ok(Some(Named::Hash(hash.to_ascii_lowercase()))),
        _ => Err(refused(Code::BadUserInput, "persistedQuery has no sha256Hash")),
    }
}

fn refused(code: Code, message: impl Into<String>) -> ServerError {
    coded(code, ServerError::new(message, None))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const QUERY: &str = "{ __typename }";

    fn by_hash(query: &str, hash: &str) -> Request {
        let request = json!({
            "query": query,
            "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } },
        });
        serde_json::from_value(request).unwrap()
    }

    fn by_id(query: &str, id: &str) -> Request {
        Request::new(query).data(DocumentId(id.to_owned()))
    }

    fn hash(query: &str) -> String {
        HEXLOWER.encode(&Sha256::digest(query))
    }

    /// The document that is run, or why none is.
    fn check(documents: &Documents, request: Request) -> String {
        match documents.prepare(request, &Limits::DEFAULT) {
            Ok(prepared) => prepared.request.query,
            Err(refused) => {
                let code = refused.errors[0].extensions.as_ref().and_then(|e| e.get("code").cloned());
                format!("{} {}", code.unwrap(), refused.errors[0].message)
            }
        }
    }

    #[test]
    fn a_document_that_came_with_its_hash_need_not_be_sent_again() {
        let documents = Documents::default();
        let hash = hash(QUERY);
        let unknown = "\"PERSISTED_QUERY_NOT_FOUND\" PersistedQueryNotFound";
        assert_eq!(check(&documents, by_hash("", &hash)), unknown);
        let wrong = format!("the hash of the query is {hash}, not beef; send the right one");
        assert_eq!(check(&documents, by_hash(QUERY, "beef")), format!("\"BAD_USER_INPUT\" {wrong}"));
        assert_eq!(check(&documents, by_hash("", "beef")), unknown);
        assert_eq!(check(&documents, by_hash(QUERY, &hash)), QUERY);
        assert_eq!(check(&documents, by_hash("", &hash)), QUERY);
        assert_eq!(check(&documents, by_hash("", &hash.to_uppercase())), QUERY);
        assert_eq!(check(&documents, by_id("", &format!("sha256:{hash}"))), QUERY);
        assert_eq!(check(&documents, Request::new(QUERY)), QUERY);
        let off = Documents::remembering(0);
        let unsupported = "\"PERSISTED_QUERY_NOT_SUPPORTED\" PersistedQueryNotSupported";
        assert_eq!(check(&off, by_hash(QUERY, &hash)), unsupported);
        let mut newer = by_hash("", &hash);
        newer.extensions.insert("persistedQuery".into(), Value::from_json(json!({ "version": 2 })).unwrap());
        assert!(check(&documents, newer).contains("the version of persistedQuery must be 1"));
    }

    #[test]
    fn a_document_that_is_refused_is_not_remembered() {
        let documents = Documents::default();
        let open = "{";
        assert!(check(&documents, by_hash(open, &hash(open))).contains("GRAPHQL_PARSE_FAILED"));
        assert!(check(&documents, by_hash("", &hash(open))).contains("PERSISTED_QUERY_NOT_FOUND"));
    }

    #[test]
    fn what_is_remembered_stays_within_its_bytes() {
        let documents = Documents::remembering(100_000);
        let queries: Vec<_> = (0..2_000).map(|n| format!("{{ a{n}: __typename }}")).collect();
        for query in &queries {
            assert_eq!(&check(&documents, by_hash(query, &hash(query))), query);
        }
        let Kind::Any(cache) = &documents.kind else { panic!() };
        assert!(cache.weight() <= 100_000, "{}", cache.weight());
        let known = queries.iter().filter(|query| check(&documents, by_hash("", &hash(query))) == **query);
        assert!((100..400).contains(&known.count()));
    }

    #[test]
    fn of_trusted_documents_none_else_is_run() {
        let manifest = json!({ "one": QUERY, hash(QUERY): QUERY }).to_string();
        let documents = Documents::trusted(&manifest, &Limits::DEFAULT).unwrap();
        assert!(documents.are_trusted());
        assert_eq!(check(&documents, by_id("", "one")), QUERY);
        assert_eq!(check(&documents, by_id("", &format!("sha256:{}", hash(QUERY)))), QUERY);
        assert_eq!(check(&documents, by_hash("", &hash(QUERY))), QUERY);
        let only = "\"DOCUMENT_NOT_REGISTERED\" this server runs registered documents only";
        assert_eq!(check(&documents, by_id("", "two")), format!("{only}, and \"two\" is not registered"));
        let sent = format!("{only}; send the id of one as documentId, and no query");
        assert_eq!(check(&documents, Request::new(QUERY)), sent);
        assert_eq!(check(&documents, by_id(QUERY, "one")), sent);
        assert_eq!(check(&documents, by_hash(QUERY, &hash(QUERY))), sent);
    }

    #[test]
    fn a_manifest_that_cannot_be_used_is_refused_and_its_fault_named() {
        let check = |manifest: &str| {
            Documents::trusted(manifest, &Limits::DEFAULT).map(drop).unwrap_err().to_string()
        };
        assert!(check("[]").contains("it is no JSON object of ids and documents"));
        assert!(check(r#"{"a": 3}"#).contains("it is no JSON object of ids and documents"));
        assert!(check(r#"{"a": "{ b }", "c": "{"}"#).starts_with("document \"c\": "));
    }
}
