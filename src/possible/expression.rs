//! What an expression may give.

use super::template::TemplateFlow;
use super::value::Possible;
use crate::expr::Arithmetic;
use crate::plan::expression::{Expression, FieldReading, LoopField};

impl TemplateFlow<'_> {
    /// What an expression may give; what it does to lists and variables on the way is remembered.
    pub(super) fn expression(&mut self, expression: &Expression) -> Possible {
        if !self.pay() {
            return Possible::anything();
        }
        match expression {
            Expression::Constant(constant) => self.made(Possible::of_constant(constant)),
            Expression::Undefined => Possible::undefined(),
            Expression::Local(local) => self.local(*local),
            Expression::Path(_) => Possible::anything(),
            Expression::Fields(reading) => self.fields(reading),
            Expression::Loop(_, LoopField::First | LoopField::Last) => Possible::truth_value(),
            Expression::Loop(..) => Possible::anything(),
            Expression::Cycle(_, values) => self.any_of(values),
            Expression::Changed(_, values) => {
                self.any_of(values);
                Possible::truth_value()
            }
            Expression::Recurse(_, items) => {
                self.expression(items);
                self.give_up();
                Possible::anything()
            }
            Expression::List(items) | Expression::Tuple(items) => {
                let items = self.any_of(items);
                self.made(Possible::list(items))
            }
            Expression::Map(entries) => self.map(entries),
            Expression::Attribute(value, _) => self.expression(value).below(),
            Expression::Subscript(pair) => {
                let value = self.expression(&pair.0);
                self.expression(&pair.1);
                let mut below = value.below();
                // A place in a text is a character.
                below.open |= value.has_text();
                below
            }
            Expression::Slice(parts) => self.slice(parts),
            Expression::Call(call) => self.call(call),
            Expression::Not(value) => {
                self.expression(value);
                Possible::truth_value()
            }
            Expression::Negate(value) | Expression::Positive(value) => {
                self.expression(value);
                Possible::anything()
            }
            Expression::Arithmetic(operator, pair) => {
                let (left, right) = (self.expression(&pair.0), self.expression(&pair.1));
                self.arithmetic(*operator, &left, &right)
            }
            Expression::Concat(parts) => self.concat(parts),
            Expression::Compare(first, others) => {
                self.expression(first);
                others.iter().for_each(|(_, other)| _ = self.expression(other));
                Possible::truth_value()
            }
            Expression::And(pair) => {
                let (left, right) = (self.expression(&pair.0), self.expression(&pair.1));
                left.falsy().or(right)
            }
            Expression::Or(pair) => {
                let (left, right) = (self.expression(&pair.0), self.expression(&pair.1));
                left.truthy().or(right)
            }
            Expression::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.expression(condition);
                self.expression(then).or(self.expression(otherwise))
            }
            Expression::Fails(..) => Possible::nothing(),
        }
    }

    fn any_of(&mut self, expressions: &[Expression]) -> Possible {
        expressions.iter().fold(Possible::nothing(), |all, expression| all.or(self.expression(expression)))
    }

    fn map(&mut self, entries: &[(Expression, Expression)]) -> Possible {
        let mut values = Possible::nothing();
        for (key, value) in entries {
            self.expression(key);
            values.add(&self.expression(value));
        }
        self.made(Possible::dict(values))
    }

    fn slice(&mut self, parts: &[Expression; 4]) -> Possible {
        let value = self.expression(&parts[0]);
        parts[1..].iter().for_each(|bound| _ = self.expression(bound));
        match &value.items {
            Some(items) if !value.open && !value.has_text() => self.made(Possible::list(Possible::clone(items))),
            _ => Possible::anything(),
        }
    }

    fn arithmetic(&mut self, operator: Arithmetic, left: &Possible, right: &Possible) -> Possible {
        match operator {
            _ if left.is_known() && right.is_known() => left.calculated(operator, right),
            Arithmetic::Add if !left.open && !right.open => self.sum(left, right),
            _ => Possible::anything(),
        }
    }

    /// A list and a list are a list, and a list and anything else fail; of texts only single ones are joined.
    fn sum(&mut self, left: &Possible, right: &Possible) -> Possible {
        let loose = |value: &Possible| value.blank || value.written.is_some();
        if (loose(left) && right.has_text()) || (loose(right) && left.has_text()) {
            return Possible::anything();
        }
        let mut sum = left.singles().calculated(Arithmetic::Add, &right.singles());
        if let (Some(first), Some(second)) = (&left.items, &right.items) {
            sum.add(&self.made(Possible::list(Possible::clone(first).or(Possible::clone(second)))));
        }
        sum
    }

    fn concat(&mut self, parts: &[Expression]) -> Possible {
        let mut text = Possible::text("");
        for part in parts {
            text = text.then(&self.expression(part).shown());
        }
        text
    }

    /// What a name reads of the event being built, or of what a stage set.
    fn fields(&mut self, reading: &FieldReading) -> Possible {
        self.reads_fields = true;
        let mut read = Possible::undefined();
        for above in &reading.above {
            let value = self.fields.of(above.slot).of_field();
            read.add(&above.keys.iter().fold(value, |value, _| value.below()));
        }
        if let Some(slot) = reading.exact {
            read.add(&self.fields.of(slot).of_field());
        }
        if !reading.below.is_empty() {
            // The dict is made for the reading; what is in it is the fields'.
            read.add(&Possible::dict(Possible::anything().of_field()));
        }
        read
    }
}
