//! What stands around every route: who is let near, and with which headers answers leave.
//!
//! Nothing here knows what is asked. A request that is refused here has cost its head, and nothing more.

mod body;
mod client;
mod headers;
mod hosts;
mod origins;
mod panics;
mod rates;
mod refusal;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

pub(super) use self::client::whose;
use self::client::{client, network};
pub(super) use self::headers::set_headers;
use self::panics::isolated;
use self::rates::RateCounts;
use self::refusal::{Form, Refused};
use super::App;
use super::admission::Clients;
use super::connections::Peer;

pub use self::hosts::{HostName, HostNameError, Hosts};
pub use self::origins::{Origin, OriginError};
pub use self::rates::Rates;

/// What a server asks of requests before it reads them.
#[derive(Clone, Debug, Default)]
pub struct Protection {
    /// The hosts by which it may be called; `None` for any.
    pub hosts: Option<Hosts>,
    /// The origins, beside its own, whose pages may ask it.
    pub origins: Vec<Origin>,
    /// The proxies that are believed when they say for whom they ask.
    pub proxies: BTreeSet<IpAddr>,
    /// How often somebody may ask.
    pub rates: Rates,
}

/// A protection, and what it has counted.
#[derive(Debug, Default)]
pub(super) struct Guarding {
    protection: Protection,
    counts: RateCounts,
}

impl Guarding {
    pub(super) fn new(protection: Protection) -> Self {
        Self { counts: RateCounts::new(protection.rates), protection }
    }

    /// Whether an address is that of a proxy that is believed, and asks for many.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.protection.proxies.contains(&address)
    }
}

/// Routes of which each request takes a place among those that are worked on.
pub(super) fn placed(routes: Router<App>, app: &App) -> Router<App> {
    routes.route_layer(from_fn_with_state(app.clone(), body::placed))
}

/// These routes, guarded.
pub(super) fn guarded(routes: Router, app: &App) -> Router {
    let routes = routes.layer(from_fn_with_state(app.clone(), admit));
    match origins::cors(&app.guarding.protection.origins) {
        Some(cors) => routes.layer(cors),
        None => routes,
    }
}

/// Lets a request through, or says why not. Each layer around a route costs every request a few allocations, so what
/// can be done in one is.
async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match check(&app.guarding, &app.admission.clients, &mut request) {
        Ok(()) => isolated(request, next).await,
        Err(refused) => refused.answer(Form::at(request.uri().path())),
    }
}

fn check(guarding: &Guarding, clients: &Clients, request: &mut Request) -> Result<(), Refused> {
    let protection = &guarding.protection;
    // Whoever asks whether the server is there is always answered, by whatever name: it learns nothing else.
    if request.uri().path() != "/healthz" {
        if let Some(hosts) = &protection.hosts {
            hosts.require(request)?;
        }
        if request.extensions().get::<Peer>().is_some_and(|peer| peer.surplus) {
            let message = "the server has as many connections as it takes; try again in a moment";
            let refused = Refused::new(StatusCode::SERVICE_UNAVAILABLE, message);
            return Err(refused.again_after(Duration::from_secs(1)).closing());
        }
        let client = client(request, &protection.proxies);
        guarding.counts.count(client, request.headers())?;
        if let Some(client) = client {
            request.extensions_mut().insert(network(client));
            request.extensions_mut().insert(clients.of(&whose(client)));
        }
    }
    origins::vouch(&protection.origins, request.headers_mut());
    Ok(())
}
