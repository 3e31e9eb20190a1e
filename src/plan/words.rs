//! What the words of a spec mean: templates, constants, keys of dictionaries, names that are deleted.

use super::layers::Layers;
use crate::value::{Arena, Constant, ConstantKind, Value, text};

/// The path that a template is, where it has the place of an item among its keys (`a.list.0.b`). Such a template reads
/// nothing, 5 recorded pairs for it, none against; where a filter follows, the item is read (2 pairs).
pub(super) fn path_with_index(text: &str) -> Option<&str> {
    let path = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let is_path = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let is_index = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    // A path begins with a name: `1.5` is a number.
    let has_name = !path.starts_with(|first: char| first.is_ascii_digit());
    (is_path && has_name && path.split('.').skip(1).any(is_index)).then_some(path)
}

/// Whether a text is a path as it stands: it begins with the name of a layer.
pub(super) fn is_bare_path(constant: &Constant, is_layer: impl Fn(&str) -> bool) -> bool {
    let Some((root, rest)) = constant.as_text().and_then(|text| text.trim().split_once('.')) else { return false };
    let is_path = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    is_path && (Layers::RESERVED.contains(&root) || is_layer(root))
}

/// What a `delete` deletes: the field, and the last key of its name from every dict on the way to it. That is odd, and
/// what the recorded pairs show, 7 times of 7; `docs/compatibility.md` tells of it.
pub(super) fn deleted(name: &str) -> Vec<String> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let on_the_way = name.match_indices('.').map(|(dot, _)| format!("{}.{last}", &name[..dot]));
    on_the_way.collect::<Vec<_>>().into_iter().rev().chain((!name.contains('.')).then(|| name.to_owned())).collect()
}

/// A constant as it is set: text that reads as a list or a dict becomes one.
pub(crate) fn native(constant: &Constant) -> Constant {
    let Some(text) = constant.as_text() else { return constant.clone() };
    let arena = Arena::default();
    match text::native(&arena, text) {
        Ok(Value::Text(_)) | Err(_) => constant.clone(),
        Ok(value) => Constant::from_value(value, constant.span),
    }
}

/// A dictionary's key as the text that it is looked up by.
pub(crate) fn key_text(key: &Constant) -> Box<str> {
    match &key.kind {
        ConstantKind::Null => "None".into(),
        ConstantKind::Bool(value) => if *value { "True" } else { "False" }.into(),
        ConstantKind::Int(value) => value.to_string().into(),
        ConstantKind::BigInt(digits) => digits.clone(),
        ConstantKind::Float(value) => text::Str(Value::Float(*value)).to_string().into(),
        ConstantKind::Text(text) => text.clone(),
        ConstantKind::List(_) | ConstantKind::Map(_) => "".into(),
    }
}
