//! A member of the consumer group: it fetches the partitions that it is given, and commits what all sinks have stored.
//!
//! One thread does all that is asked of the brokers. It waits for no sink but where a partition is taken away: then the sinks store what
//! they have gathered, the offset is committed, and only then another member goes on with it.

use super::assigned::{Assigned, Begun, Held};
use super::client::trouble_with;
use super::settings::TopicSettings;
use crate::notices::{Level, Notices};
use crate::partition::{Note, Part, Partition};
use crate::stopping::Stopping;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{Offset, TopicPartitionList};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long nothing may come before it is looked what else is to be done.
const LOOK: Duration = Duration::from_millis(50);

/// How often offsets are committed at most. What was stored since then may come again after a crash.
const COMMIT_EACH: Duration = Duration::from_secs(1);

/// How often the brokers are asked how they are.
const ASK_EACH: Duration = Duration::from_secs(5);

/// How often the same error is told.
const TELL_EACH: Duration = Duration::from_secs(30);

/// How long the brokers may take to answer where nothing goes on without it.
const ANSWER: Duration = Duration::from_secs(10);

/// How long sinks may take to store what they have when a partition is taken away. The brokers wait five minutes for it.
const HAND_OVER: Duration = Duration::from_secs(120);

/// How many bytes wait for sinks, of all partitions together; and of each at least.
const WAITING_BYTES: usize = 32 << 20;
const WAITING_BYTES_EACH: usize = 1 << 20;

/// What an offset is committed with: the id of the partition's work, so that the next member calls it the same.
const METADATA: &str = "weir:";

/// Begins to deliver a partition.
pub type Begin = Box<dyn Fn(&Arc<Partition>) -> Result<Begun, String> + Send + Sync>;

/// A member of the group.
pub struct Member {
    consumer: BaseConsumer<Context>,
}

impl Member {
    /// Makes the client. It joins the group once [`Member::run`] does.
    ///
    /// # Errors
    /// Where a setting is none, or a secret cannot be read.
    pub fn new(
        settings: &TopicSettings,
        assigned: Arc<Assigned>,
        begin: Begin,
        notices: Arc<Notices>,
    ) -> Result<Self, String> {
        let mut config = settings.client()?;
        config
            .set("group.id", &settings.group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "earliest")
            .set("partition.assignment.strategy", "cooperative-sticky");
        if !settings.properties.contains_key("queued.max.messages.kbytes") {
            config.set("queued.max.messages.kbytes", "16384");
        }
        let topic = settings.topic.clone();
        let context =
            Context { topic, assigned, begin, notices, has_failed: AtomicBool::new(false), told: Mutex::default() };
        let consumer: BaseConsumer<Context> = config.create_with_context(context).map_err(|error| error.to_string())?;
        consumer.subscribe(&[&settings.topic]).map_err(|error| error.to_string())?;
        Ok(Member { consumer })
    }

    /// Fetches and commits until it is told to stop, or has failed; then leaves the group, for which sinks have this long.
    pub fn run(self, stopping: &Stopping, farewell: Duration) {
        let (mut committed, mut asked) = (Instant::now(), None::<Instant>);
        while !stopping.is_said() && self.assigned().failure().is_none() {
            match self.consumer.poll(LOOK) {
                Some(Ok(message)) => self.push(&message),
                Some(Err(error @ KafkaError::MessageConsumptionFatal(_))) => self.assigned().fail(error.to_string()),
                Some(Err(error)) => self.consumer.context().tell(&error),
                None => {}
            }
            self.balance();
            if committed.elapsed() >= COMMIT_EACH {
                committed = Instant::now();
                self.consumer.context().commit_stored(&self.consumer);
            }
            if asked.is_none_or(|asked| asked.elapsed() >= ASK_EACH) {
                asked = Some(Instant::now());
                let trouble = trouble_with(self.consumer.client(), &self.consumer.context().topic);
                self.assigned().set_trouble(trouble);
            }
        }
        let all: Vec<i32> = self.assigned().lock().keys().copied().collect();
        self.consumer.context().hand_over(&self.consumer, &all, farewell);
    }

    fn assigned(&self) -> &Assigned {
        &self.consumer.context().assigned
    }

    fn push(&self, message: &BorrowedMessage<'_>) {
        let part = part(message);
        let number = message.partition();
        let expected = self.assigned().lock().get(&number).and_then(|held| held.next);
        if let Some(expected) = expected.filter(|expected| *expected != part.offset) {
            self.consumer.context().jumps(&self.consumer, number, expected, part.offset);
        }
        if let Some(held) = self.assigned().lock().get_mut(&number) {
            held.next = Some(part.offset + 1);
            held.partition.push(part);
        }
    }

    /// Fetches no more of partitions of which too much waits, and more of those of which little does.
    fn balance(&self) {
        let mut all = self.assigned().lock();
        let most = WAITING_BYTES_EACH.max(WAITING_BYTES / all.len().max(1));
        let (mut full, mut free) = (TopicPartitionList::new(), TopicPartitionList::new());
        for (number, held) in &mut *all {
            let waiting = held.partition.waiting_bytes();
            if !held.is_paused && waiting >= most {
                held.is_paused = true;
                full.add_partition(&self.consumer.context().topic, *number);
            } else if held.is_paused && waiting < most / 2 {
                held.is_paused = false;
                free.add_partition(&self.consumer.context().topic, *number);
            }
        }
        drop(all);
        let paused = if full.count() > 0 { self.consumer.pause(&full) } else { Ok(()) };
        let resumed = if free.count() > 0 { self.consumer.resume(&free) } else { Ok(()) };
        for error in [paused, resumed].into_iter().filter_map(Result::err) {
            self.consumer.context().tell(&error);
        }
    }
}

/// A message as it is delivered.
fn part(message: &BorrowedMessage<'_>) -> Part {
    let note = match header(message) {
        None => Err(format!("the message has no header `{}`", Note::HEADER)),
        Some(bytes) => serde_json::from_slice(bytes).map_err(|error| format!("its header cannot be read: {error}")),
    };
    Part {
        offset: u64::try_from(message.offset()).unwrap_or(0),
        received: message.timestamp().to_millis().unwrap_or(0),
        note,
        body: message.payload().unwrap_or_default().to_vec(),
    }
}

/// The header of the note. The client panics at names of headers that are no UTF-8, and ids of commits that are none: whoever writes to
/// the topic must not end a worker so.
fn header<'m>(message: &'m BorrowedMessage<'_>) -> Option<&'m [u8]> {
    let find = || message.headers()?.iter().find(|header| header.key == Note::HEADER)?.value;
    catch_unwind(AssertUnwindSafe(find)).unwrap_or_default()
}

/// What is called while the brokers are asked for messages.
struct Context {
    topic: String,
    assigned: Arc<Assigned>,
    begin: Begin,
    notices: Arc<Notices>,
    has_failed: AtomicBool,
    /// What was told last, and when.
    told: Mutex<Option<(String, Instant)>>,
}

impl Context {
    /// Tells what the brokers say, but not the same over and over while they are away.
    fn tell(&self, error: &KafkaError) {
        let text = error.to_string();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.as_ref().is_none_or(|(before, at)| *before != text || at.elapsed() >= TELL_EACH) {
            self.notices.tell(Level::Warn, &format!("the brokers do not do what they were asked: {text}"), &[]);
            *told = Some((text, Instant::now()));
        }
    }

    /// Commits what all sinks have stored since the last commit; after one that failed, all of it.
    fn commit_stored(&self, consumer: &BaseConsumer<Context>) {
        let again = self.has_failed.swap(false, Ordering::AcqRel);
        let mut list = TopicPartitionList::new();
        for (number, held) in &mut *self.assigned.lock() {
            let stored = held.partition.stored().filter(|_| again || held.partition.stored() > held.committed);
            if let Some(stored) = stored {
                held.committed = Some(stored);
                self.add(&mut list, *number, &held.partition, stored);
            }
        }
        self.commit(consumer, &list, CommitMode::Async);
    }

    fn add(&self, list: &mut TopicPartitionList, number: i32, partition: &Partition, stored: u64) {
        let mut element = list.add_partition(&self.topic, number);
        let id = Uuid::from_bytes(partition.id());
        element.set_metadata(format!("{METADATA}{}", id.simple()));
        // An offset is never larger than what an i64 holds.
        drop(element.set_offset(Offset::Offset(i64::try_from(stored).unwrap_or(i64::MAX))));
    }

    fn commit(&self, consumer: &BaseConsumer<Context>, list: &TopicPartitionList, mode: CommitMode) {
        if list.count() > 0
            && let Err(error) = consumer.commit(list, mode)
        {
            self.has_failed.store(true, Ordering::Release);
            self.tell(&error);
        }
    }

    /// Takes over partitions, under the ids that their offsets were committed with.
    fn take_over(&self, consumer: &BaseConsumer<Context>, list: &TopicPartitionList) {
        let committed = consumer.committed_offsets(list.clone(), ANSWER);
        let committed = committed.inspect_err(|error| self.tell(error)).unwrap_or_default();
        for number in numbers(list) {
            let known = committed.find_partition(&self.topic, number);
            let next = known.as_ref().and_then(|known| offset(known.offset()));
            let id = || id_of(known.as_ref()?.metadata());
            let id = catch_unwind(AssertUnwindSafe(id)).unwrap_or_default().unwrap_or_else(Uuid::new_v4);
            self.deliver(number, id, next);
        }
        self.tell_partitions("this worker takes partitions", &numbers(list));
    }

    fn deliver(&self, number: i32, id: Uuid, next: Option<u64>) {
        let partition = Partition::new(*id.as_bytes(), &self.topic, number);
        match (self.begin)(&partition) {
            Ok(begun) => {
                let held = Held { partition, begun, next, committed: None, is_paused: false };
                self.assigned.lock().insert(number, held);
            }
            Err(why) => self.assigned.fail(format!("{} cannot be delivered: {why}", partition.name())),
        }
    }

    /// Goes on with another offset than the one that was to come. Where it is a lower one, the partition is another one than before, and
    /// what sinks have noted of offsets does not hold for it.
    fn jumps(&self, consumer: &BaseConsumer<Context>, number: i32, expected: u64, offset: u64) {
        let facts: [(&str, &dyn ToString); 3] = [("partition", &number), ("expected", &expected), ("offset", &offset)];
        if offset > expected {
            let text = "the brokers do not have messages any more that were not fetched yet";
            return self.notices.tell(Level::Error, text, &facts);
        }
        self.notices.tell(Level::Error, "the partition begins again at a lower offset", &facts);
        self.hand_over(consumer, &[number], HAND_OVER);
        self.deliver(number, Uuid::new_v4(), None);
    }

    /// Gives partitions away, once their sinks have stored what they had, and the offsets are committed.
    fn hand_over(&self, consumer: &BaseConsumer<Context>, numbers: &[i32], within: Duration) {
        let until = Instant::now() + within;
        let held: Vec<(i32, Held)> = {
            let mut all = self.assigned.lock();
            numbers.iter().filter_map(|number| Some((*number, all.remove(number)?))).collect()
        };
        held.iter().for_each(|(_, held)| held.begun.stopping.say());
        let mut list = TopicPartitionList::new();
        for (number, Held { partition, begun, .. }) in held {
            let failure = begun.delivery.failure();
            let left = begun.delivery.stop(until.saturating_duration_since(Instant::now()));
            if let Some(why) = failure {
                self.assigned.fail(why);
            } else if !left.is_empty() {
                let (name, left) = (partition.name(), left.join(", "));
                self.assigned.fail(format!("{name} is to be given away, and these sinks do not end: {left}"));
            }
            if let Some(stored) = partition.stored() {
                self.add(&mut list, number, &partition, stored);
            }
        }
        // Somebody else may have a partition that was lost, and knows better.
        if !consumer.assignment_lost() {
            self.commit(consumer, &list, CommitMode::Sync);
        }
        self.tell_partitions("this worker has given partitions away", numbers);
    }

    fn tell_partitions(&self, what: &str, numbers: &[i32]) {
        if !numbers.is_empty() {
            let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
            self.notices.tell(Level::Info, what, &[("partitions", &numbers.join(","))]);
        }
    }
}

fn numbers(list: &TopicPartitionList) -> Vec<i32> {
    list.elements().iter().map(|element| element.partition()).collect()
}

fn offset(offset: Offset) -> Option<u64> {
    match offset {
        Offset::Offset(offset) => u64::try_from(offset).ok(),
        _ => None,
    }
}

/// The id that an offset was committed with; none, where somebody else has committed it.
fn id_of(metadata: &str) -> Option<Uuid> {
    Uuid::try_parse(metadata.strip_prefix(METADATA)?).ok()
}

impl ClientContext for Context {
    fn error(&self, error: KafkaError, reason: &str) {
        self.notices.tell(Level::Warn, &format!("{error}: {reason}"), &[("topic", &self.topic)]);
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Context>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(list) => self.take_over(consumer, list),
            Rebalance::Revoke(list) => self.hand_over(consumer, &numbers(list), HAND_OVER),
            Rebalance::Error(error) => self.tell(error),
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            self.has_failed.store(true, Ordering::Release);
            self.tell(&error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_partition_comes_back_from_what_it_is_committed_with() {
        let id = Uuid::new_v4();
        assert_eq!(id_of(&format!("{METADATA}{}", id.simple())), Some(id));
        for other in ["", "weir:", "weir:7", "a tool of somebody else"] {
            assert_eq!(id_of(other), None, "{other}");
        }
    }
}
