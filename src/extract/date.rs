//! Dates: text or a number → RFC 3339 in UTC.

use super::description::{Description, Example, Property};
use super::extractor::{CompiledExtractor, Extractor, ResultKeys};
use super::findings::{INVALID_FORMAT, NO_DIRECTIVE, NO_YEAR, UNKNOWN_TIMEZONE};
use super::properties::{Properties, wrong};
use super::sink::ResultSink;
use crate::diagnostic::{Diagnostics, Edit, Fix, Span};
use crate::time::{self, DateFormat, Moment, Zone};
use crate::value::{Constant, ConstantKind, Fault, FaultCode, Value, text};

/// The extractors of this room.
pub(super) const EXTRACTORS: &[Description] = &[Description {
    name: "date.parse",
    properties: &[
        Property {
            name: "format",
            required: false,
            summary: "`timestamp` for seconds since 1970, or directives as Python's `strptime` has them; found out if not \
                      given. A number that does not have the format is seconds since 1970.",
        },
        Property {
            name: "timezone",
            required: false,
            summary: "The zone of dates that name none, such as `Europe/Paris`, `CEST` or `+0200`; UTC if not given.",
        },
    ],
    summary: "Reads a date in any usual notation; the result is RFC 3339 in UTC with microseconds.",
    examples: &[
        Example { properties: "{}", input: "2024-03-05T06:07:08.25+02:00", result: r#""2024-03-05T04:07:08.250000Z""# },
        Example {
            properties: "{}",
            input: "Tue, 05 Mar 2024 06:07:08 GMT",
            result: r#""2024-03-05T06:07:08.000000Z""#,
        },
        Example {
            properties: "format: '%d/%b/%Y:%H:%M:%S %z'",
            input: "05/Mar/2024:06:07:08 +0100",
            result: r#""2024-03-05T05:07:08.000000Z""#,
        },
        Example { properties: "format: timestamp", input: "1709618828", result: r#""2024-03-05T06:07:08.000000Z""# },
        Example {
            properties: "timezone: Europe/Paris",
            input: "2024-07-01 12:00",
            result: r#""2024-07-01T10:00:00.000000Z""#,
        },
    ],
    default_input: "@timestamp",
    compile,
}];

#[derive(Debug)]
struct Date {
    notation: Notation,
    zone: Option<Zone>,
}

#[derive(Debug)]
enum Notation {
    Detected,
    Epoch,
    Written(Box<DateFormat>),
    /// A format that is none, with what is wrong about it: no date has it.
    Invalid(Fault),
}

impl Extractor for Date {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        // A zone that is not known says no more than none: the date counts as UTC, as with names in the date itself.
        let zone = sink.properties.first().and_then(|zone| zone.as_text()).and_then(Zone::find);
        self.read(input, zone.as_ref().or(self.zone.as_ref()), sink)
    }

    /// Nothing, and the number 0, are no date that is wrong: 3 recorded pairs tell, and none against.
    fn passes_over(&self, input: Value<'_>) -> bool {
        matches!(input, Value::Undefined | Value::None | Value::Int(0))
    }
}

impl Date {
    fn read<'a>(&self, input: Value<'a>, zone: Option<&Zone>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        if let (Value::Text(text), Notation::Detected) = (input, &self.notation)
            && let Some(text) = time::in_full(sink.arena, text.trim())?
        {
            return Ok(Value::Text(text));
        }
        let moment = match (input, &self.notation) {
            (Value::Text(text), notation) => self.read_text(text.trim(), notation, zone, sink),
            (Value::Int(_) | Value::Float(_), notation @ (Notation::Written(_) | Notation::Invalid(_))) => {
                self.read_text(text::string(sink.arena, input)?, notation, zone, sink)
            }
            (Value::Int(seconds), _) => time::from_integer(seconds, zone),
            (Value::Float(seconds), _) => time::from_float(seconds, zone),
            _ => return Err(Fault::new(FaultCode::Type, format!("expected a date, not {}", input.type_name()))),
        };
        match moment {
            Some(moment) => {
                if moment.is_ahead(sink.now) {
                    sink.arena.note_date_ahead();
                }
                moment.text(sink.arena).map(Value::Text)
            }
            None => Err(self.refusal(input)),
        }
    }

    fn read_text(
        &self,
        text: &str,
        notation: &Notation,
        zone: Option<&Zone>,
        sink: &ResultSink<'_, '_>,
    ) -> Option<Moment> {
        match notation {
            Notation::Detected => time::read(text, zone, sink.now),
            Notation::Epoch => time::from_text(text, zone),
            // Recorded results have a number that the format does not fit read as seconds all the same.
            Notation::Written(format) => {
                format.read(sink.arena, text, zone, sink.now).or_else(|| time::from_detected(text, zone))
            }
            Notation::Invalid(_) => time::from_detected(text, zone),
        }
    }

    #[cold]
    fn refusal(&self, input: Value<'_>) -> Fault {
        const SHOWN: usize = 60;
        let shown = input.as_text().unwrap_or("the number");
        let shown: String = shown.chars().take(SHOWN).collect();
        let reason = match &self.notation {
            Notation::Detected => format!("`{shown}` is not a date"),
            Notation::Epoch => format!("`{shown}` is not a number of seconds since 1970"),
            Notation::Written(format) => format!("`{shown}` is not a date in the format `{}`", format.written()),
            Notation::Invalid(fault) => format!("`{shown}` cannot be read: {}", fault.reason()),
        };
        Fault::new(FaultCode::Parse, reason)
    }
}

fn compile(properties: &Properties<'_>, findings: &mut Diagnostics) -> Option<CompiledExtractor> {
    let notation = match properties.get("format").map(|constant| (constant, &constant.kind)) {
        None | Some((_, ConstantKind::Null)) => Notation::Detected,
        Some((constant, ConstantKind::Text(format))) => match &**format {
            "" => Notation::Detected,
            "timestamp" => Notation::Epoch,
            format => match DateFormat::new(format) {
                Ok(format) => {
                    if !format.has_directives() {
                        let finding = NO_DIRECTIVE.at(constant.span, &[format.written()]);
                        let meant = time::from_letters(format.written());
                        findings.push(match meant {
                            Some(meant) => finding
                                .help(format!("in the directives of `strptime`: `{meant}`"))
                                .fix(in_directives(constant.span, &meant)),
                            None => finding.help("directives are `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%f` and others; without `format`, the notation is found out"),
                        });
                    } else if !format.names_year() {
                        findings.push(NO_YEAR.at(constant.span, &[]));
                    }
                    Notation::Written(Box::new(format))
                }
                Err(fault) => {
                    findings.push(INVALID_FORMAT.at(constant.span, &[fault.reason()]));
                    Notation::Invalid(fault)
                }
            },
        },
        Some((constant, _)) => {
            findings.push(wrong("format", "text", constant));
            return None;
        }
    };
    let zone = properties.get("timezone").filter(|constant| constant.as_text().is_some());
    let (templates, zones): (Vec<_>, Vec<_>) =
        zone.into_iter().partition(|zone| zone.as_text().is_some_and(text::is_template));
    let date = Date { notation, zone: zones.first().and_then(|zone| find_zone(zone, findings)) };
    let templates = templates.into_iter().cloned().collect();
    Some(CompiledExtractor { templates, keys: ResultKeys::None, ..CompiledExtractor::new(date) })
}

/// Writes a format in the directives that are meant, in quotes: an unquoted text cannot begin with `%`.
fn in_directives(span: Span, meant: &str) -> Fix {
    let quoted = format!("'{}'", meant.replace('\'', "''"));
    Fix::certain(format!("write `{meant}`"), Edit::line(span, quoted))
}

/// The zone of a name.
fn find_zone(constant: &Constant, findings: &mut Diagnostics) -> Option<Zone> {
    let name = constant.as_text()?;
    let zone = Zone::find(name);
    if zone.is_none() {
        let finding = UNKNOWN_TIMEZONE.at(constant.span, &[name]).label("dates count as UTC");
        let known: Vec<String> = Zone::names().collect();
        findings.push(finding.suggest(name.trim(), known.iter().map(String::as_str)));
    }
    zone
}
