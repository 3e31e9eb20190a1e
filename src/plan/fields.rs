//! Sets of dotted fields with a slot each: the event being built, and the layers that stages write.

use super::expression::{FieldReading, Keys, Relative, Slot};
use std::collections::BTreeMap;

/// Hands out slots and remembers what each is for.
#[derive(Debug, Default)]
pub struct Slots {
    names: Vec<String>,
}

impl Slots {
    /// A new slot, shown under a name.
    pub fn add(&mut self, name: String) -> Slot {
        self.names.push(name);
        Slot(self.names.len() as u32 - 1)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The name under which a slot is shown.
    pub fn name(&self, slot: Slot) -> &str {
        &self.names[slot.0 as usize]
    }
}

/// Fields by their dotted names.
#[derive(Debug, Default)]
pub struct Space {
    fields: BTreeMap<Box<str>, Slot>,
}

/// What setting or deleting a field does to the fields around it, so that at most one of them holds a value.
#[derive(Debug, Default)]
pub struct Place {
    /// The field itself; `None` for a name that only stands above fields.
    pub exact: Option<Slot>,
    /// Fields above, outermost first.
    pub above: Box<[Above]>,
    /// Fields below: they are dropped.
    pub below: Box<[Slot]>,
}

/// A field above another one.
#[derive(Debug)]
pub struct Above {
    /// Its slot.
    pub slot: Slot,
    /// The keys that lead from it down to the other one.
    pub keys: Keys,
    /// Whether its dict is spread over the fields below in the end: then the other one has its own value beside it. A
    /// dict that stays whole takes the value in; any other value gives way.
    pub is_spread: bool,
}

impl Place {
    /// About how many bytes it takes.
    pub fn effort(&self) -> u64 {
        (size_of_val(&*self.above) + size_of_val(&*self.below)) as u64
    }
}

impl Space {
    /// The slot of a field, made if need be; `shown` is put before its name where slots are listed.
    pub fn declare(&mut self, slots: &mut Slots, shown: &str, name: &str) -> Slot {
        if let Some(slot) = self.fields.get(name) {
            return *slot;
        }
        let slot = slots.add(format!("{shown}{name}"));
        self.fields.insert(name.into(), slot);
        slot
    }

    /// The slot of a field, where it has one.
    pub fn get(&self, name: &str) -> Option<Slot> {
        self.fields.get(name).copied()
    }

    /// All fields by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Slot)> {
        self.fields.iter().map(|(name, slot)| (&**name, *slot))
    }

    /// How a name is read; the empty name is the whole set.
    pub fn reading(&self, name: &str) -> FieldReading {
        let above = self.above(name).collect();
        let below = self.below(name).map(|(rest, slot)| Relative { slot, keys: keys(rest) }).collect();
        let dict = name.rsplit_once('.').map(|(dict, _)| self.below(dict).map(|(_, slot)| slot).collect());
        FieldReading { name: name.into(), exact: self.get(name), above, below, dict, is_always: false }
    }

    /// What setting or deleting a name touches; `is_spread` tells which fields' dicts are spread in the end.
    pub fn place(&self, name: &str, is_spread: &dyn Fn(&str) -> bool) -> Place {
        let below = self.below(name).map(|(_, slot)| slot).collect();
        let dots = name.match_indices('.').map(|(dot, _)| (&name[..dot], &name[dot + 1..]));
        let above = dots.filter_map(|(above, rest)| {
            Some(Above { slot: self.get(above)?, keys: keys(rest), is_spread: is_spread(above) })
        });
        Place { exact: self.get(name), above: above.collect(), below }
    }

    fn above<'s>(&'s self, name: &'s str) -> impl Iterator<Item = Relative> + 's {
        name.match_indices('.')
            .filter_map(|(dot, _)| Some(Relative { slot: self.get(&name[..dot])?, keys: keys(&name[dot + 1..]) }))
    }

    /// The fields below a name, each with the rest of its name.
    pub fn below<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (&'s str, Slot)> + 's {
        let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
        let from: Box<str> = prefix.clone().into();
        self.fields
            .range(from..)
            .map_while(move |(field, slot)| field.strip_prefix(&*prefix).map(|rest| (rest, *slot)))
            .filter(|(rest, _)| !rest.is_empty())
    }
}

fn keys(dotted: &str) -> Keys {
    dotted.split('.').map(Box::from).collect()
}
