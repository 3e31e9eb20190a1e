//! YAML → contract, with a place for every finding.

use super::{Contract, DocumentedField, ValueType};
use weir::diagnostic::{Diagnostic, Diagnostics, Kind, Severity, SourceId, Span, nearest};
use weir::spec::keys::{self, FileKey};
use weir::spec::yaml;
use weir::value::{Constant, ConstantKind};

const UNKNOWN_KEY: Kind = Kind {
    code: "contract-key",
    severity: Severity::Error,
    title: "{what} has no key `{key}`",
    meaning: "The key has no effect; often it is misspelt.",
};

const MISSING_KEY: Kind = Kind {
    code: "contract-missing",
    severity: Severity::Error,
    title: "{what} needs `{key}`",
    meaning: "Without it records cannot be compared with the contract.",
};

const WRONG_SHAPE: Kind = Kind {
    code: "contract-shape",
    severity: Severity::Error,
    title: "{what} must be {expected}, but this is {type}",
    meaning: "The contract needs a value of another type here.",
};

const UNKNOWN_TYPE: Kind = Kind {
    code: "contract-type",
    severity: Severity::Error,
    title: "there is no type `{type}`",
    meaning: "The types are those of the table above.",
};

const UNKNOWN_FIELD: Kind = Kind {
    code: "contract-field",
    severity: Severity::Error,
    title: "`{key}` names `{field}`, which is not a field of the contract",
    meaning: "Timestamps and fields that are left out are documented fields too.",
};

pub(super) const WRONG_VALUE: Kind = Kind {
    code: "contract-value",
    severity: Severity::Error,
    title: "{what} must be {expected}, but this is `{value}`",
    meaning: "The value has no effect; often it is misspelt.",
};

/// The kinds of finding about a contract, in the manual's order.
pub const FINDINGS: &[Kind] = &[UNKNOWN_KEY, MISSING_KEY, WRONG_SHAPE, UNKNOWN_TYPE, UNKNOWN_FIELD, WRONG_VALUE];

/// What a job of a dataset can belong to.
pub const SCOPES: &[&str] = &["account", "zone"];

/// Permissions that datasets are known to need. Others may be needed: only a slip in one of these is a finding.
const PERMISSIONS: &[&str] = &["Logs Edit", "Logs Read", "Zero Trust: PII Read"];

/// The keys of a contract.
pub const CONTRACT_KEYS: &[FileKey] = &[
    FileKey { name: "name", summary: "The dataset's name at its source" },
    FileKey { name: "scope", summary: "Whether a job of the dataset belongs to an account or a zone" },
    FileKey { name: "permissions", summary: "The permissions that one needs to create a job" },
    FileKey { name: "timestamps", summary: "The fields that hold times, the most important first" },
    FileKey { name: "fields", summary: "The documented fields" },
    FileKey { name: "retired", summary: "Fields that the dataset had in the past" },
    FileKey { name: "left_out", summary: "Fields that the format leaves out on purpose, each with the reason" },
    FileKey {
        name: "not_set",
        summary: "Fields of events that other integrations set and the format does not, each with the reason",
    },
];

/// The keys of a documented field.
pub const FIELD_KEYS: &[FileKey] = &[
    FileKey { name: "type", summary: "What its values are" },
    FileKey { name: "values", summary: "The values, where the documentation lists them all" },
];

/// Reads a contract from YAML text. What can be read is returned beside the findings; `None` if nothing can.
pub fn read_contract(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Contract> {
    let document = yaml::read(text, source, findings)?;
    let mut reader = Reader { findings };
    let pairs = reader.mapping(&document, "a contract")?;
    reader.keys(pairs, "a contract", CONTRACT_KEYS);
    let place = pairs.first().map_or(document.span, |(key, _)| key.span);
    let mut contract = Contract {
        name: reader
            .required(pairs, "name", "a contract", place)
            .and_then(|name| reader.dataset_name(name))
            .unwrap_or_default(),
        scope: find(pairs, "scope").and_then(|scope| reader.scope(scope)).unwrap_or_default(),
        permissions: reader.permissions(find(pairs, "permissions")),
        ..Contract::default()
    };
    if let Some(fields) = reader.required(pairs, "fields", "a contract", place) {
        reader.fields(fields, &mut contract);
    }
    if let Some(fields) = find(pairs, "retired") {
        let mut once = Contract::default();
        reader.fields(fields, &mut once);
        contract.retired = once.fields;
    }
    contract.timestamps = reader.timestamps(find(pairs, "timestamps"), &contract);
    contract.left_out = reader.left_out(find(pairs, "left_out"), &contract);
    contract.not_set =
        reader.reasons(find(pairs, "not_set"), "`not_set`").into_iter().map(|(name, _, why)| (name, why)).collect();
    Some(contract)
}

/// The pairs of a mapping, as written.
pub(super) type Pairs = [(Constant, Constant)];

pub(super) struct Reader<'f> {
    pub(super) findings: &'f mut Diagnostics,
}

impl Reader<'_> {
    fn fields(&mut self, fields: &Constant, contract: &mut Contract) {
        for (key, declaration) in self.mapping(fields, "`fields`").unwrap_or_default() {
            let Some(name) = self.word(key) else { continue };
            let Some(pairs) = self.mapping(declaration, "a field") else { continue };
            self.keys(pairs, "a field", FIELD_KEYS);
            let kind = self.required(pairs, "type", "a field", key.span).and_then(|kind| self.value_type(kind));
            let (values, kind) = (find(pairs, "values"), kind.unwrap_or(ValueType::Unknown));
            self.check_values(values, kind);
            let values = self.words(values, "`values`");
            contract.document(DocumentedField { name, kind, values });
        }
    }

    fn dataset_name(&mut self, constant: &Constant) -> Option<String> {
        let name = self.word(constant)?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if !is_name {
            let expected = "letters, digits, `_`, `-` and `.`";
            self.report(WRONG_VALUE.at(constant.span, &["the name of a dataset", expected, &name]));
        }
        Some(name)
    }

    fn scope(&mut self, constant: &Constant) -> Option<String> {
        let scope = self.word(constant)?;
        if !SCOPES.contains(&&*scope) {
            let finding = WRONG_VALUE.at(constant.span, &["`scope`", "`account` or `zone`", &scope]);
            self.report(finding.suggest(&scope, SCOPES.iter().copied()));
        }
        Some(scope)
    }

    fn permissions(&mut self, constant: Option<&Constant>) -> Vec<String> {
        let items = constant.and_then(|constant| self.list(constant, "`permissions`")).unwrap_or_default();
        let mut permissions = Vec::new();
        for item in items {
            let Some(name) = self.word(item) else { continue };
            let is_known = PERMISSIONS.contains(&&*name);
            if let Some(meant) = nearest(&name, PERMISSIONS.iter().copied()).filter(|_| !is_known) {
                let finding = WRONG_VALUE.at(item.span, &["this permission", &format!("`{meant}`"), &name]);
                self.report(finding.suggest(&name, PERMISSIONS.iter().copied()));
            }
            permissions.push(name);
        }
        permissions
    }

    /// Listed values that no value of the type can be.
    fn check_values(&mut self, values: Option<&Constant>, kind: ValueType) {
        let Some(ConstantKind::List(items)) = values.map(|values| &values.kind) else { return };
        for item in items {
            let fits = match (kind, &item.kind) {
                (ValueType::Int | ValueType::Ints, ConstantKind::Int(_) | ConstantKind::BigInt(_)) => true,
                (ValueType::Float, ConstantKind::Int(_) | ConstantKind::BigInt(_) | ConstantKind::Float(_)) => true,
                // Numbers and booleans in quotes are the same words.
                (ValueType::Int | ValueType::Ints, ConstantKind::Text(text)) => text.parse::<i128>().is_ok(),
                (ValueType::Float, ConstantKind::Text(text)) => text.parse::<f64>().is_ok(),
                (ValueType::Bool, ConstantKind::Text(text)) => ["true", "false"].contains(&&**text),
                (ValueType::Bool, kind) => matches!(kind, ConstantKind::Bool(_)),
                (ValueType::Int | ValueType::Ints | ValueType::Float, _) => false,
                _ => true,
            };
            if !fits && let Some(value) = self.word(item) {
                self.report(WRONG_VALUE.at(item.span, &["a value of this field", kind.summary_in_short(), &value]));
            }
        }
    }

    fn value_type(&mut self, constant: &Constant) -> Option<ValueType> {
        let name = self.word(constant)?;
        let found = ValueType::parse(&name);
        if found.is_none() {
            let names = ValueType::ALL.iter().map(|kind| kind.name());
            self.report(UNKNOWN_TYPE.at(constant.span, &[&name]).suggest(&name, names));
        }
        found
    }

    fn timestamps(&mut self, constant: Option<&Constant>, contract: &Contract) -> Vec<String> {
        let Some(constant) = constant else { return Vec::new() };
        let items = self.list(constant, "`timestamps`").unwrap_or_default();
        let mut names = Vec::new();
        for item in items {
            let Some(name) = self.word(item) else { continue };
            self.check_field(&name, item.span, "timestamps", contract);
            if let Some(field) = contract.field(&name).filter(|field| !field.kind.may_be_moment()) {
                let expected = "fields of a type that can hold a moment";
                self.report(WRONG_VALUE.at(item.span, &["`timestamps`", expected, field.kind.name()]));
            }
            names.push(name);
        }
        names
    }

    fn left_out(&mut self, constant: Option<&Constant>, contract: &Contract) -> Vec<(String, String)> {
        let mut left_out = Vec::new();
        for (name, place, reason) in self.reasons(constant, "`left_out`") {
            self.check_field(&name, place, "left_out", contract);
            left_out.push((name, reason));
        }
        left_out
    }

    /// Names with their places and the reason given for each.
    fn reasons(&mut self, constant: Option<&Constant>, what: &str) -> Vec<(String, Span, String)> {
        let Some(constant) = constant else { return Vec::new() };
        let mut reasons = Vec::new();
        for (key, reason) in self.mapping(constant, what).unwrap_or_default() {
            let (Some(name), Some(reason)) = (self.word(key), self.word(reason)) else { continue };
            reasons.push((name, key.span, reason));
        }
        reasons
    }

    fn check_field(&mut self, name: &str, place: Span, key: &str, contract: &Contract) {
        if contract.field(name).is_none() {
            let known = contract.fields.iter().map(|field| &*field.name);
            self.report(UNKNOWN_FIELD.at(place, &[key, name]).suggest(name, known));
        }
    }

    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    fn shape(&mut self, found: &Constant, what: &str, expected: &str) {
        self.report(WRONG_SHAPE.at(found.span, &[what, expected, found.type_name()]));
    }

    pub(super) fn mapping<'c>(&mut self, constant: &'c Constant, what: &str) -> Option<&'c Pairs> {
        let ConstantKind::Map(pairs) = &constant.kind else {
            self.shape(constant, what, "a mapping");
            return None;
        };
        Some(pairs)
    }

    pub(super) fn list<'c>(&mut self, constant: &'c Constant, what: &str) -> Option<&'c [Constant]> {
        let ConstantKind::List(items) = &constant.kind else {
            self.shape(constant, what, "a list");
            return None;
        };
        Some(items)
    }

    /// The texts of a list that may be missing.
    fn words(&mut self, constant: Option<&Constant>, what: &str) -> Vec<String> {
        let items = constant.and_then(|constant| self.list(constant, what)).unwrap_or_default();
        items.iter().filter_map(|item| self.word(item)).collect()
    }

    /// Text, or a scalar as JSON writes it: `values: [on, off]` are booleans in YAML 1.1, and records have `true`.
    pub(super) fn word(&mut self, constant: &Constant) -> Option<String> {
        match &constant.kind {
            ConstantKind::Text(text) | ConstantKind::BigInt(text) if !text.is_empty() => Some(text.to_string()),
            ConstantKind::Bool(value) => Some(value.to_string()),
            ConstantKind::Int(value) => Some(value.to_string()),
            ConstantKind::Float(value) => Some(value.to_string()),
            _ => {
                self.shape(constant, "this", "text");
                None
            }
        }
    }

    pub(super) fn keys(&mut self, pairs: &Pairs, what: &str, known: &[FileKey]) {
        for (key, _) in pairs {
            let text = key.as_text().unwrap_or(key.type_name());
            if keys::names(known).all(|known| known != text) {
                self.report(UNKNOWN_KEY.at(key.span, &[what, text]).suggest(text, keys::names(known)));
            }
        }
    }

    pub(super) fn required<'c>(
        &mut self,
        pairs: &'c Pairs,
        key: &str,
        what: &str,
        place: Span,
    ) -> Option<&'c Constant> {
        let found = find(pairs, key);
        if found.is_none() {
            self.report(MISSING_KEY.at(place, &[what, key]));
        }
        found
    }
}

fn find<'c>(pairs: &'c Pairs, key: &str) -> Option<&'c Constant> {
    pairs.iter().find(|(known, _)| known.as_text() == Some(key)).map(|(_, value)| value)
}
