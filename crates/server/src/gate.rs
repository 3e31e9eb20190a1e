//! Who may come in: so many connections at a time in all, and so many of one address.

use crate::guests::{GRACE, Guest, Guests};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long to wait where no connection can be accepted, for want of file descriptors for example.
const PAUSE: Duration = Duration::from_millis(100);

/// The places for connections of one or more listeners.
#[derive(Debug)]
pub struct Gate {
    places: Arc<Semaphore>,
    per_address: usize,
    addresses: Mutex<HashMap<IpAddr, usize>>,
    pub(crate) guests: Arc<Guests>,
    accepted: AtomicU64,
    turned_away: AtomicU64,
}

/// The place of a connection, which is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    gate: Arc<Gate>,
    address: IpAddr,
    _permit: OwnedSemaphorePermit,
}

impl Gate {
    /// A gate for so many connections at a time, and so many of one address.
    pub fn new(connections: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Gate {
            places: Arc::new(Semaphore::new(connections)),
            per_address,
            addresses: Mutex::default(),
            guests: Arc::default(),
            accepted: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
        })
    }

    /// The next connection, once there is a place for it. Where there is none, one that waits for a request makes room: who
    /// opens connections and says nothing does not keep others out. A connection too many of one address is closed at once.
    pub async fn next(self: &Arc<Self>, listener: &TcpListener) -> (TcpStream, Place) {
        loop {
            let (stream, address) = match listener.accept().await {
                Ok((stream, address)) => (stream, network(address.ip())),
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            if !self.counts(address) {
                self.turned_away.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            let permit = self.permit().await;
            self.accepted.fetch_add(1, Ordering::Relaxed);
            return (stream, Place { gate: Arc::clone(self), address, _permit: permit });
        }
    }

    /// How many connections were accepted so far, and how many turned away.
    pub fn counts_so_far(&self) -> (u64, u64) {
        (self.accepted.load(Ordering::Relaxed), self.turned_away.load(Ordering::Relaxed))
    }

    /// How many connections there are.
    pub fn open(&self) -> usize {
        self.addresses().values().sum()
    }

    async fn permit(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
                return permit;
            }
            self.guests.dismiss(GRACE);
            if let Ok(Ok(permit)) = tokio::time::timeout(PAUSE, Arc::clone(&self.places).acquire_owned()).await {
                return permit;
            }
        }
    }

    /// Counts a connection of an address, unless it is one too many.
    fn counts(&self, address: IpAddr) -> bool {
        let mut addresses = self.addresses();
        let count = addresses.entry(address).or_default();
        let is_welcome = *count < self.per_address;
        *count += usize::from(is_welcome);
        is_welcome
    }

    fn addresses(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Its connection as one that waits, and gives way to a new one where there is no place, until it was asked something.
    pub fn guest(&self) -> Arc<Guest> {
        self.gate.guests.welcome()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut addresses = self.gate.addresses();
        if let Some(count) = addresses.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                addresses.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: of IPv6 the network of 64 bits that one customer has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) >> 64 << 64)),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("an address");
            let gate = Gate::new(10, 2);
            let mut clients = Vec::new();
            for _ in 0..3 {
                clients.push(TcpStream::connect(address).await.expect("it listens"));
            }
            let (_first, place) = gate.next(&listener).await;
            let _second = gate.next(&listener).await;
            let third = tokio::time::timeout(Duration::from_millis(100), gate.next(&listener)).await;
            assert!(third.is_err(), "the third is one too many");
            assert_eq!((gate.open(), gate.counts_so_far()), (2, (2, 1)));
            drop(place);
            clients.push(TcpStream::connect(address).await.expect("it listens"));
            let _fourth = gate.next(&listener).await;
            assert_eq!((gate.open(), gate.counts_so_far()), (2, (3, 1)));
        });
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        let same =
            |left: &str, right: &str| network(left.parse().expect("one")) == network(right.parse().expect("one"));
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.2", "192.0.2.1"));
    }
}
