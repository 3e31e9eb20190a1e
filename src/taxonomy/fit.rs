//! The cast of a named field, with the fields inside its objects.
//!
//! Why so: `docs/decisions/0103`.

use super::{Field, FieldType, Reading, Taxonomy, cast};
use crate::value::{Arena, Fault, FaultCode, List, Map, Value};

/// How deep objects may nest: a dict may hold itself.
const DEPTH: usize = 64;

/// The object that is around a value.
#[derive(Clone, Copy)]
struct Inside {
    /// Whether what no field is declared for stays.
    keeps: bool,
    /// Its type.
    kind: FieldType,
}

impl Taxonomy {
    /// The value as the field has it; see [`cast`].
    ///
    /// The dicts in a field of type `object` or `nested` are cast too: under a key that makes a known field with the
    /// names above it (`threat.enrichments` and `indicator.first_seen`) the value becomes that field's type, and is left
    /// out where it is empty or does not fit. What stands under any other key stays where an `object` is one dict, and is
    /// left out in a list of dicts; over the recorded pairs 26 and 3 times, without exception. An object of which no
    /// field is declared stays as it is.
    ///
    /// # Errors
    /// Cast, where the field does not take the value; limit.
    pub fn fit<'a>(&self, arena: &'a Arena, field: &Field, value: Value<'a>) -> Result<Value<'a>, Fault> {
        self.fit_at(arena, field, value, 0)
    }

    fn fit_at<'a>(&self, arena: &'a Arena, field: &Field, value: Value<'a>, depth: usize) -> Result<Value<'a>, Fault> {
        if depth > DEPTH {
            return Err(Fault::new(FaultCode::Limit, format!("objects are nested deeper than {DEPTH} levels")));
        }
        match (field.reading(), value) {
            (Reading::Any, _) => Ok(value),
            (Reading::Object, Value::Map(_) | Value::List(_)) if self.is_container(&field.name) => {
                self.fit_inside(arena, &field.name, value, field.kind, depth)
            }
            _ => cast(arena, field.kind, value),
        }
    }

    /// A dict, or the dicts of a list, cast by the fields below a path. In a single `object` stays what no field is
    /// declared for; in a `nested` field empty text is left out.
    fn fit_inside<'a>(
        &self,
        arena: &'a Arena,
        path: &str,
        value: Value<'a>,
        kind: FieldType,
        depth: usize,
    ) -> Result<Value<'a>, Fault> {
        match value {
            Value::Map(map) => self.fit_map(arena, path, map, Inside { keeps: kind == FieldType::Object, kind }, depth),
            Value::List(items) => {
                let fitted = List::new(arena);
                for item in items.iter() {
                    let item = match item {
                        Value::Map(map) => self.fit_map(arena, path, map, Inside { keeps: false, kind }, depth)?,
                        other => other,
                    };
                    fitted.push(arena, item)?;
                }
                Ok(Value::List(arena.bump().alloc(fitted)))
            }
            other => Ok(other),
        }
    }

    fn fit_map<'a>(
        &self,
        arena: &'a Arena,
        path: &str,
        map: &'a Map<'a>,
        inside: Inside,
        depth: usize,
    ) -> Result<Value<'a>, Fault> {
        let fitted = arena.map();
        for (key, value) in map.iter() {
            let value = match key {
                Value::Text(name) => {
                    self.fit_child(arena, arena.format(format_args!("{path}.{name}"))?, value, inside, depth)?
                }
                _ => inside.keeps.then_some(value),
            };
            if let Some(value) = value {
                fitted.insert(arena, key, value)?;
            }
        }
        Ok(Value::Map(fitted))
    }

    fn fit_child<'a>(
        &self,
        arena: &'a Arena,
        path: &str,
        value: Value<'a>,
        inside: Inside,
        depth: usize,
    ) -> Result<Option<Value<'a>>, Fault> {
        if depth > DEPTH {
            return Err(Fault::new(FaultCode::Limit, format!("objects are nested deeper than {DEPTH} levels")));
        }
        let Some(field) = self.get(path) else {
            return match value {
                Value::Map(_) | Value::List(_) if self.is_container(path) => {
                    let fitted = self.fit_inside(arena, path, value, inside.kind, depth + 1)?;
                    Ok(Some(fitted).filter(|fitted| !matches!(fitted, Value::Map(map) if map.is_empty())))
                }
                other => Ok(inside.keeps.then_some(other)),
            };
        };
        let is_empty = inside.kind == FieldType::Nested && value.as_text() == Some("");
        if value.is_missing() || is_empty {
            return Ok(None);
        }
        match self.fit_at(arena, field, value, depth + 1) {
            Err(fault) if fault.code() == FaultCode::Cast => Ok(None),
            other => other.map(Some),
        }
    }
}
