//! Addresses of networks and devices: those of one subnet stay in one, private ones stay private, and public ones become those
//! that are free for examples.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses by what they were, in the order of their first appearance.
#[derive(Debug, Default)]
pub struct Addresses {
    networks: BTreeMap<([u8; 3], bool), [u8; 3]>,
    public: u16,
    private: BTreeMap<u8, u16>,
    hosts: BTreeMap<[u8; 4], u8>,
    used: BTreeMap<[u8; 3], u8>,
    networks_six: BTreeMap<[u16; 4], u16>,
    hosts_six: BTreeMap<[u16; 8], u16>,
    devices: BTreeMap<String, u16>,
}

impl Addresses {
    /// Another address in the place of an IPv4 or IPv6 address; nothing for a text that is none, or whose address is nobody's.
    pub fn network(&mut self, text: &str) -> Option<String> {
        match text.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) if !is_nobodys(address) => Some(self.four(address).to_string()),
            IpAddr::V6(address) if !is_nobodys_six(address) => Some(self.six(address).to_string()),
            _ => None,
        }
    }

    /// Another address in the place of a device's, written alike: out of the block that is free for examples.
    pub fn device(&mut self, text: &str) -> Option<String> {
        let hex: Vec<char> = text.chars().filter(char::is_ascii_hexdigit).collect();
        let plain = hex.chunks(2).map(String::from_iter).collect::<Vec<_>>().join(":").to_ascii_lowercase();
        if plain.starts_with("00:00:5e:00:53:") || plain == "00:00:00:00:00:00" || plain == "ff:ff:ff:ff:ff:ff" {
            return None;
        }
        let number = self.devices.len() as u16 + 1;
        let number = *self.devices.entry(plain).or_insert(number);
        let new = format!("00:00:5e:00:53:{:02x}", number % 256);
        let new = match text.chars().find(|letter| !letter.is_ascii_hexdigit()) {
            Some('-') => new.replace(':', "-"),
            Some('.') => format!("0000.5e00.53{:02x}", number % 256),
            _ => new,
        };
        Some(if text.bytes().any(|byte| byte.is_ascii_uppercase()) { new.to_uppercase() } else { new })
    }

    fn four(&mut self, address: Ipv4Addr) -> Ipv4Addr {
        let [a, b, c, host] = address.octets();
        let network = self.network_of([a, b, c]);
        let host = self.host_of(network, [a, b, c, host]);
        Ipv4Addr::new(network[0], network[1], network[2], host)
    }

    /// The network of 256 addresses that takes the place of another.
    fn network_of(&mut self, old: [u8; 3]) -> [u8; 3] {
        let is_private = is_private(old);
        if let Some(known) = self.networks.get(&(old, is_private)) {
            return *known;
        }
        let new = if is_private { self.next_private(old) } else { self.next_public() };
        self.networks.insert((old, is_private), new);
        new
    }

    fn next_public(&mut self) -> [u8; 3] {
        const EXAMPLES: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];
        let number = self.public;
        self.public = self.public.saturating_add(1);
        // Behind the three networks for examples, those for benchmarks.
        let benchmark = number.saturating_sub(3);
        EXAMPLES.get(usize::from(number)).copied().unwrap_or([198, 18 + ((benchmark >> 8) & 1) as u8, benchmark as u8])
    }

    fn next_private(&mut self, [a, b, _]: [u8; 3]) -> [u8; 3] {
        let number = self.private.entry(a).or_default();
        *number = number.saturating_add(1);
        match a {
            10 => [10, (*number >> 8) as u8, *number as u8],
            172 => [172, 16 + ((*number >> 8) as u8 & 15), *number as u8],
            _ => [a, b, *number as u8],
        }
    }

    /// The first and the last address of a network keep their places.
    fn host_of(&mut self, network: [u8; 3], old: [u8; 4]) -> u8 {
        if matches!(old[3], 0 | 255) {
            return old[3];
        }
        if let Some(known) = self.hosts.get(&old) {
            return *known;
        }
        let used = self.used.entry(network).or_insert(0);
        *used = if *used == 254 { 1 } else { *used + 1 };
        self.hosts.insert(old, *used);
        *used
    }

    fn six(&mut self, address: Ipv6Addr) -> Ipv6Addr {
        let parts = address.segments();
        let network = [parts[0], parts[1], parts[2], parts[3]];
        let next = self.networks_six.len() as u16 + 1;
        let network = *self.networks_six.entry(network).or_insert(next);
        let next = self.hosts_six.len() as u16 + 1;
        let host = *self.hosts_six.entry(parts).or_insert(next);
        Ipv6Addr::new(0x2001, 0xdb8, 0, network, 0, 0, 0, host)
    }
}

fn is_private([a, b, _]: [u8; 3]) -> bool {
    a == 10 || (a == 172 && (16..32).contains(&b)) || (a == 192 && b == 168)
}

/// Addresses that say nothing of anybody: unspecified, loopback, multicast, link-local and those for examples.
fn is_nobodys(address: Ipv4Addr) -> bool {
    address.is_unspecified()
        || address.is_loopback()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_link_local()
        || address.is_documentation()
        || address.octets()[0] == 0
        || address.octets()[0] >= 240
}

fn is_nobodys_six(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    address.is_unspecified()
        || address.is_loopback()
        || address.is_multicast()
        || first & 0xffc0 == 0xfe80
        || address.segments()[..2] == [0x2001, 0xdb8]
}
