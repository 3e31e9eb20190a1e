//! A page as GitHub's Markdown.

use crate::document::{Block, Document, Inline, Line};

/// Writes a page.
pub fn write(document: &Document) -> String {
    let mut out = format!("# {}\n", plain(&document.title));
    for block in &document.blocks {
        out.push('\n');
        out.push_str(&self::block(block));
    }
    out
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, text) => format!("{} {}\n", "#".repeat(usize::from(*level)), plain(text)),
        Block::Paragraph(paragraph) => format!("{}\n", line(paragraph)),
        Block::Steps(items) => (1..).zip(items).map(|(number, item)| format!("{number}. {}\n", line(item))).collect(),
        Block::Table(head, rows) => table(head, rows),
        Block::Code(language, text) => fenced(language, text),
    }
}

fn table(head: &[&str], rows: &[Vec<Line>]) -> String {
    let rule: String = head.iter().map(|_| "---|").collect();
    let mut out = format!("| {} |\n|{rule}\n", head.join(" | "));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| line(cell).replace('|', "\\|")).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// The fence is longer than any row of backticks in the text.
fn fenced(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_row(text).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

fn line(line: &Line) -> String {
    line.0.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) => plain(text),
        Inline::Code(text) => code(text),
        Inline::Link(text, target) => format!("[{}]({})", plain(text), target.replace(' ', "%20")),
    }
}

fn code(text: &str) -> String {
    let text = one_line(text);
    let fence = "`".repeat(longest_row(&text) + 1);
    match text.starts_with('`') || text.ends_with('`') {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// Text whose characters mean nothing but themselves.
fn plain(text: &str) -> String {
    let letters: Vec<char> = one_line(text).chars().collect();
    let is_word =
        |place: Option<usize>| place.and_then(|place| letters.get(place)).is_some_and(|l| l.is_alphanumeric());
    let mut out = String::with_capacity(text.len());
    for (place, letter) in letters.iter().enumerate() {
        let inside_word = is_word(place.checked_sub(1)) && is_word(Some(place + 1));
        let at_start = place == 0 && "#>+-=~".contains(*letter);
        if "\\`*[]<&".contains(*letter) || (*letter == '_' && !inside_word) || at_start {
            out.push('\\');
        }
        out.push(*letter);
    }
    out
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }).collect()
}

fn longest_row(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}
