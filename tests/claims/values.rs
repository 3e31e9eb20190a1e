//! Random values of fields: constants, templates, loops over variables.

use super::conditions::{PATHS, condition};
use super::generate::Choices;

pub fn looked_up(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let path = choices.of(PATHS);
    let filter = choices.of(&["", " | lower", " | upper", " | length", " | int", " | string", ".lower()", ".0"]);
    format!("{path}{filter}")
}

/// The value of a field, as YAML.
pub fn value(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    match choices.below(28) {
        26 | 27 => format!(
            "\"{{{{ {} | {} }}}}\"",
            choices.of(&["json.message.a", "json.message.b"]),
            choices.of(&["lower", "string", "upper | lower"])
        ),
        22..=25 => choices.of(&["first", "second", "'-'", "[first]", "192.0.2.1"]).to_owned(),
        0 | 1 => choices
            .of(&[
                "first",
                "second",
                "1",
                "''",
                "'-'",
                "None",
                "[first]",
                "true",
                "null",
                "{a: b}",
                "a b",
                "192.0.2.1",
                "eighty",
            ])
            .to_owned(),
        2..=4 => format!("\"{{{{ {} }}}}\"", choices.of(PATHS)),
        5 => format!(
            "\"{{{{ {}{} }}}}\"",
            choices.of(&["json.message.a", "json.message.b", "row.message.first"]),
            choices.of(&[
                " | lower",
                " | lower",
                " | string",
                " | upper | trim",
                " | replace('a', 'b')",
                " | string",
                " | safe",
                " | default('x')",
                " | lowr",
                " | join(sep=1)",
                " | re_match('(a')"
            ])
        ),
        6 => format!(
            "\"{{{{ {} | safe }}}}{}{{{{ {} }}}}\"",
            choices.of(PATHS),
            choices.of(&["", "-", " "]),
            choices.of(PATHS)
        ),
        7 => format!("[\"{{{{ {} }}}}\", second]", choices.of(PATHS)),
        8..=10 => {
            let [first, second] = [condition(choices, 1), condition(choices, 1)];
            format!("\"{{{{ 'x1' if {first} else 'x2' if {second} else {} }}}}\"", choices.of(PATHS))
        }
        11..=13 => {
            let [first, second] = [condition(choices, 1), condition(choices, 2)];
            format!(
                "\"{{% if {first} %}}y1{{% elif {second} %}}y2{{% else %}}{{{{ {} }}}}{{% endif %}}\"",
                choices.of(PATHS)
            )
        }
        14 => format!("\"{{{{ {} }}}}\"", condition(choices, 2)),
        15 => format!("\"{{{{ {} or {} or {} }}}}\"", choices.of(PATHS), choices.of(PATHS), choices.of(PATHS)),
        16 => choices
            .of(&[
                "\"{{ json.message.l.0 }}\"",
                "\"{{ json.message.l[0] }}\"",
                "\"{{ json.message.l.0.a }}\"",
                "\"{{ json.message.a ~ }}\"",
                "\"{{ json.message.a[0](1) }}\"",
                "\"{{ json.message.a.uper() }}\"",
                "\"{{ nowhere(1) }}\"",
                "\"{{ json.message.a is definde }}\"",
            ])
            .to_owned(),
        _ => format!("\"{}\"", statements(choices)),
    }
}

/// A template with variables and loops, of statements that go together in any order.
fn statements(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let mut out = String::new();
    for _ in 0..2 + choices.below(3) {
        out.push_str(&statement(choices, 1));
    }
    out.push_str(choices.of(&["{{ v }}", "{{ w }}", "{{ v }}{{ w }}", "z", "{{ v | safe }}"]));
    out
}

fn statement(choices: &mut Choices<impl Iterator<Item = u16>>, depth: usize) -> String {
    let name = choices.of(&["v", "v", "w"]);
    let dash = choices.of(&["", "-"]);
    let open = format!("{{%{dash}");
    match choices.below(if depth == 0 { 9 } else { 14 }) {
        0 => format!(
            "{open} set {name} = {} %}}",
            choices.of(&["[]", "'a'", "none", "0", "['a', 'b']", "namespace(v=1)", "{}"])
        ),
        1 => format!("{open} set {name} = {} %}}", choices.of(PATHS)),
        2 => format!("{open} set {name} = {name}.append({}) %}}", choices.of(&["'a'", "v", "json.message.a", "w"])),
        3 => format!("{open} set {name} = {name}.update({{'a': 1}}) %}}"),
        4 => format!("{open} set {name} = v.pop() %}}"),
        5 => format!("{open} set {name} = v | string + 'x' %}}"),
        6 => format!("{{{{ {name} }}}} "),
        7 => format!("{open} set {name} %}}t{{{{ v }}}}{{% endset %}}"),
        8 => format!("{{{{ {} }}}}", choices.of(&["loop.index", "loop.indx", "loop.first", "item", "v", "loop"])),
        9 | 10 => format!(
            "{open} for {} in {} %}}{}{}{{% endfor %}}",
            choices.of(&["item", "v", "w"]),
            choices.of(&["json.message.l", "['a', 'b']", "v"]),
            statement(choices, depth - 1),
            statement(choices, depth - 1)
        ),
        11 | 12 => format!("{open} if {} %}}{}{{% endif %}}", condition(choices, 1), statement(choices, depth - 1)),
        _ => format!(
            "{open} for item in json.message.l if {} %}}{}{{% else %}}none{{% endfor %}}",
            condition(choices, 1),
            statement(choices, depth - 1)
        ),
    }
}
