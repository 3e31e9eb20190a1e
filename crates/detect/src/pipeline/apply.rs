//! A pipeline applied to a rule.

use super::{Change, FieldChoice, Pipeline, Step, StepCondition};
use crate::rule::{Condition, Detection, Item, Piece, Rule, Search, Test, TextPattern};
use std::collections::{BTreeMap, HashSet};
use weir::diagnostic::Span;

/// How many forms of one text placeholders may make.
const MOST_FORMS: usize = 10_000;

/// How many names a field may have that correlations read.
const MOST_NAMES: usize = 1000;

impl Pipeline {
    /// Applies the steps to a rule.
    ///
    /// # Errors
    /// The reason, where a step passes the rule over.
    pub fn apply(&self, rule: &mut Rule) -> Result<(), String> {
        let mut applied = HashSet::new();
        for (number, step) in self.steps.iter().enumerate() {
            if step.is_about(rule, &applied) {
                self.take(step, number, rule)?;
                applied.extend(step.id.as_deref());
            }
        }
        Ok(())
    }

    fn take(&self, step: &Step, number: usize, rule: &mut Rule) -> Result<(), String> {
        let chosen = |name: &str| step.fields.iter().all(|choice| choice.has(name));
        match &step.change {
            Change::Rename(names) => rule.rename(&|name| names.get(name).filter(|_| chosen(name)).cloned())?,
            Change::RenamePrefix(names) => rule.rename(&|name| prefixed(names, name).filter(|_| chosen(name)))?,
            Change::Prefix(prefix) => rule.rename(&|name| chosen(name).then(|| vec![format!("{prefix}{name}")]))?,
            Change::Suffix(suffix) => rule.rename(&|name| chosen(name).then(|| vec![format!("{name}{suffix}")]))?,
            Change::AddCondition(search, is_negated) => rule.add(number, search, *is_negated),
            Change::ChangeLogSource(source) => rule.log_source = source.clone(),
            Change::Placeholders => rule.replace(&|name| self.values(name)),
            Change::WildcardPlaceholders => rule.replace(&|_| Some(vec![TextPattern { pieces: vec![Piece::Any] }])),
            Change::DropItem => rule.drop_items(&chosen),
            Change::Fail(reason) => return Err(reason.clone()),
            Change::Nothing => {}
        }
        Ok(())
    }

    fn values(&self, name: &str) -> Option<Vec<TextPattern>> {
        self.vars.get(name).map(|values| values.iter().map(|value| TextPattern::read(value)).collect())
    }
}

fn prefixed(names: &BTreeMap<String, Vec<String>>, name: &str) -> Option<Vec<String>> {
    let (prefix, others) = names.iter().find(|(prefix, _)| name.starts_with(&***prefix))?;
    Some(others.iter().map(|other| format!("{other}{}", &name[prefix.len()..])).collect())
}

impl FieldChoice {
    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name) == self.is_included
    }
}

impl Step {
    fn is_about(&self, rule: &Rule, applied: &HashSet<&str>) -> bool {
        let mut holds = self.conditions.iter().map(|condition| match condition {
            StepCondition::LogSource(source) => source.fits(&rule.log_source),
            StepCondition::HasField(name) => rule.fields().contains(&&**name),
            StepCondition::Applied(id) => applied.contains(&**id),
        });
        let holds = if self.is_any && !self.conditions.is_empty() {
            holds.any(|holds| holds)
        } else {
            holds.all(|holds| holds)
        };
        holds != self.is_negated
    }
}

impl Rule {
    /// Gives fields other names; one that has several is one or the other.
    ///
    /// # Errors
    /// Where that would make the rule too large.
    pub fn rename(&mut self, to: &dyn Fn(&str) -> Option<Vec<String>>) -> Result<(), String> {
        let items = self.detections.iter().flat_map(|detection| detection.search.items());
        let names = |item: &Item| item.field.as_deref().and_then(to).map_or(1, |names| names.len().max(1));
        let size = |item: &Item| item.values.iter().map(Vec::len).sum::<usize>() + 1;
        if items.map(|item| names(item).saturating_mul(size(item))).fold(0, usize::saturating_add) > Search::MOST {
            return Err(format!("with all names of its fields the rule has more than {} parts", Search::MOST));
        }
        for fields in self.correlated.values_mut() {
            *fields = fields.drain(..).flat_map(|name| to(&name).unwrap_or_else(|| vec![name])).collect();
            if fields.len() > MOST_NAMES {
                return Err(format!("a field of a correlation about it has more than {MOST_NAMES} names"));
            }
        }
        self.change_items(&mut |item| {
            let item = renamed_reference(item, to);
            let Some(names) = item.field.as_deref().and_then(to) else { return Search::Item(item) };
            let named = |name: String| Search::Item(Item { field: Some(name), negated: false, ..item.clone() });
            match <[String; 1]>::try_from(names) {
                Ok([name]) => Search::Item(Item { field: Some(name), ..item }),
                // None of several may have it: each must not.
                Err(names) if item.negated => {
                    let all = names.into_iter().map(|name| Search::Item(Item { field: Some(name), ..item.clone() }));
                    Search::All(all.collect())
                }
                Err(names) => one_of(&item, names.into_iter().map(named).collect()),
            }
        });
        Ok(())
    }

    fn change_items(&mut self, change: &mut dyn FnMut(Item) -> Search) {
        for detection in &mut self.detections {
            let search = std::mem::replace(&mut detection.search, Search::All(Vec::new()));
            detection.search = search.map(change);
        }
    }

    fn add(&mut self, number: usize, search: &Search, is_negated: bool) {
        let name = format!("_added_{number}_{}", self.detections.len());
        self.detections.push(Detection { name: name.clone(), search: search.clone(), span: Span::default() });
        let own = Condition::Name(name);
        let own = if is_negated { Condition::Not(Box::new(own)) } else { own };
        for condition in &mut self.conditions {
            let before = std::mem::replace(condition, Condition::Any(Vec::new()));
            *condition = Condition::All(vec![own.clone(), before]);
        }
    }

    fn replace(&mut self, values: &dyn Fn(&str) -> Option<Vec<TextPattern>>) {
        self.change_items(&mut |mut item| {
            for forms in &mut item.values {
                *forms = forms.drain(..).flat_map(|test| replaced(test, values)).collect();
            }
            Search::Item(item)
        });
    }

    fn drop_items(&mut self, is_dropped: &dyn Fn(&str) -> bool) {
        self.change_items(&mut |item| match &item.field {
            Some(name) if is_dropped(name) => Search::All(Vec::new()),
            _ => Search::Item(item),
        });
    }
}

/// Where a field has several names: a missing one is missing under all.
fn one_of(item: &Item, named: Vec<Search>) -> Search {
    let is_missing = item.values.iter().flatten().any(Test::holds_of_nothing);
    if is_missing { Search::All(named) } else { Search::Any(named) }
}

fn renamed_reference(mut item: Item, to: &dyn Fn(&str) -> Option<Vec<String>>) -> Item {
    for test in item.values.iter_mut().flatten() {
        if let Test::Field { name, .. } = test
            && let Some(other) = to(name).and_then(|names| names.into_iter().next())
        {
            *name = other;
        }
    }
    item
}

fn replaced(test: Test, values: &dyn Fn(&str) -> Option<Vec<TextPattern>>) -> Vec<Test> {
    match test {
        Test::Text(text, case) if text.placeholders().next().is_some() => match text.expanded(values, MOST_FORMS) {
            Some(forms) => forms.into_iter().map(|form| Test::Text(form, case)).collect(),
            // It stays, and the rule is passed over by name.
            None => vec![Test::Text(text, case)],
        },
        test => vec![test],
    }
}
