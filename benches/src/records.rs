//! Distinct records from templates: the same ones on every machine.
//!
//! A file below `records/` has templates, one a line. What varies stands in `<<` and `>>`:
//!
//! - `<<a|b|c>>`: one of these, each as likely as it is written often; one that is a range or a name stands for it;
//! - `<<1..254>>`: an integer, both ends included;
//! - `<<x16>>`: hexadecimal digits;
//! - `<<ip>>`: an IPv4 address that is free for examples;
//! - `<<time>>`, `<<date>>`, `<<clock>>`, `<<syslog>>`, `<<httpdate>>`: a time in 2024, as RFC 3339 or a part of it, as syslog
//!   has it, as web servers have it;
//! - `<<name>>`: one of a list that the file has as `name = a|b|c` before the templates.
//!
//! Lines that begin with `#` say what the records are.

use std::collections::BTreeMap;
use std::fmt::Write;

/// As many records as asked for from the text of a file below `records/`.
///
/// # Errors
/// Says what in the text is no template.
pub fn generate(text: &str, many: usize) -> Result<Vec<String>, String> {
    let templates = Templates::read(text);
    let mut chance = Chance(0x5eed);
    (0..many).map(|number| templates.record(number, &mut chance)).collect()
}

/// The templates of a file with its lists.
struct Templates<'t> {
    lists: BTreeMap<&'t str, &'t str>,
    lines: Vec<&'t str>,
}

impl<'t> Templates<'t> {
    fn read(text: &'t str) -> Self {
        let mut templates = Templates { lists: BTreeMap::new(), lines: Vec::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.split_once(" = ").filter(|(name, _)| name.chars().all(char::is_alphabetic)) {
                Some((name, list)) => _ = templates.lists.insert(name, list),
                None => templates.lines.push(line),
            }
        }
        templates
    }

    /// The templates take turns.
    fn record(&self, number: usize, chance: &mut Chance) -> Result<String, String> {
        let mut rest = *self.lines.get(number % self.lines.len().max(1)).ok_or("there is no template")?;
        let mut record = String::new();
        while let Some((before, behind)) = rest.split_once("<<") {
            let (choice, behind) = behind.split_once(">>").ok_or_else(|| format!("`<<{behind}` has no end"))?;
            record.push_str(before);
            self.choose(choice, chance, &mut record)?;
            rest = behind;
        }
        record.push_str(rest);
        Ok(record)
    }

    fn choose(&self, choice: &str, chance: &mut Chance, record: &mut String) -> Result<(), String> {
        let one = if choice.contains('|') { chance.one_of(choice) } else { choice };
        if let Some((least, most)) = range(one) {
            write(record, format_args!("{}", least + chance.below(most - least + 1)));
        } else if let Some(digits) = one.strip_prefix('x').and_then(|digits| digits.parse::<u32>().ok()) {
            record.extend((0..digits).filter_map(|_| char::from_digit(chance.below(16) as u32, 16)));
        } else if let Some(list) = self.lists.get(one) {
            record.push_str(chance.one_of(list));
        } else if !chance.of_kind(one, record) {
            if one == choice {
                return Err(format!("`<<{choice}>>` stands for nothing"));
            }
            record.push_str(one);
        }
        Ok(())
    }
}

fn range(text: &str) -> Option<(u64, u64)> {
    let (least, most) = text.split_once("..")?;
    let (least, most) = (least.parse().ok()?, most.parse().ok()?);
    (least <= most).then_some((least, most))
}

/// Numbers that look random and are the same in each run: SplitMix64, after Steele, Lea and Flood, 2014.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to less than a bound, which is not 0.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_of<'t>(&mut self, list: &'t str) -> &'t str {
        let many = list.split('|').count();
        list.split('|').nth(self.next() as usize % many).unwrap_or_default()
    }

    /// Whether there is such a kind of value; if so one is written.
    fn of_kind(&mut self, kind: &str, record: &mut String) -> bool {
        let (month, day) = (self.below(12) as usize, 1 + self.below(28));
        let (hour, minute, second) = (self.below(24), self.below(60), self.below(60));
        let (number, name) = (month + 1, MONTHS[month]);
        let clock = format!("{hour:02}:{minute:02}:{second:02}");
        match kind {
            "time" => write(record, format_args!("2024-{number:02}-{day:02}T{clock}Z")),
            "date" => write(record, format_args!("2024-{number:02}-{day:02}")),
            "clock" => record.push_str(&clock),
            "syslog" => write(record, format_args!("{name} {day:2} {clock}")),
            "httpdate" => write(record, format_args!("{day:02}/{name}/2024:{clock} +0200")),
            "ip" => {
                write(record, format_args!("{}.{}", self.one_of("192.0.2|198.51.100|203.0.113"), 1 + self.below(254)));
            }
            _ => return false,
        }
        true
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn write(record: &mut String, text: std::fmt::Arguments<'_>) {
    // A string takes everything.
    let _ = record.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn a_template_gives_distinct_records_and_the_same_ones_again() -> Result<(), String> {
        let text = "# what it is\nuser = ada|grace\n<<user>> from <<ip>> at <<time>>, <<-|1..9>>\n";
        let records = generate(text, 100)?;
        let mut distinct = records.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 100);
        assert_eq!(records, generate(text, 100)?);
        assert!(records.iter().all(|record| !record.contains("<<") && !record.contains("..")));
        Ok(())
    }

    #[test]
    fn what_stands_for_nothing_is_an_error() {
        assert!(generate("<<nobody>>", 1).is_err());
        assert!(generate("<<1..9", 1).is_err());
        assert!(generate("# nothing", 1).is_err());
    }
}
