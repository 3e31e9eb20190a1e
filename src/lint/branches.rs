//! Conditions inside a template: branches that are never taken, comparisons that never hold, operands that say nothing.

use super::fact::{Fact, Formula, literal, operands, truth};
use super::names::{each_node, has_effect, own_expressions, parts};
use super::scene::Scene;
use super::values::never_equal;
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::expr::{Comparison, Expr, ExprKind, Literal, Node};
use crate::lint::findings::*;
use crate::plan::parsed::Written;

/// The longest chain of branches or operands of which each is held against each.
const LONGEST: usize = 120;
/// How many findings of one template are told: the place of each is sought from its start.
const MOST: usize = 50;
/// What all comparisons of branches in one template may cost, in steps.
const MOST_STEPS: usize = 100_000;

/// Checks a template; `is_filter` tells that it is itself a condition.
pub(super) fn check(scene: &mut Scene<'_>, scalar: Span, written: &Written, is_filter: bool) {
    let mut checker = BranchChecker { found: Vec::new(), steps: MOST_STEPS };
    each_node(&written.template.nodes, &mut |node| checker.node(node, is_filter));
    for found in checker.found.into_iter().take(MOST) {
        let finding = found.kind.at(scene.place(scalar, written, found.at), &[&found.words[0], &found.words[1]]);
        let finding = found.also.iter().fold(finding, |finding: Diagnostic, (expression, label)| {
            finding.also(scene.place(scalar, written, expression), *label)
        });
        let finding = if found.label.is_empty() { finding } else { finding.label(found.label) };
        scene.report(if found.help.is_empty() { finding } else { finding.help(found.help) });
    }
}

/// What was found, before its place is sought.
struct BranchFinding<'t> {
    kind: &'static Kind,
    at: &'t Expr,
    words: [String; 2],
    label: &'static str,
    also: Vec<(&'t Expr, &'static str)>,
    help: &'static str,
}

struct BranchChecker<'t> {
    found: Vec<BranchFinding<'t>>,
    steps: usize,
}

impl<'t> BranchChecker<'t> {
    fn node(&mut self, node: &'t Node, is_filter: bool) {
        match node {
            Node::If { branches, .. } => {
                self.chain(&branches.iter().map(|(condition, _)| condition).collect::<Vec<_>>());
                branches.iter().for_each(|(condition, _)| self.expression(condition, true));
            }
            Node::For { iterable, filter, .. } => {
                self.expression(iterable, false);
                filter.iter().for_each(|filter| self.expression(filter, true));
            }
            node => own_expressions(node, &mut |expression| self.expression(expression, is_filter)),
        }
    }

    fn expression(&mut self, expression: &'t Expr, is_condition: bool) {
        match &expression.kind {
            ExprKind::And(..) => self.operands(expression, false, is_condition),
            ExprKind::Or(..) => self.operands(expression, true, is_condition),
            ExprKind::Unary(crate::expr::Unary::Not, inner) => self.expression(inner, true),
            ExprKind::Conditional { .. } => self.conditional(expression, is_condition),
            ExprKind::Compare(first, others) => {
                let [(comparison, second)] = others.as_slice() else { return self.parts(expression) };
                self.comparison(expression, first, *comparison, second);
                self.parts(expression);
            }
            _ => self.parts(expression),
        }
    }

    fn parts(&mut self, expression: &'t Expr) {
        parts(expression, &mut |part| self.expression(part, false));
    }

    /// `a if x else b if y else c`
    fn conditional(&mut self, expression: &'t Expr, is_condition: bool) {
        let mut conditions = Vec::new();
        let mut next = Some(expression);
        while let Some(expression) = next.take() {
            let ExprKind::Conditional { condition, then, otherwise } = &expression.kind else {
                self.expression(expression, is_condition);
                break;
            };
            conditions.push(&**condition);
            self.expression(condition, true);
            self.expression(then, is_condition);
            next = otherwise.as_deref();
        }
        self.chain(&conditions);
    }

    /// Conditions of which the first that holds counts.
    fn chain(&mut self, conditions: &[&'t Expr]) {
        for condition in conditions {
            if let Some(always) = literal(condition).and_then(truth) {
                self.push(if always { &ALWAYS_TRUE } else { &NEVER_TRUE }, condition);
            }
        }
        if !(2..=LONGEST).contains(&conditions.len()) || conditions.iter().any(|condition| has_effect(condition)) {
            return;
        }
        let formulas: Vec<Formula> = conditions.iter().map(|condition| Formula::of(condition)).collect();
        for (at, formula) in formulas.iter().enumerate() {
            let earlier = formulas[..at].iter().position(|earlier| formula.implies(earlier, &mut self.steps));
            if let Some(earlier) = earlier {
                let found = self.push(&UNREACHABLE_BRANCH, conditions[at]);
                found.label = "whenever this is true";
                found.also.push((conditions[earlier], "this earlier one is true, too"));
            }
        }
    }

    /// The operands of `and` or `or`.
    fn operands(&mut self, chain: &'t Expr, is_or: bool, is_condition: bool) {
        let all = operands(chain, is_or);
        all.iter().for_each(|operand| self.expression(operand, is_condition));
        let decided = if is_condition { &all[..] } else { &all[..all.len() - 1] };
        let idle = decided.iter().find(|operand| literal(operand).and_then(truth) == Some(true));
        if let Some(idle) = idle {
            let found = self.push(&ALWAYS_TRUE, idle);
            found.label = "alone, this is always true";
            found.help =
                "`and` and `or` do not share a comparison; to test for one of several values, write `in [...]`";
            return;
        }
        if all.len() > LONGEST || all.iter().any(|operand| has_effect(operand)) {
            return;
        }
        let facts: Vec<Option<Fact>> = all.iter().map(|operand| fact(operand)).collect();
        for (at, fact) in facts.iter().enumerate() {
            let Some(fact) = fact else { continue };
            for (before, other) in all.iter().zip(&facts[..at]) {
                if let Some(other) = other {
                    self.pair((before, other), (all[at], fact), is_or, is_condition);
                }
            }
        }
    }

    /// Two operands of one chain.
    fn pair(
        &mut self,
        (left, one): (&'t Expr, &Fact),
        (right, other): (&'t Expr, &Fact),
        is_or: bool,
        is_condition: bool,
    ) {
        if one == other {
            let found = self.push(&REPEATED_CONDITION, right);
            found.words[0] = right.to_string();
            found.also.push((left, "already tested here"));
        } else if !is_condition {
            // A value, such as `a or b`, is more than its truth.
        } else if !is_or && one.excludes(other) {
            let found = self.push(&NEVER_TRUE, right);
            found.label = "never true together with the other one";
            found.also.push((left, "the other one"));
        } else if is_or && one.clone().opposite().excludes(&other.clone().opposite()) {
            let found = self.push(&ALWAYS_TRUE, right);
            found.label = "whenever this is false";
            found.also.push((left, "this is true"));
            found.help = "did you mean `and`?";
        }
    }

    fn comparison(&mut self, whole: &'t Expr, first: &'t Expr, comparison: Comparison, second: &'t Expr) {
        let (subject, values): (&Expr, Vec<&Expr>) = match (comparison, &first.kind, &second.kind) {
            (Comparison::In | Comparison::NotIn, _, ExprKind::List(items) | ExprKind::Tuple(items)) => {
                (first, items.iter().collect())
            }
            (Comparison::In | Comparison::NotIn, ExprKind::Literal(Literal::Text(_)), _) => (second, vec![first]),
            (Comparison::In, _, ExprKind::Literal(Literal::Text(_))) => {
                let found = self.push(&IN_TEXT, whole);
                found.help = "to test for exactly this text, write `==`, or `in [...]` with a list";
                return;
            }
            (Comparison::Equal | Comparison::NotEqual, ExprKind::Literal(_), _) => (second, vec![first]),
            (Comparison::Equal | Comparison::NotEqual, _, ExprKind::Literal(_)) => (first, vec![second]),
            _ => return,
        };
        let is_part =
            matches!(comparison, Comparison::In | Comparison::NotIn) && values.len() == 1 && subject == second;
        for value in values {
            let Some(reason) = literal(value).and_then(|literal| never_equal(subject, literal, is_part)) else {
                continue;
            };
            let found = self.push(&NEVER_EQUAL, value);
            found.words = [value.to_string(), reason.to_owned()];
            found.also.push((subject, reason));
        }
    }

    fn push(&mut self, kind: &'static Kind, at: &'t Expr) -> &mut BranchFinding<'t> {
        let words = [String::new(), String::new()];
        self.found.push(BranchFinding { kind, at, words, label: "", also: Vec::new(), help: "" });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

/// The fact that an operand without `and` and `or` says.
fn fact(operand: &Expr) -> Option<Fact> {
    (!matches!(operand.kind, ExprKind::And(..) | ExprKind::Or(..))).then(|| Fact::of(operand))
}
