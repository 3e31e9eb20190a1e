//! Templates: lines of one kind, token by token, with what they share and what differs.

use super::token::{Kind, Token};

/// How many of a hundred words and values two lines of one kind share.
const ALIKE: usize = 50;

/// A position in all lines of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The kinds that stand there, each once.
    pub kinds: Vec<Kind>,
    /// The texts that stand there, each once.
    pub texts: Vec<String>,
    /// How many lines there are.
    pub lines: usize,
    /// What the word is that all lines have here, seen over all templates.
    pub role: Role,
}

/// What a word is that all lines of a template have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Part of the sentence, too rare to name what is behind it.
    #[default]
    Word,
    /// Part of the sentence that may name what is behind it.
    Label,
    /// A value: other lines have others in its place.
    Value,
}

/// Lines of one kind.
#[derive(Clone, Debug)]
pub struct Template {
    /// Position by position.
    pub columns: Vec<Column>,
    /// How many lines it stands for.
    pub lines: usize,
}

impl Column {
    fn of(token: &Token<'_>) -> Self {
        Column { kinds: vec![token.kind], texts: vec![token.text.to_owned()], lines: 1, role: Role::Word }
    }

    /// The column of what stands at a place of all lines.
    pub fn over<'t>(mut tokens: impl Iterator<Item = &'t Token<'t>>) -> Option<Self> {
        let mut column = Column::of(tokens.next()?);
        tokens.for_each(|token| column.add(token));
        Some(column)
    }

    /// Takes what another line has here.
    fn add(&mut self, token: &Token<'_>) {
        self.lines += 1;
        if !self.kinds.contains(&token.kind) {
            self.kinds.push(token.kind);
        }
        if !self.texts.iter().any(|text| text == token.text) {
            self.texts.push(token.text.to_owned());
        }
    }

    /// What all lines have here, where that is of one kind.
    pub fn kind(&self) -> Option<Kind> {
        if let [kind] = self.kinds.as_slice() { Some(*kind) } else { None }
    }

    /// Whether white space or a mark stands here.
    pub fn is_frame(&self) -> bool {
        matches!(self.kind(), Some(Kind::Space | Kind::Mark(_)))
    }

    /// Whether all lines have the same word here.
    pub fn is_same_word(&self) -> bool {
        self.kind() == Some(Kind::Word) && self.texts.len() == 1 && self.role != Role::Value
    }

    /// Whether all lines have the same word here, and it may name what is behind it.
    pub fn is_label(&self) -> bool {
        self.is_same_word() && self.role == Role::Label
    }
}

impl Template {
    /// The template of one line.
    pub fn of(line: &[Token<'_>]) -> Self {
        Template { columns: line.iter().map(Column::of).collect(), lines: 1 }
    }

    /// Takes a line in, if it is of this kind.
    fn takes(&mut self, line: &[Token<'_>]) -> bool {
        let is_alike =
            self.columns.len() == line.len() && self.likeness(line).is_some_and(|likeness| likeness >= ALIKE);
        if is_alike {
            self.columns.iter_mut().zip(line).for_each(|(column, token)| column.add(token));
            self.lines += 1;
        }
        is_alike
    }

    /// How much of a line's words and values stands here, in percent; nothing where the marks differ.
    fn likeness(&self, line: &[Token<'_>]) -> Option<usize> {
        let (mut all, mut same, mut words, mut same_words) = (0, 0, 0, 0);
        for (column, token) in self.columns.iter().zip(line) {
            match token.kind {
                Kind::Space | Kind::Mark(_) => {
                    if column.kind() != Some(token.kind) {
                        return None;
                    }
                    continue;
                }
                Kind::Word if column.is_frame() => return None,
                Kind::Word => {
                    words += 1;
                    let is_same = column.texts.iter().any(|text| text == token.text);
                    same_words += usize::from(is_same);
                    same += usize::from(is_same);
                }
                kind if column.is_frame() || (!column.kinds.contains(&kind) && !may_be_one(column, kind)) => {
                    return None;
                }
                kind => same += usize::from(column.kinds.contains(&kind)),
            }
            all += 1;
        }
        // Values alone make no two lines alike: some words do, where there are any.
        let has_words = words == 0 || 2 * same_words >= words || (words <= 2 && all > 2);
        has_words.then(|| (100 * same).checked_div(all).unwrap_or(100))
    }
}

/// Whether values of a kind may stand where those of a column do: names and addresses of hosts, numbers with and without
/// a fraction, or anything in the place of a word.
fn may_be_one(column: &Column, kind: Kind) -> bool {
    let is_atom = |kind: &Kind| {
        matches!(
            kind,
            Kind::Word
                | Kind::Ip
                | Kind::Host
                | Kind::Int
                | Kind::Float
                | Kind::Uuid
                | Kind::Email
                | Kind::Path
                | Kind::Url
        )
    };
    column.kinds.iter().all(is_atom) && is_atom(&kind)
}

/// The templates of lines, in the order of their first lines.
pub fn templates(lines: &[Vec<Token<'_>>]) -> Vec<Template> {
    let mut templates: Vec<Template> = Vec::new();
    for line in lines {
        if !templates.iter_mut().any(|template| template.takes(line)) {
            templates.push(Template::of(line));
        }
    }
    templates
}

/// How many tokens all lines begin with alike: values of the same kinds and the same marks, up to the last of these.
pub fn shared_start(lines: &[Vec<Token<'_>>]) -> usize {
    let Some((first, rest)) = lines.split_first() else { return 0 };
    let is_alike = |place: usize, token: &Token<'_>| {
        rest.iter().all(|line| line.get(place).is_some_and(|other| other.kind == token.kind))
    };
    let alike = first.iter().enumerate().take_while(|(place, token)| is_alike(*place, token)).count();
    let is_end = |token: &Token<'_>| !matches!(token.kind, Kind::Word | Kind::Space);
    let end = first[..alike].iter().rposition(is_end).map_or(0, |last| last + 1);
    // White space behind it belongs to it.
    end + usize::from(end < alike && first[end].kind == Kind::Space)
}
