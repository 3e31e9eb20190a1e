//! JSON in and out.

mod flat;
mod read;
mod relax;
mod write;

pub use flat::{read_into, scatter};
pub use read::read;
pub use write::{SIZE, write, write_start, write_text};

use std::fmt;

/// Which parts of a document are read: the rest is checked and passed over.
///
/// A plan knows which paths its expressions read; [`read`] builds only those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    whole: bool,
    children: Vec<(Box<str>, Wanted)>,
}

impl Wanted {
    /// Everything.
    pub const WHOLE: Wanted = Wanted { whole: true, children: Vec::new() };

    /// Nothing yet; see [`Wanted::add`].
    pub fn nothing() -> Self {
        Wanted::default()
    }

    /// Wants the value at a path of keys, and all below it. A list on the way is wanted whole.
    pub fn add<'p>(&mut self, path: impl IntoIterator<Item = &'p str>) {
        let mut wanted = self;
        for key in path {
            let place = match wanted.children.iter().position(|(known, _)| **known == *key) {
                Some(place) => place,
                None => {
                    wanted.children.push((key.into(), Wanted::default()));
                    wanted.children.len() - 1
                }
            };
            wanted = &mut wanted.children[place].1;
        }
        wanted.whole = true;
    }

    /// Whether a key is read by its own name, beside all that is read of the whole.
    pub fn names(&self, key: &str) -> bool {
        self.children.iter().any(|(known, _)| **known == *key)
    }

    /// What is wanted below a key; `None` if nothing is.
    pub fn below(&self, key: &str) -> Option<&Wanted> {
        if self.whole {
            static WHOLE: Wanted = Wanted::WHOLE;
            return Some(&WHOLE);
        }
        self.children.iter().find(|(known, _)| **known == *key).map(|(_, wanted)| wanted)
    }

    /// How many keys are wanted by name; 0 where everything is.
    pub fn named(&self) -> usize {
        self.children.len()
    }

    /// Whether the value itself is wanted with all that is in it.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

/// The paths, separated by commas: `a.b, c`; `everything` for the whole.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.whole {
            return f.write_str("everything");
        }
        self.paths("", &mut |first, path| write!(f, "{}{path}", if first { "" } else { ", " }), &mut true)
    }
}

impl Wanted {
    fn paths(&self, above: &str, show: &mut dyn FnMut(bool, &str) -> fmt::Result, first: &mut bool) -> fmt::Result {
        self.children.iter().try_for_each(|(key, wanted)| {
            let path = if above.is_empty() { key.to_string() } else { format!("{above}.{key}") };
            if !wanted.whole {
                return wanted.paths(&path, show, first);
            }
            show(std::mem::take(first), &path)
        })
    }
}

/// How deep a document may nest.
pub const DEPTH: usize = 256;
