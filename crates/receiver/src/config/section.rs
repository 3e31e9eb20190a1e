//! A part of a configuration: a value with its place, which any type of serde can be read from.

use super::mistake::Mistake;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::sync::Arc;
use weir::diagnostic::Span;
use weir::value::{Constant, ConstantKind};

/// A part of a configuration. Mistakes in it have the places of its file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Section {
    /// Its name, where it has one.
    pub(super) name: String,
    pub(super) value: Constant,
    /// The text of the file.
    pub(super) file: Arc<str>,
}

impl Section {
    /// Reads it as a value of a type.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place in the file.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Mistake> {
        T::deserialize(Node(&self.value)).map_err(|mistake| self.located(mistake))
    }

    /// Reads it as a value of the type that one of its members names.
    pub(super) fn read_tagged<'s, T>(
        &'s self,
        tag: &str,
        read: impl FnOnce(&str, Others<'s>) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        let kind = self.value.get(tag).and_then(Constant::as_text);
        let missing = || Mistake::new(format!("`{tag}` is missing here"));
        let others: Vec<_> = match &self.value.kind {
            ConstantKind::Map(pairs) => pairs.iter().filter(|(key, _)| key.as_text() != Some(tag)).collect(),
            _ => Vec::new(),
        };
        let read = kind.ok_or_else(missing).and_then(|kind| read(kind, Others(others)));
        read.map_err(|mistake| self.located(mistake))
    }

    /// A mistake of this section: at the section, where no place was said.
    pub(super) fn located(&self, mistake: Mistake) -> Mistake {
        mistake.at(self.value.span).located(&self.file)
    }

    /// The member of this name, as a section.
    pub(super) fn member(&self, name: &str) -> Option<Section> {
        self.value.get(name).map(|value| self.part(name, value))
    }

    /// The items of a list, or what stands in place of a list of one.
    pub(super) fn items(&self) -> Vec<Section> {
        match &self.value.kind {
            ConstantKind::List(items) => items.iter().map(|item| self.part(&self.name, item)).collect(),
            ConstantKind::Null => Vec::new(),
            _ => vec![self.clone()],
        }
    }

    fn part(&self, name: &str, value: &Constant) -> Section {
        Section { name: name.to_owned(), value: value.clone(), file: Arc::clone(&self.file) }
    }

    /// The members, each as a section of that name, with the place of the name.
    ///
    /// # Errors
    /// Where it is no mapping with text for names.
    pub(super) fn members(&self) -> Result<Vec<(Section, Span)>, Mistake> {
        let pairs: &[(Constant, Constant)] = match &self.value.kind {
            ConstantKind::Map(pairs) => pairs,
            ConstantKind::Null => &[],
            _ => return Err(self.located(Mistake::new(format!("`{}` is no mapping", self.name)))),
        };
        let member = |(key, value): &(Constant, Constant)| match key.as_text() {
            Some(name) => Ok((self.part(name, value), key.span)),
            None => Err(self.located(Mistake::new("a name must be text").at(key.span))),
        };
        pairs.iter().map(member).collect()
    }
}

/// A value that is read.
#[derive(Clone, Copy)]
struct Node<'c>(&'c Constant);

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let read = match &self.0.kind {
            ConstantKind::Null => visitor.visit_unit(),
            ConstantKind::Bool(value) => visitor.visit_bool(*value),
            ConstantKind::Int(value) => visitor.visit_i64(*value),
            ConstantKind::BigInt(_) => Err(Mistake::invalid_value(Unexpected::Signed(0), &"a smaller number")),
            ConstantKind::Float(value) => visitor.visit_f64(*value),
            ConstantKind::Text(text) => visitor.visit_str(text),
            ConstantKind::List(items) => visitor.visit_seq(Items(items.iter())),
            ConstantKind::Map(pairs) => visitor.visit_map(Members { pairs: pairs.iter(), value: None }),
        };
        read.map_err(|mistake| mistake.at(self.0.span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0.kind {
            ConstantKind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self).map_err(|mistake| mistake.at(self.0.span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let read = match &self.0.kind {
            ConstantKind::Text(text) => visitor.visit_enum(StrDeserializer::new(text)),
            ConstantKind::Map(pairs) if pairs.len() == 1 => visitor.visit_enum(Variant(&pairs[0])),
            _ => self.deserialize_any(visitor),
        };
        read.map_err(|mistake| mistake.at(self.0.span))
    }

    /// Serde would take a list for the values of a struct, without their names: a key in it would become the name of a file.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.0.kind {
            ConstantKind::List(_) => Err(Mistake::invalid_type(Unexpected::Seq, &"a mapping").at(self.0.span)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map identifier ignored_any
    }
}

/// The members of a section without the one that says its type.
pub(super) struct Others<'c>(Vec<&'c (Constant, Constant)>);

impl<'de> Deserializer<'de> for Others<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_map(Members { pairs: self.0.into_iter(), value: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Items<'c>(std::slice::Iter<'c, Constant>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        self.0.next().map(|item| seed.deserialize(Node(item))).transpose()
    }
}

struct Members<'c, P> {
    pairs: P,
    value: Option<&'c Constant>,
}

impl<'de, 'c, P: Iterator<Item = &'c (Constant, Constant)>> MapAccess<'de> for Members<'c, P> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        let Some((key, value)) = self.pairs.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Node(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        match self.value.take() {
            Some(value) => seed.deserialize(Node(value)),
            None => Err(Mistake::new("a value without a name")),
        }
    }
}

/// A variant with what it holds: `name: value`.
struct Variant<'c>(&'c (Constant, Constant));

impl<'de, 'c> EnumAccess<'de> for Variant<'c> {
    type Error = Mistake;
    type Variant = Node<'c>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Node<'c>), Mistake> {
        Ok((seed.deserialize(Node(&self.0.0))?, Node(&self.0.1)))
    }
}

impl<'de> VariantAccess<'de> for Node<'_> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        Err(Mistake::new("nothing may stand below this").at(self.0.span))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mistake> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_any(visitor)
    }
}
