//! Batches over HTTP: who sends is known before anything is decoded, and what is answered with 200 is on the disk.

mod endpoint;
mod ids;
mod keyed;
mod pieces;
mod refusal;
mod store;

use crate::arrival::{Arrival, Encoding, Framing};
use crate::body::DOCUMENT_BYTES;
use crate::counters::Counters;
use crate::event_id::Placed;
use crate::keys::{Intake, Keys, Limited};
use crate::recent::Recent;
use crate::settings::{Duplicates, Limits};
use crate::store::Store;
use arc_swap::ArcSwap;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use endpoint::{ENDPOINTS, Endpoint, PREFIX};
use ids::Ids;
use keyed::Sorted;
use pieces::{Incoming, Pieces, Turns};
use refusal::{Reason, Refusal};
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use store::{Deposit, Outcome, Stored};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use uuid::Uuid;

/// In which pieces memory is lent, in bytes.
const LOAN: u64 = 64 << 10;

/// How many bodies with keys inside may be gathered at a time, once they are larger than a few packets: of known senders, and of others.
const KEYED: usize = 2;

/// What takes bodies in.
pub(crate) struct Ingest {
    pub keys: Arc<ArcSwap<Keys>>,
    pub counters: Arc<Counters>,
    pub limits: Limits,
    /// Where bodies are stored, once it is open.
    pub store: Arc<OnceLock<Arc<dyn Store>>>,
    recent: Arc<Recent<Placed>>,
    drops_duplicates: bool,
    memory: Arc<Semaphore>,
    /// The turns of bodies with keys inside: of those that have a key outside too, so that strangers do not hold them up, and of others.
    known: Semaphore,
    strangers: Semaphore,
}

/// What is answered to a body that is stored.
enum Answer {
    Ids(Ids),
    Json(String),
}

impl Ingest {
    pub fn new(
        keys: Arc<ArcSwap<Keys>>,
        counters: Arc<Counters>,
        limits: Limits,
        duplicates: Duplicates,
        store: Arc<OnceLock<Arc<dyn Store>>>,
    ) -> Arc<Self> {
        let memory = Arc::new(Semaphore::new((limits.memory / LOAN) as usize));
        Arc::new(Ingest {
            keys,
            counters,
            limits,
            store,
            recent: Arc::new(Recent::new(duplicates.window)),
            drops_duplicates: duplicates.drop,
            memory,
            known: Semaphore::new(KEYED),
            strangers: Semaphore::new(KEYED),
        })
    }

    /// The paths that senders post to, with and without their prefix; and what all other paths get.
    pub fn router(self: &Arc<Self>) -> Router {
        let mut router = Router::new();
        for (path, endpoint) in ENDPOINTS {
            let take = post(move |State(ingest): State<Arc<Ingest>>, request| async move {
                ingest.take(endpoint, request).await
            });
            router = router.route(path, take.clone()).route(&format!("{PREFIX}{path}"), take.clone());
            if path == "/" {
                router = router.route(PREFIX, take);
            }
        }
        router
            .fallback(|State(ingest): State<Arc<Ingest>>, uri: Uri| async move {
                ingest.refused(Reason::NotFound.because(format!("{} does not exist", uri.path())))
            })
            .method_not_allowed_fallback(|State(ingest): State<Arc<Ingest>>, method: Method, uri: Uri| async move {
                ingest.refused(Reason::MethodNotAllowed.because(format!("{} does not take {method}", uri.path())))
            })
            .with_state(Arc::clone(self))
    }

    fn refused(&self, refusal: Refusal) -> Response {
        self.counters.answered(refusal.status().as_u16(), std::time::Duration::ZERO);
        refusal.into_response()
    }

    async fn take(self: Arc<Self>, endpoint: Endpoint, request: Request) -> Response {
        let begin = Instant::now();
        let (head, body) = request.into_parts();
        let mut incoming = Incoming::new(body, &self.limits);
        let answer = self.answer(endpoint, &head, &mut incoming).await;
        let response = match answer {
            Ok(Answer::Ids(ids)) => ([(header::CONTENT_TYPE, "application/json")], Body::new(ids)).into_response(),
            Ok(Answer::Json(json)) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
            Err(refusal) => {
                // Who asked whether to send the body, and was not told to yet, has not sent it.
                if !head.headers.contains_key(header::EXPECT) || incoming.has_begun() {
                    incoming.pass_over(refusal.reason != Reason::Unauthorized).await;
                }
                refusal.into_response()
            }
        };
        self.counters.answered(response.status().as_u16(), begin.elapsed());
        response
    }

    async fn answer(&self, endpoint: Endpoint, head: &Parts, incoming: &mut Incoming<'_>) -> Result<Answer, Refusal> {
        let keys = self.keys.load_full();
        let intake = match endpoint::key(&head.headers, &head.uri) {
            Some(key) => Some(keys.find(&key).cloned().ok_or_else(Refusal::unauthorized)?),
            None => None,
        };
        if intake.is_none() && !endpoint.has_keys() {
            return Err(Refusal::unauthorized());
        }
        let store =
            self.store.get().cloned().ok_or_else(|| Reason::Starting.because("the receiver starts; come again"))?;
        if let Some(refusal) = store.refusal() {
            return Err(refusal.into());
        }
        let encoding = endpoint::encoding(&head.headers);
        match (endpoint.framing(&head.uri), intake) {
            (Ok(None), intake) => self.take_keyed(endpoint, head, &keys, intake, &store, incoming).await,
            (_, None) => Err(Refusal::unauthorized()),
            (framing, Some(intake)) => {
                let framing = framing?.ok_or_else(|| Reason::Internal.because("a defect of this receiver"))?;
                let arrival = arrival(&intake, encoding?, framing, endpoint::time(&head.headers));
                self.take_body(endpoint, head, arrival, intake, &store, incoming).await
            }
        }
    }

    /// A body that is stored as it comes.
    async fn take_body(
        &self,
        endpoint: Endpoint,
        head: &Parts,
        arrival: Arrival,
        intake: Arc<Intake>,
        store: &Arc<dyn Store>,
        incoming: &mut Incoming<'_>,
    ) -> Result<Answer, Refusal> {
        let _place = enter(&intake)?;
        let announced =
            head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > intake.settings.encoded_bytes) {
            return Err(
                Reason::BodyTooLarge.because(format!("the body has more than {} bytes", intake.settings.encoded_bytes))
            );
        }
        let (pieces, pump) = incoming.begin().await?;
        let memory = self.memory_for(&arrival).await?;
        let deposit = self.deposit(pieces, arrival, intake, store);
        let storing = run(memory, move || deposit.store());
        let stored = match pump {
            Some(pump) => {
                // Where the client fails, the thread learns it by the end of the queue.
                let (pumped, stored) = tokio::join!(incoming.pump(pump), storing);
                pumped.and(stored)?
            }
            None => storing.await?,
        };
        self.confirm(endpoint, stored).await
    }

    /// A body with keys inside, or one whose form has a place for them.
    async fn take_keyed(
        &self,
        endpoint: Endpoint,
        head: &Parts,
        keys: &Arc<Keys>,
        intake: Option<Arc<Intake>>,
        store: &Arc<dyn Store>,
        incoming: &mut Incoming<'_>,
    ) -> Result<Answer, Refusal> {
        let encoding = endpoint::encoding(&head.headers)?;
        let turns = Turns {
            all: if intake.is_some() { &self.known } else { &self.strangers },
            within: self.limits.answer_within,
        };
        let body = incoming.whole(keyed::MOST, turns, 3 * self.limits.patience).await?;
        let memory = self.memory(4 * keyed::MOST as u64).await?;
        let keys = Arc::clone(keys);
        let sorted =
            run(memory, move || keyed::sort(&keyed::decode(body, encoding)?, endpoint, &keys, intake.as_ref())).await?;
        let Sorted { parts, order, is_validation } = sorted;
        self.counters.validations.inc_by(is_validation.into());
        let _places = parts.iter().map(|part| enter(&part.intake)).collect::<Result<Vec<_>, _>>()?;
        let mut ids = Vec::new();
        for part in parts {
            let arrival = arrival(&part.intake, Encoding::Identity, Framing::Events, endpoint::time(&head.headers));
            let memory = self.memory_for(&arrival).await?;
            let deposit = self.deposit(Pieces::whole(vec![Bytes::from(part.body)]), arrival, part.intake, store);
            let stored = run(memory, move || deposit.store()).await;
            ids.push(self.ids_of(stored, part.count).await?);
        }
        told(endpoint, &ids, &order)
    }

    fn deposit(&self, pieces: Pieces, arrival: Arrival, intake: Arc<Intake>, store: &Arc<dyn Store>) -> Deposit {
        let (store, recent) = (Arc::clone(store), Arc::clone(&self.recent));
        Deposit { pieces, arrival, intake, store, recent, drops_duplicates: self.drops_duplicates }
    }

    /// Waits until a body is known to be stored.
    async fn durable(&self, outcome: Outcome) -> Result<Option<Placed>, Refusal> {
        let told = match outcome {
            Outcome::Nothing => return Ok(None),
            Outcome::Known(placed) => return Ok(Some(placed)),
            Outcome::Submitted(told) => told,
        };
        let late = || Reason::NotDurable.because("the body is not known to be stored; it may be all the same");
        let result = timeout(self.limits.answer_within, told).await.map_err(|_| late())?;
        Ok(Some(result.map_err(|_| late())??))
    }

    async fn confirm(&self, endpoint: Endpoint, stored: Stored) -> Result<Answer, Refusal> {
        let Stored { outcome, records, oversize } = stored;
        let is_validation = matches!(&outcome, Outcome::Nothing) && records > 0;
        let placed = self.durable(outcome).await?;
        if is_validation {
            self.counters.validations.inc();
        }
        match placed {
            Some(placed) if endpoint.is_single() => {
                Ok(Answer::Json(format!("{{\"event_id\":\"{}\"}}", placed.id(0, 0))))
            }
            Some(placed) => Ok(Answer::Ids(Ids::new(placed, records, oversize))),
            None if endpoint.is_single() && !is_validation => {
                Err(Reason::Empty.because("there is no event in the body"))
            }
            None if endpoint.is_single() => Ok(Answer::Json("{\"event_id\":null}".to_owned())),
            None => Ok(Answer::Ids(Ids::none())),
        }
    }

    /// The ids of a part's events, once they are stored; none for those that are too large.
    async fn ids_of(&self, stored: Result<Stored, Refusal>, count: u32) -> Result<Vec<Option<Uuid>>, Refusal> {
        let Stored { outcome, oversize, .. } = match stored {
            Err(refusal) if refusal.reason == Reason::EventTooLarge => return Ok(vec![None; count as usize]),
            stored => stored?,
        };
        let placed = self.durable(outcome).await?;
        let id = |number| match oversize.binary_search(&number) {
            Ok(_) => None,
            Err(before) => placed.as_ref().map(|placed| placed.id(number, before as u32)),
        };
        Ok((0..count).map(id).collect())
    }

    /// Room for what a body of this kind takes while it is read.
    async fn memory_for(&self, arrival: &Arrival) -> Result<OwnedSemaphorePermit, Refusal> {
        let window = match arrival.encoding {
            Encoding::Zstd => 9 << 20,
            _ => 256 << 10,
        };
        let framing = match arrival.framing {
            Framing::Json { path: Some(_) } => 6 * DOCUMENT_BYTES as u64,
            Framing::Json { path: None } | Framing::Events => 3 * DOCUMENT_BYTES as u64,
            _ => 256 << 10,
        };
        self.memory(window + framing + 2 * u64::from(arrival.record_bytes)).await
    }

    async fn memory(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Refusal> {
        let loans = bytes.div_ceil(LOAN).min(self.limits.memory / LOAN);
        let permit = Arc::clone(&self.memory).acquire_many_owned(loans as u32);
        let permit = timeout(self.limits.answer_within, permit).await.ok().and_then(Result::ok);
        permit.ok_or_else(|| Reason::Busy.because("other bodies are being stored; come again"))
    }
}

fn arrival(intake: &Intake, encoding: Encoding, framing: Framing, timestamp: Option<String>) -> Arrival {
    let record_bytes = intake.settings.record_bytes;
    Arrival { intake: intake.name.clone(), encoding, framing, records: 0, record_bytes, timestamp }
}

fn enter(intake: &Intake) -> Result<OwnedSemaphorePermit, Refusal> {
    let too_many = |limited: Limited| {
        Reason::TooMany.because("the key has more requests or bytes than it may").retry_after(limited.retry_after)
    };
    intake.enter().map_err(too_many)
}

/// Runs what takes time on a thread of its own. It goes on where the client goes away.
async fn run<T: Send + 'static>(
    memory: OwnedSemaphorePermit,
    job: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let running = tokio::task::spawn_blocking(move || {
        let _memory = memory;
        job()
    });
    running
        .await
        .unwrap_or_else(|_| Err(Reason::Internal.because("a defect of this receiver: the request ended in a panic")))
}

/// The answer to a body with keys inside.
fn told(endpoint: Endpoint, ids: &[Vec<Option<Uuid>>], order: &[(u32, u32)]) -> Result<Answer, Refusal> {
    let id = |(part, number): &(u32, u32)| ids.get(*part as usize)?.get(*number as usize).copied().flatten();
    let ids: Vec<Option<Uuid>> = order.iter().map(id).collect();
    if !ids.is_empty() && ids.iter().all(Option::is_none) {
        return Err(Reason::EventTooLarge.because("all events have more bytes than they may"));
    }
    let written: Vec<String> = ids.iter().map(|id| id.map_or("null".to_owned(), |id| format!("\"{id}\""))).collect();
    let missing = |(index, id): (usize, &Option<Uuid>)| id.is_none().then_some(index as u32);
    let oversize: Vec<u32> = ids.iter().enumerate().filter_map(missing).collect();
    Ok(Answer::Json(match endpoint.is_single() {
        true => format!("{{\"event_id\":{}}}", written.first().map_or("null", String::as_str)),
        false => format!("{{\"event_ids\":[{}]{}}}", written.join(","), ids::rejected(&oversize)),
    }))
}
