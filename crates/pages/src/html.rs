//! A page as one HTML file that needs no other.

use crate::document::{Block, Document, Inline, Line, anchor};
use std::collections::BTreeSet;

const STYLE: &str = include_str!("style.css");

/// Writes a page.
pub fn write(document: &Document) -> String {
    let title = escaped(&document.title);
    let mut anchors = Anchors::default();
    let body: String = document.blocks.iter().map(|block| self::block(block, &mut anchors)).collect();
    let contents = anchors.contents();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<div class=\"page\">\n{contents}<main>\n<h1>{title}</h1>\n{body}\
         </main>\n</div>\n</body>\n</html>\n"
    )
}

/// The headings so far, each with its level and a name of its own.
#[derive(Default)]
struct Anchors {
    taken: BTreeSet<String>,
    headings: Vec<(u8, String, String)>,
}

impl Anchors {
    fn add(&mut self, level: u8, heading: &str) -> String {
        let name = anchor(heading);
        let numbered = (1..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !self.taken.contains(name));
        let free = free.unwrap_or(name);
        self.taken.insert(free.clone());
        self.headings.push((level, heading.to_owned(), free.clone()));
        free
    }

    /// The headings as links; always there, so that the page keeps its shape.
    fn contents(&self) -> String {
        let items = self.headings.iter().map(|(level, heading, name)| {
            let class = if *level > 2 { " class=\"inner\"" } else { "" };
            format!("<li{class}><a href=\"#{}\">{}</a></li>\n", escaped(name), escaped(heading))
        });
        format!("<nav aria-label=\"Contents\">\n<ul>\n{}</ul>\n</nav>\n", items.collect::<String>())
    }
}

fn block(block: &Block, anchors: &mut Anchors) -> String {
    match block {
        Block::Heading(level, text) => {
            let name = escaped(&anchors.add(*level, text));
            format!("<h{level} id=\"{name}\"><a href=\"#{name}\">{}</a></h{level}>\n", escaped(text))
        }
        Block::Paragraph(paragraph) => format!("<p>{}</p>\n", line(paragraph)),
        Block::Steps(items) => format!("<ol>\n{}</ol>\n", list(items)),
        Block::Table(head, rows) => table(head, rows),
        Block::Code(language, text) => {
            let text = escaped(text.trim_end_matches('\n'));
            format!("<pre tabindex=\"0\"><code class=\"language-{language}\">{text}</code></pre>\n")
        }
    }
}

fn list(items: &[Line]) -> String {
    items.iter().map(|item| format!("<li>{}</li>\n", line(item))).collect()
}

fn table(head: &[&str], rows: &[Vec<Line>]) -> String {
    let head: String = head.iter().map(|name| format!("<th scope=\"col\">{}</th>", escaped(name))).collect();
    let row = |row: &Vec<Line>| {
        let cells: String = row.iter().map(|cell| format!("<td>{}</td>", line(cell))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<div class=\"table\">\n<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

fn line(line: &Line) -> String {
    line.0.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) => escaped(text),
        Inline::Code(text) => format!("<code>{}</code>", escaped(text)),
        Inline::Link(text, target) => format!("<a href=\"{}\">{}</a>", escaped(target), escaped(text)),
    }
}

/// Text as HTML has it; control characters, which HTML cannot have, become U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            _ if letter.is_control() => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}
