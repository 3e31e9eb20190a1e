//! One version of a format: what its spec says to each field, so that what the other version says too can be found.

use std::collections::{BTreeMap, BTreeSet};
use weir::Format;
use weir::diagnostic::{Diagnostics, SourceId, Span};
use weir::spec::{self, ActionKind};
use weir::value::Constant;

/// A version of a format.
pub struct Version<'f> {
    /// The format.
    pub format: &'f Format,
    statements: Vec<Statement<'f>>,
    /// The fields of all statements.
    fields: BTreeSet<&'f str>,
    /// By the place of its field, where a statement is.
    places: BTreeMap<u32, usize>,
    /// The declarations of the format's own fields.
    declarations: BTreeMap<String, Span>,
}

/// What an action says to one field. Two of the same stage, kind, field, value and filter are the same statement.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'f> {
    /// The stage.
    pub stage: &'f str,
    /// The action's place in the stage, from 0.
    pub action: usize,
    /// `set`, `translate` or `delete`.
    pub kind: &'static str,
    /// The field.
    pub field: &'f str,
    /// The field's place.
    pub span: Span,
    /// The text of the value, or of the whole translation.
    value: &'f str,
    /// The text of the action's filter.
    filter: &'f str,
    /// What of the action is pointed at where its filter differs: the filter, else the action.
    filter_span: Span,
}

impl<'f> Version<'f> {
    /// Reads what a format's spec says.
    pub fn new(format: &'f Format) -> Self {
        let mut all = Vec::new();
        for stage in format.spec.iter().flat_map(|spec| &spec.stages) {
            for (number, action) in stage.actions.iter().enumerate() {
                all.extend(statements(format, &stage.name.text, number, action));
            }
        }
        Version {
            format,
            fields: all.iter().map(|statement| statement.field).collect(),
            places: all.iter().enumerate().map(|(place, statement)| (statement.span.start, place)).collect(),
            statements: all,
            declarations: declarations(format),
        }
    }

    /// The statement whose field stands at a place.
    pub fn at(&self, span: Span) -> Option<&Statement<'f>> {
        self.statements.get(*self.places.get(&span.start)?)
    }

    /// The same statement as one of the other version.
    pub fn twin(&self, other: &Statement<'_>) -> Option<&Statement<'f>> {
        self.statements.iter().find(|statement| statement.is_same(other))
    }

    /// What became of a statement of the other version that this one does not have: another one of the stage to the field.
    pub fn changed(&self, other: &Statement<'_>) -> Option<&Statement<'f>> {
        let is_other = |statement: &&Statement<'_>| (statement.stage, statement.field) == (other.stage, other.field);
        let alike = self.statements.iter().filter(is_other);
        alike.clone().find(|statement| statement.value == other.value).or_else(|| alike.clone().next())
    }

    /// `parser.yml:3:5  fill, action 2 (set)`
    pub fn describe(&self, statement: &Statement<'_>) -> String {
        let Statement { stage, action, kind, span, .. } = statement;
        format!("{}  {stage}, action {} ({kind})", self.place(*span), action + 1)
    }

    /// As [`Version::describe`], and points at the filter where nothing else of the old statement was changed.
    pub fn describe_change(&self, old: &Statement<'_>, new: &Statement<'_>) -> String {
        match (old.kind, old.value) == (new.kind, new.value) && old.filter != new.filter {
            true => self.describe(&Statement { span: new.filter_span, ..*new }) + ", its filter",
            false => self.describe(new),
        }
    }

    /// `fields.yml:9:1  the declaration of gate.count`, for the field or the one above it that is declared.
    pub fn declaration(&self, field: &str) -> Option<String> {
        let above = field.match_indices('.').map(|(dot, _)| &field[..dot]);
        let name = above.chain([field]).rfind(|name| self.declarations.contains_key(*name))?;
        Some(format!("{}  the declaration of {name}", self.place(*self.declarations.get(name)?)))
    }

    /// The longest name above a field, or its own, that the spec, the format or the taxonomy knows.
    pub fn known<'n>(&self, field: &'n str) -> Option<&'n str> {
        let above = field.match_indices('.').map(|(dot, _)| &field[..dot]);
        let is_known = |name: &&str| self.format.taxonomy.get(name).is_some() || self.fields.contains(name);
        above.chain([field]).rfind(is_known)
    }

    /// The ignored values, as written.
    pub fn ignored(&self) -> Vec<&'f str> {
        let values = self.format.spec.iter().flat_map(|spec| &spec.ignored_values);
        values.map(|value| text(self.format, value.span)).collect()
    }

    /// `parser.yml:3:5`
    pub fn place(&self, span: Span) -> String {
        match self.format.sources.locate(span) {
            Some((name, place)) => format!("{name}:{}:{}", place.line, place.column),
            None => String::new(),
        }
    }

    /// What the spec says at a place.
    pub fn text(&self, span: Span) -> &'f str {
        text(self.format, span)
    }
}

impl Statement<'_> {
    /// Whether a statement of the other version says the same.
    pub fn is_same(&self, other: &Statement<'_>) -> bool {
        (self.stage, self.kind, self.field) == (other.stage, other.kind, other.field)
            && (self.value, self.filter) == (other.value, other.filter)
    }
}

fn statements<'f>(
    format: &'f Format,
    stage: &'f str,
    number: usize,
    action: &'f spec::StageAction,
) -> Vec<Statement<'f>> {
    let filter_span = action.filter.as_ref().map_or(action.span, |filter| filter.span);
    let filter = action.filter.as_ref().map_or("", |filter| text(format, filter.span));
    let statement = |kind, field: &'f spec::Named, value| {
        let (field, span) = (&*field.text, field.span);
        Statement { stage, action: number, kind, field, span, value, filter, filter_span }
    };
    let value = |value: &Constant| text(format, value.span);
    match &action.operation {
        ActionKind::Set(fields) => fields.iter().map(|(field, set)| statement("set", field, value(set))).collect(),
        ActionKind::Delete(fields) => fields.iter().map(|field| statement("delete", field, "")).collect(),
        ActionKind::Translate { mapping, .. } => {
            let whole = text(format, action.span);
            mapping.iter().map(|(_, field)| statement("translate", field, whole)).collect()
        }
    }
}

fn declarations(format: &Format) -> BTreeMap<String, Span> {
    let fields = (1..).map(SourceId).map_while(|id| Some((id, format.sources.get(id)?)));
    let declared = fields.flat_map(|(id, source)| spec::read_fields(&source.text, id, &mut Diagnostics::new()));
    declared.map(|declared| (declared.name.text, declared.span)).collect()
}

fn text(format: &Format, span: Span) -> &str {
    let source = format.sources.get(span.source);
    source.and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("").trim_end()
}
