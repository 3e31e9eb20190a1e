//! What a rule asks of a value.

use super::text::TextPattern;
use std::net::IpAddr;

/// What one value of an item asks of a field, after all modifiers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// The whole value fits a text.
    Text(TextPattern, Case),
    /// A regular expression is found in the value; in the platform's dialect it must match the whole of it.
    Regex {
        /// The expression.
        pattern: String,
        /// `i`, `m`, `s`.
        flags: String,
    },
    /// The value is an address in a network.
    Network(Network),
    /// The value compares to a number.
    Order(Order, Number),
    /// A part of the value, which is a time, compares to a number.
    Time(TimePart, Option<Order>, i64),
    /// The event has no such field, or null there.
    Null,
    /// The event has such a field, or has not.
    Exists(bool),
    /// The value is as that of another field, contains it, or begins or ends with it.
    Field {
        /// The other field.
        name: String,
        /// What may stand around it.
        around: Around,
        /// Whether case counts.
        case: Case,
    },
}

/// Whether case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// `A` is `a`.
    Ignored,
    /// `cased`
    Counts,
}

/// What may stand around a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Around {
    /// Any text before it.
    pub before: bool,
    /// Any text behind it.
    pub behind: bool,
}

/// How a value compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
}

impl Order {
    /// Whether it holds of two numbers.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Order::Less => left < right,
            Order::LessOrEqual => left <= right,
            Order::Greater => left > right,
            Order::GreaterOrEqual => left >= right,
        }
    }
}

/// A number that can be a key.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub f64);

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Number {}

impl std::hash::Hash for Number {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// A part of a time, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimePart {
    /// 0 to 59
    Minute,
    /// 0 to 23
    Hour,
    /// 1 to 31
    Day,
    /// 1 to 53, of ISO 8601
    Week,
    /// 1 to 12
    Month,
    /// The year.
    Year,
}

/// A network of IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    bits: u128,
    mask: u128,
    is_v4: bool,
}

/// The kind of a network, and how many bits of its addresses are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    is_v4: bool,
    free: u32,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or an address. Bits behind the prefix are ignored.
    pub fn read(text: &str) -> Option<Network> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let (bits, is_v4) = bits(address);
        let most = if is_v4 { 32 } else { 128 };
        // `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
        let length =
            length.map(|length| if address.is_ipv6() && is_v4 { length.checked_sub(96) } else { Some(length) });
        let length = length.unwrap_or(Some(most))?;
        if length > most {
            return None;
        }
        let free = most - length;
        let mask = if free == 128 { 0 } else { u128::MAX << free };
        Some(Network { bits: bits & mask, mask, is_v4 })
    }

    /// Its kind, and how long its prefix is.
    pub fn prefix(&self) -> Prefix {
        Prefix { is_v4: self.is_v4, free: self.mask.trailing_zeros() }
    }

    /// Its first address.
    pub fn first(&self) -> IpAddr {
        match self.is_v4 {
            true => IpAddr::V4((self.bits as u32).into()),
            false => IpAddr::V6(self.bits.into()),
        }
    }

    /// The network of a prefix around an address; `None` for an address of the other kind.
    pub fn around(address: IpAddr, prefix: Prefix) -> Option<Network> {
        let (bits, is_v4) = bits(address);
        let mask = if prefix.free == 128 { 0 } else { u128::MAX << prefix.free };
        (is_v4 == prefix.is_v4).then_some(Network { bits: bits & mask, mask, is_v4 })
    }

    /// Whether an address lies in it.
    pub fn has(&self, address: IpAddr) -> bool {
        let (bits, is_v4) = bits(address);
        is_v4 == self.is_v4 && bits & self.mask == self.bits
    }

    /// Whether a text is an address that lies in it.
    pub fn has_text(&self, text: &str) -> bool {
        text.trim().parse().is_ok_and(|address| self.has(address))
    }
}

fn bits(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), true),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(v4) => (u128::from(u32::from(v4)), true),
            None => (u128::from(address), false),
        },
    }
}

impl Test {
    /// Whether the event's having no such field is what it asks for.
    pub fn holds_of_nothing(&self) -> bool {
        matches!(self, Test::Null | Test::Exists(false))
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn networks_have_the_addresses_of_their_prefix_and_of_their_kind() {
        let has = |network: &str, address: &str| Network::read(network).expect("a network").has_text(address);
        assert!(has("10.0.0.0/8", "10.255.0.1") && !has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("0.0.0.0/0", "192.0.2.1") && !has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("::/0", "2001:db8::1") && has("2001:db8::/32", "2001:db8:1::"));
        assert!(has("192.0.2.7", "192.0.2.7") && has("192.0.2.0/24", "::ffff:192.0.2.9"));
        assert!(has("::ffff:10.0.0.0/104", "10.1.2.3") && !has("::ffff:10.0.0.0/104", "11.1.2.3"));
        assert!(Network::read("10.0.0.0/33").is_none() && Network::read("ten").is_none());
    }
}
