//! Rows of values with a delimiter between them.

use crate::step::{Property, Step};
use std::collections::BTreeSet;

/// The delimiters that are tried.
const DELIMITERS: &[char] = &['\t', ',', ';', '|'];

/// The fewest columns; prose has some commas as well.
const FEWEST: usize = 4;

/// Rows that were found.
#[derive(Debug)]
pub struct Rows {
    delimiter: char,
    columns: Vec<String>,
    header: Header,
}

/// Which lines are no rows.
#[derive(Debug)]
enum Header {
    None,
    /// The first one has the names of the columns.
    First(String),
    /// Those that begin with `#`.
    Comments,
}

/// The rows that all texts are. With `may_have_header`, the texts are whole records, and some may name the columns.
pub fn find(texts: &[String], may_have_header: bool) -> Option<Rows> {
    let names = |delimiter: char| -> Option<Vec<String>> {
        Some(cells(texts.first()?, delimiter).into_iter().map(str::to_owned).collect())
    };
    // Blanks are between the words of sentences as well: only names tell that these are columns.
    let is_named = |delimiter: char| {
        may_have_header
            && texts.len() > 2
            && is_table(texts, delimiter)
            && names(delimiter).is_some_and(|first| names_columns(&first, texts, delimiter))
    };
    let delimiter = DELIMITERS.iter().copied().find(|delimiter| is_table(texts, *delimiter));
    let delimiter = delimiter.or_else(|| is_named(' ').then_some(' '))?;
    let first: Vec<String> = cells(texts.first()?, delimiter).into_iter().map(str::to_owned).collect();
    let header = may_have_header && texts.len() > 1 && names_columns(&first, texts, delimiter);
    let columns = match header {
        true => first.iter().map(|name| unquoted(name).to_owned()).collect(),
        false => (1..=first.len()).map(|number| format!("column_{number}")).collect(),
    };
    let header = if header { Header::First(format!("{}{delimiter}", first[0])) } else { Header::None };
    Some(Rows { delimiter, columns, header })
}

impl Rows {
    /// The entry that reads them.
    pub fn step(&self, input: &str) -> Step {
        let delimiter = if self.delimiter == '\t' { r"\t".to_owned() } else { self.delimiter.to_string() };
        let mut step = Step::new("row", "dsv.parse-dsv", input)
            .with("columnnames", Property::List(self.columns.clone()))
            .with("delimiter", Property::text(&delimiter));
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\t', "\\t");
        step.filter = match &self.header {
            Header::None => None,
            Header::First(start) => Some(format!("{input}[:{}] != \"{}\"", start.chars().count(), quoted(start))),
            Header::Comments => Some(format!("{input}[:1] != \"#\"")),
        };
        step
    }

    /// What they are called.
    pub fn words(&self) -> String {
        let delimiter = match self.delimiter {
            '\t' => "tabs",
            ',' => "commas",
            ';' => "semicolons",
            ' ' => "blanks",
            _ => "bars",
        };
        let named = if matches!(self.header, Header::None) { "without names" } else { "with names" };
        format!("rows of {} columns, {delimiter} between them, {named}", self.columns.len())
    }

    /// The lines that are rows.
    pub fn records(&self, texts: &[String]) -> Vec<String> {
        let is_row = |text: &&String| match &self.header {
            Header::None => true,
            Header::First(start) => !text.starts_with(start),
            Header::Comments => !text.starts_with('#'),
        };
        texts.iter().filter(is_row).cloned().collect()
    }
}

/// Files whose comments name the columns: `#Fields: a b` with blanks, `#fields<TAB>a<TAB>b` with tabs.
pub fn with_directive(texts: &[String]) -> Option<Rows> {
    let rows: Vec<&String> = texts.iter().filter(|text| !text.starts_with('#')).collect();
    let named = |delimiter: char, names: &str| {
        let columns: Vec<String> = names.split(delimiter).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let fits = !rows.is_empty() && rows.iter().all(|row| row.split(delimiter).count() == columns.len());
        fits.then_some(Rows { delimiter, columns, header: Header::Comments })
    };
    texts.iter().find_map(|text| {
        let blanks = text.strip_prefix("#Fields:").and_then(|names| named(' ', names.trim()));
        blanks.or_else(|| text.strip_prefix("#fields\t").and_then(|names| named('\t', names)))
    })
}

/// Whether all texts have as many cells, and enough. Behind a comma a blank is rare in a table.
fn is_table(texts: &[String], delimiter: char) -> bool {
    let Some(first) = texts.first() else { return false };
    let count = cells(first, delimiter).len();
    let (mut all, mut prose) = (0, 0);
    for text in texts {
        let cells = cells(text, delimiter);
        if cells.len() != count {
            return false;
        }
        all += cells.len();
        prose += cells.iter().skip(1).filter(|cell| cell.starts_with(' ') || cell.split(' ').count() > 6).count();
    }
    let pairs = texts.iter().flat_map(|text| cells(text, delimiter)).filter(|cell| cell.contains('=')).count();
    count >= FEWEST && 3 * prose <= all && 2 * pairs <= all && (texts.len() > 1 || count > FEWEST)
}

/// Whether the first line has names, and the others values.
fn names_columns(first: &[String], texts: &[String], delimiter: char) -> bool {
    let is_name = |cell: &String| {
        let cell = unquoted(cell);
        cell.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
            && cell.len() <= 60
            && !cell.contains(['=', '"', '@'])
    };
    let different: BTreeSet<&str> = first.iter().map(|cell| unquoted(cell)).collect();
    let has_values = |text: &String| {
        cells(text, delimiter).iter().any(|cell| unquoted(cell).starts_with(|letter: char| letter.is_ascii_digit()))
    };
    first.iter().all(is_name) && different.len() == first.len() && texts.iter().skip(1).all(has_values)
}

fn unquoted(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell)
}

/// The cells of a row; quotes hold delimiters.
fn cells(text: &str, delimiter: char) -> Vec<&str> {
    let (mut cells, mut start, mut quoted) = (Vec::new(), 0, false);
    for (place, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            _ if letter == delimiter && !quoted => {
                cells.push(&text[start..place]);
                start = place + letter.len_utf8();
            }
            _ => {}
        }
    }
    cells.push(&text[start..]);
    cells
}

#[cfg(test)]
mod tests {
    use super::{Header, find, with_directive};

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn tables_are_told_from_prose_and_names_from_values() {
        let rows = find(&lines("time,user,ip,ok\n1,ada,192.0.2.1,x\n2,\"b, c\",192.0.2.2,y"), true).expect("rows");
        assert_eq!(rows.columns, ["time", "user", "ip", "ok"]);
        assert!(matches!(rows.header, Header::First(_)));
        let rows = find(&lines("1,ada,192.0.2.1,x,1\n2,bob,192.0.2.2,y,2"), true).expect("rows");
        assert_eq!(rows.columns[4], "column_5");
        let rows = with_directive(&lines("#Version: 1\n#Fields: date c-ip\n2024-05-14 192.0.2.1")).expect("rows");
        assert_eq!((&*rows.columns[1], rows.records(&lines("#x\na b")).len()), ("c-ip", 1));
        assert!(find(&lines("so, it was, at last, done\nand, then, she, left"), false).is_none());
        assert!(find(&lines("a,b\nc,d"), false).is_none());
    }
}
