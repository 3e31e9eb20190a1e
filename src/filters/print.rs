//! Formatting: the filter `format` (as `%`), the method `format` (braces), and `pprint`.

use super::apply::no_method;
use super::call::{FunctionCall, TextBuilder, invalid, mismatch};
use super::entry::{LibraryEntry, VALUE, bool, filter, method, required};
use super::numbers::to_float;
use super::text::shown;
use crate::value::text::{Repr, Str};
use crate::value::{Fault, FaultCode, Value, ops};

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["format"],
        &[VALUE],
        "The text with its `%` places filled in.",
        &[("'%s-%03d' | format('a', 7)", "'a-007'"), ("'%(n)s' | format(n=1)", "'1'")],
        |call| {
            let arguments = match (call.rest, call.named) {
                (_, []) => call.arena.tuple(call.rest.iter().copied())?,
                ([], named) => {
                    let map = call.arena.map();
                    for (name, value) in named {
                        map.insert(call.arena, Value::Text(call.arena.text(name)?), *value)?;
                    }
                    Value::Map(map)
                }
                _ => return Err(Fault::new(FaultCode::Type, "`format` takes arguments by place or by name, not both")),
            };
            ops::arithmetic(call.arena, ops::Arithmetic::Remainder, Value::Text(call.subject()?), arguments)
        },
    )
    .variadic(),
    filter(
        &["pprint"],
        &[VALUE, bool("verbose", false)],
        "The value as `repr` shows it.",
        &[("['a'] | pprint", "\"['a']\"")],
        |call| call.arena.format(format_args!("{}", Repr(call.value()))).map(Value::Text),
    ),
    method(
        &["format"],
        &[VALUE],
        "The text with its `{}` places filled in.",
        &[("'{}-{:>3}'.format('a', 7)", "'a-  7'"), ("'{n[0]} {1:.2f}'.format(0, 1.5, n=['x'])", "'x 1.50'")],
        |call| braces(call, call.value(), PrintSource::Arguments),
    )
    .variadic(),
    method(
        &["format_map"],
        &[VALUE, required("mapping")],
        "The text with its `{name}` places filled in from a dict.",
        &[("'{a}'.format_map({'a': 1})", "'1'")],
        |call| braces(call, call.value(), PrintSource::Map(call.argument(1))),
    ),
];

/// Where the values for names and numbers come from.
#[derive(Clone, Copy)]
enum PrintSource<'a> {
    Arguments,
    Map(Value<'a>),
}

fn braces<'a>(call: &FunctionCall<'_, 'a>, value: Value<'a>, source: PrintSource<'a>) -> Result<Value<'a>, Fault> {
    let Value::Text(template) = value else { return Err(no_method(value, "format")) };
    let (mut out, mut next) = (call.build(), Some(0));
    fill(call, &mut out, template, source, &mut next, 0)?;
    out.value()
}

/// Fills a template in; specifications may hold places themselves, one level deep.
fn fill<'a>(
    call: &FunctionCall<'_, 'a>,
    out: &mut TextBuilder<'a>,
    template: &'a str,
    source: PrintSource<'a>,
    next: &mut Option<usize>,
    depth: usize,
) -> Result<(), Fault> {
    let mut rest = template;
    while let Some(place) = rest.find(['{', '}']) {
        out.push(&rest[..place])?;
        let (brace, after) = rest[place..].split_at(1);
        if let Some(after) = after.strip_prefix(brace) {
            out.push(brace)?;
            rest = after;
            continue;
        }
        if brace == "}" || depth > 1 {
            return Err(invalid("an unmatched brace in a format"));
        }
        let end = closing(after).ok_or_else(|| invalid("an unmatched brace in a format"))?;
        field(call, out, &after[..end], source, next, depth)?;
        rest = &after[end + 1..];
    }
    out.push(rest)
}

/// The brace that closes a place.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    text.char_indices().find_map(|(place, character)| {
        open += match character {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        (open == 0).then_some(place)
    })
}

/// `name.attribute[key]!conversion:specification`
fn field<'a>(
    call: &FunctionCall<'_, 'a>,
    out: &mut TextBuilder<'a>,
    field: &'a str,
    source: PrintSource<'a>,
    next: &mut Option<usize>,
    depth: usize,
) -> Result<(), Fault> {
    let (head, specification) = field.split_once(':').unwrap_or((field, ""));
    let (path, conversion) = head.split_once('!').map_or((head, None), |(path, conversion)| (path, Some(conversion)));
    let mut value = look_up(call, path, source, next)?;
    value = match conversion {
        None => value,
        Some("s") => Value::Text(shown(call, value)?),
        Some("r" | "a") => Value::Text(call.arena.format(format_args!("{}", Repr(value)))?),
        Some(other) => return Err(invalid(format!("an unknown conversion `{other}` in a format"))),
    };
    let mut expanded = call.build();
    fill(call, &mut expanded, specification, source, next, depth + 1)?;
    push_formatted(call, out, value, expanded.finish())
}

fn look_up<'a>(
    call: &FunctionCall<'_, 'a>,
    path: &'a str,
    source: PrintSource<'a>,
    next: &mut Option<usize>,
) -> Result<Value<'a>, Fault> {
    let missing = || Fault::new(FaultCode::Lookup, format!("no argument for `{{{path}}}` in a format"));
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, mut rest) = path.split_at(end);
    let mut value = match (source, name) {
        (PrintSource::Map(map), name) => match ops::attribute(map, name)? {
            Value::Undefined => return Err(missing()),
            value => value,
        },
        (PrintSource::Arguments, "") => {
            let index = next.as_mut().ok_or_else(|| invalid("numbered and unnumbered places in one format"))?;
            *index += 1;
            call.rest.get(*index - 1).copied().ok_or_else(missing)?
        }
        (PrintSource::Arguments, name) => match name.parse::<usize>() {
            Ok(_) if next.is_some_and(|next| next > 0) => {
                return Err(invalid("numbered and unnumbered places in one format"));
            }
            Ok(index) => {
                *next = None;
                call.rest.get(index).copied().ok_or_else(missing)?
            }
            Err(_) => {
                call.named.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(missing)?
            }
        },
    };
    // An undefined argument shows as nothing; but what is below an argument must be there. A dot asks for an attribute, of
    // which values here have none.
    while !rest.is_empty() {
        let (key, after) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')).ok_or_else(missing)?;
        let is_place = !key.is_empty() && key.bytes().all(|digit| digit.is_ascii_digit());
        let key = if is_place { key.parse().map_or(Value::Text(key), Value::Int) } else { Value::Text(key) };
        value = ops::subscript(call.arena, value, key)?;
        if value.is_undefined() {
            return Err(missing());
        }
        rest = after;
    }
    Ok(value)
}

/// A format specification: `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
#[derive(Debug, Default)]
struct Specification {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zeros: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Specification {
    fn read(text: &str) -> Option<Self> {
        let mut spec = Specification::default();
        let mut characters = text.chars().peekable();
        let mut ahead = text.chars();
        let (first, second) = (ahead.next(), ahead.next());
        let is_align = |character: Option<char>| character.is_some_and(|character| "<>=^".contains(character));
        if is_align(second) {
            (spec.fill, spec.align) = (characters.next(), characters.next());
        } else if is_align(first) {
            spec.align = characters.next();
        }
        spec.sign = characters.next_if(|character| "+- ".contains(*character));
        spec.alternate = characters.next_if_eq(&'#').is_some();
        spec.zeros = characters.next_if_eq(&'0').is_some();
        let number = |characters: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            let mut value: Option<usize> = None;
            while let Some(digit) = characters.next_if(char::is_ascii_digit).and_then(|digit| digit.to_digit(10)) {
                value = Some(value.unwrap_or(0).saturating_mul(10).saturating_add(digit as usize));
            }
            value
        };
        spec.width = number(&mut characters).unwrap_or(0);
        spec.grouping = characters.next_if(|character| ",_".contains(*character));
        if characters.next_if_eq(&'.').is_some() {
            spec.precision = Some(number(&mut characters)?);
        }
        spec.kind = characters.next();
        characters.next().is_none().then_some(spec)
    }
}

fn push_formatted<'a>(
    call: &FunctionCall<'_, 'a>,
    out: &mut TextBuilder<'a>,
    value: Value<'a>,
    specification: &str,
) -> Result<(), Fault> {
    if specification.is_empty() {
        return out.push(shown(call, value)?);
    }
    let unknown = || invalid(format!("an unknown format specification `{specification}`"));
    let spec = Specification::read(specification).ok_or_else(unknown)?;
    match value {
        Value::Text(text) => {
            if spec.kind.is_some_and(|kind| kind != 's')
                || spec.sign.is_some()
                || spec.alternate
                || spec.grouping.is_some()
            {
                return Err(unknown());
            }
            let end = spec.precision.and_then(|most| text.char_indices().nth(most)).map_or(text.len(), |(end, _)| end);
            let zeros = spec.zeros && spec.fill.is_none();
            aligned(
                out,
                &spec,
                "",
                &text[..end],
                if zeros { '0' } else { spec.fill.unwrap_or(' ') },
                spec.align.unwrap_or('<'),
            )
        }
        Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            let (sign, digits) = number(call, value, &spec)?.ok_or_else(unknown)?;
            let sign = match (sign, spec.sign) {
                (true, _) => "-",
                (false, Some('+')) => "+",
                (false, Some(' ')) => " ",
                _ => "",
            };
            let fill = spec.fill.unwrap_or(if spec.zeros { '0' } else { ' ' });
            aligned(out, &spec, sign, &digits, fill, spec.align.unwrap_or(if spec.zeros { '=' } else { '>' }))
        }
        other => Err(mismatch("text or a number for a format specification", other)),
    }
}

fn aligned(
    out: &mut TextBuilder<'_>,
    spec: &Specification,
    sign: &str,
    text: &str,
    fill: char,
    align: char,
) -> Result<(), Fault> {
    let missing = spec.width.saturating_sub(sign.len() + text.chars().count());
    let fill = fill.to_string();
    let (before, between, after) = match align {
        '<' => (0, 0, missing),
        '^' => (missing / 2, 0, missing - missing / 2),
        '=' => (0, missing, 0),
        _ => (missing, 0, 0),
    };
    out.repeat(&fill, before)?;
    out.push(sign)?;
    out.repeat(&fill, between)?;
    out.push(text)?;
    out.repeat(&fill, after)
}

/// Whether a number is negative, and its digits; `None` for a kind that it does not have.
fn number<'a>(
    call: &FunctionCall<'_, 'a>,
    value: Value<'a>,
    spec: &Specification,
) -> Result<Option<(bool, String)>, Fault> {
    const MOST_DIGITS: usize = 1000;
    if spec.precision.is_some_and(|precision| precision > MOST_DIGITS) {
        return Err(Fault::new(FaultCode::Limit, format!("a precision above {MOST_DIGITS}")));
    }
    let integer = !matches!(value, Value::Float(_));
    Ok(match spec.kind {
        None | Some('d' | 'n') if integer && spec.precision.is_none() => {
            let shown = match value {
                Value::Bool(value) => u8::from(value).to_string(),
                other => Str(other).to_string(),
            };
            call.arena.spend(shown.len() as u64)?;
            let digits = shown.trim_start_matches('-');
            Some((digits.len() < shown.len(), grouped(digits, spec.grouping)))
        }
        Some(kind @ ('x' | 'X' | 'o' | 'b')) if integer => {
            let Value::Int(number) = value else { return Ok(None) };
            let size = number.unsigned_abs();
            Some((
                number < 0,
                match (kind, spec.alternate) {
                    ('x', false) => format!("{size:x}"),
                    ('x', true) => format!("{size:#x}"),
                    ('X', false) => format!("{size:X}"),
                    ('X', true) => format!("0X{size:X}"),
                    ('o', false) => format!("{size:o}"),
                    ('o', true) => format!("{size:#o}"),
                    (_, false) => format!("{size:b}"),
                    (_, true) => format!("{size:#b}"),
                },
            ))
        }
        Some('c') if integer => match value {
            Value::Int(code) => {
                u32::try_from(code).ok().and_then(char::from_u32).map(|character| (false, character.into()))
            }
            _ => None,
        },
        Some('f' | 'F' | '%') => {
            let scale = if spec.kind == Some('%') { 100.0 } else { 1.0 };
            let Some(float) = to_float(value).map(|float| float * scale) else { return Ok(None) };
            let digits = format!("{:.*}", spec.precision.unwrap_or(6), float.abs());
            let digits = grouped(&digits.to_lowercase(), spec.grouping);
            Some((float.is_sign_negative(), if scale > 1.0 { digits + "%" } else { digits }))
        }
        Some(kind @ ('e' | 'E' | 'g' | 'G')) => percent(call, value, kind, spec.precision)?,
        None if spec.precision.is_none() => {
            let shown = Str(value).to_string();
            let digits = shown.trim_start_matches('-');
            Some((digits.len() < shown.len(), grouped(digits, spec.grouping)))
        }
        // Without a kind a precision counts digits that matter, and a float keeps its point.
        None => {
            let Some((negative, digits)) = percent(call, value, 'g', spec.precision)? else { return Ok(None) };
            let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
            Some((negative, if whole { digits + ".0" } else { digits }))
        }
        _ => None,
    })
}

/// The notations that `%` has too.
fn percent<'a>(
    call: &FunctionCall<'_, 'a>,
    value: Value<'a>,
    kind: char,
    precision: Option<usize>,
) -> Result<Option<(bool, String)>, Fault> {
    let template = call.arena.format(format_args!("%.{}{kind}", precision.unwrap_or(6)))?;
    let arguments = call.arena.tuple([value])?;
    let shown = ops::arithmetic(call.arena, ops::Arithmetic::Remainder, Value::Text(template), arguments)?;
    let Value::Text(shown) = shown else { return Ok(None) };
    let digits = shown.trim_start_matches('-');
    Ok(Some((digits.len() < shown.len(), digits.to_owned())))
}

/// Digits with a separator between thousands.
fn grouped(digits: &str, separator: Option<char>) -> String {
    let Some(separator) = separator else { return digits.to_owned() };
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(end);
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    out + rest
}
