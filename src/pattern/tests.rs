//! Patterns against what Python's `re` matches.

use super::{Dialect, Extent, Groups, Pattern, Replacement};
use crate::value::Arena;

/// Pattern, text, and the groups (bytes) that `search`, `match` and `fullmatch` find in CPython 3.11.
const MATCHES: &[(&str, &str, &str, &str, &str)] = &[
    ("a$", "ba\n", "1..2", "-", "-"),
    ("a$", "ba", "1..2", "-", "-"),
    ("a$", "ba\nc", "-", "-", "-"),
    ("(a$)|(b)$", "xb\n", "1..2 x 1..2", "-", "-"),
    ("(a|b$)c", "abc", "-", "-", "-"),
    ("(a|b$)\\n?", "b\n", "0..2 0..1", "0..2 0..1", "0..2 0..1"),
    ("\\d+", "x\u{663}\u{664}5", "1..6", "-", "-"),
    ("(?a)\\d+", "x\u{663}\u{664}5", "5..6", "-", "-"),
    ("\\w+", "-\u{e9}\u{e0}_9-", "1..7", "-", "-"),
    ("\\W", "\u{e9} ", "2..3", "-", "-"),
    ("[\\w.-]+@", "a-b.c@d", "0..6", "0..6", "-"),
    ("[]a]+", "x]a]", "1..4", "-", "-"),
    ("[^]a]+", "]ab", "2..3", "-", "-"),
    ("[a&&b]+", "x&&b", "1..4", "-", "-"),
    ("[[]x]+", "[x]]", "0..4", "0..4", "0..4"),
    ("a{,2}", "aaa", "0..2", "0..2", "-"),
    ("a{2,}", "aaaa", "0..4", "0..4", "0..4"),
    ("a{x}", "a{x}", "0..4", "0..4", "0..4"),
    ("a{", "a{", "0..2", "0..2", "0..2"),
    ("x{}", "x{}", "0..3", "0..3", "0..3"),
    ("a{1,2}?", "aa", "0..1", "0..1", "0..2"),
    ("(?i)ABC", "xabC", "1..4", "-", "-"),
    ("(?i:a)b", "Ab", "0..2", "0..2", "0..2"),
    ("(?s).+", "a\nb", "0..3", "0..3", "0..3"),
    (".+", "a\nb", "0..1", "0..1", "-"),
    ("(?m)^b$", "a\nb\nc", "2..3", "-", "-"),
    ("^b", "a\nb", "-", "-", "-"),
    ("(?x) a b # c", "ab", "0..2", "0..2", "0..2"),
    ("(?x)[ ]a", " a", "0..2", "0..2", "0..2"),
    ("(?P<n>a)(?P=n)", "aa", "0..2 0..1", "0..2 0..1", "0..2 0..1"),
    ("(a)\\1", "xaa", "1..3 1..2", "-", "-"),
    ("(?<=a)b", "ab", "1..2", "-", "-"),
    ("(?<!a)b", "ab b", "3..4", "-", "-"),
    ("a(?=b)", "aab", "1..2", "-", "-"),
    ("a(?!b)", "aba", "2..3", "-", "-"),
    ("a++b", "aab", "0..3", "0..3", "0..3"),
    ("a*+a", "aaa", "-", "-", "-"),
    ("(?>a+)b", "aab", "0..3", "0..3", "0..3"),
    ("(a)?(?(1)b|c)", "ab", "0..2 0..1", "0..2 0..1", "0..2 0..1"),
    ("\\x41\\u0042\\t", "AB\t", "0..3", "0..3", "0..3"),
    ("\\/\\-\\:\\<\\>\\#\\ \\\"", "/-:<># \"", "0..8", "0..8", "0..8"),
    ("\\101", "A", "0..1", "0..1", "0..1"),
    ("\\0", "a\u{0}", "1..2", "-", "-"),
    ("[\\b]", "\u{8}", "0..1", "0..1", "0..1"),
    ("\\bfoo\\b", "a foo b", "2..5", "-", "-"),
    ("\\Bo", "foo", "1..2", "-", "-"),
    ("\\Aa\\Z", "a", "0..1", "0..1", "0..1"),
    ("\\Aa\\Z", "a\n", "-", "-", "-"),
    ("(a|ab)(c|bcd)(d*)", "abcd", "0..4 0..1 1..4 4..4", "0..4 0..1 1..4 4..4", "0..4 0..1 1..4 4..4"),
    ("(?:a|b)*?c", "abac", "0..4", "0..4", "0..4"),
    ("x*", "aax", "0..0", "0..0", "-"),
    ("$", "a\n", "1..1", "-", "-"),
    ("^$", "", "0..0", "0..0", "0..0"),
    ("^$", "\n", "0..0", "0..0", "-"),
    ("(?m)$", "a\n", "1..1", "-", "-"),
    ("[\\s]+", "a \t\u{1c}\u{85}\u{a0}b", "1..8", "-", "-"),
    ("\\S+", "\u{1c}ab\u{1d}", "1..3", "-", "-"),
    ("[^\\s]+", "\u{1c}ab", "1..3", "-", "-"),
    ("[\\D]+", "12ab", "2..4", "-", "-"),
    ("[\\w\\-]+", "a-b", "0..3", "0..3", "0..3"),
    ("[a\\-z]+", "-az", "0..3", "0..3", "0..3"),
    ("[\\]]", "a]", "1..2", "-", "-"),
    ("[#\\ &]+", "a # &", "1..5", "-", "-"),
    ("(a(b$))", "ab\n", "0..2 0..2 1..2", "0..2 0..2 1..2", "-"),
    ("((a$)|b)c*$", "bc\n", "0..2 0..1 x", "0..2 0..1 x", "-"),
    ("(?:,|$)", "a", "1..1", "-", "-"),
    ("a(b$)?", "ab\n", "0..2 1..2", "0..2 1..2", "-"),
    ("(foo|bar$)+", "foobar\n", "0..6 3..6", "0..6 3..6", "-"),
    ("\u{e9}+", "x\u{e9}\u{e9}", "1..5", "-", "-"),
    ("(?i)\u{c9}", "\u{e9}", "0..2", "0..2", "0..2"),
    ("(?i)\u{df}", "\u{1e9e}", "0..3", "0..3", "0..3"),
    ("(?i)k", "\u{212a}", "0..3", "0..3", "0..3"),
    ("^(?:(\\d+)\\.){3}(\\d+)$", "1.2.3.4", "0..7 4..5 6..7", "0..7 4..5 6..7", "0..7 4..5 6..7"),
    ("a|b|", "c", "0..0", "0..0", "-"),
    ("()", "a", "0..0 0..0", "0..0 0..0", "-"),
    ("(a*)+", "b", "0..0 0..0", "0..0 0..0", "-"),
    ("(?:a?){3}b", "aab", "0..3", "0..3", "0..3"),
    ("[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}\\1[0-9]{2}", "ab:cd:12", "0..8 2..3", "0..8 2..3", "0..8 2..3"),
    ("[^\\w\\s]", "a !", "2..3", "-", "-"),
    ("[\\d-]+", "1-2", "0..3", "0..3", "0..3"),
    ("[+--]+", "+,-.", "0..3", "0..3", "-"),
    ("\\.\\*\\?\\+\\^\\$\\|\\(\\)\\[\\]\\{\\}\\\\", ".*?+^$|()[]{}\\", "0..14", "0..14", "0..14"),
    ("(?#c)a", "a", "0..1", "0..1", "0..1"),
    ("(?-i:a)", "a", "0..1", "0..1", "0..1"),
    ("(?i)(?-i:a)b", "aB", "0..2", "0..2", "0..2"),
    ("\\'\\\"\\=\\!\\@\\%\\&\\~\\`\\,\\;", "'\"=!@%&~`,;", "0..11", "0..11", "0..11"),
    ("a.c", "a\rc", "0..3", "0..3", "0..3"),
    ("[\n ]a", "\na", "0..2", "0..2", "0..2"),
    ("[a-c-e]+", "-ae", "0..3", "0..3", "0..3"),
    ("[*-]+", "*-", "0..2", "0..2", "0..2"),
    (
        "((((((((((a))))))))))\\10",
        "aa",
        "0..2 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1",
        "0..2 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1",
        "0..2 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1 0..1",
    ),
    ("(\\d+)(?:px|em)(?=;)", "12em;", "0..4 0..2", "0..4 0..2", "-"),
    ("(?<=\\s)\\w+$", "a bc\n", "2..4", "-", "-"),
    ("(?P<a>x)|(?P<b>y)", "y", "0..1 x 0..1", "0..1 x 0..1", "0..1 x 0..1"),
    ("\\$\\{(\\w+)\\}", "${a}", "0..4 2..3", "0..4 2..3", "0..4 2..3"),
];

/// Pattern, replacement, text, and what `re.sub` gives.
const REPLACEMENTS: &[(&str, &str, &str, &str)] = &[
    ("x*", "-", "abxd", "-a-b--d-"),
    ("(a)(b)?", "[\\1\\2]", "aab", "[a][ab]"),
    ("(?P<n>\\d+)", "<\\g<n>\\g<0>\\g<1>>", "a12", "a<121212>"),
    ("a", "\\\\\\n\\.", "a", "\\\n\\."),
    ("$", "!", "a\n", "a!\n!"),
    ("\\b", "|", "ab c", "|ab| |c|"),
    ("", "-", "\u{e9}", "-\u{e9}-"),
];

/// Patterns that are none.
const FAULTS: &[&str] = &[
    "(",
    ")",
    "[a",
    "[]",
    "*a",
    "a**",
    "a{2}{3}",
    "(?P<1>a)",
    "(?P=n)",
    "\\1",
    "(?<=a",
    "\\y",
    "[z-a]",
    "a\\",
    "(?",
    "(?P<n",
    "\\x4",
    "(?(2)a)",
    "[\\",
    "(?i",
    "(?P>a)",
    "\\p{Nope}",
    "\\p",
];

/// Notations that Python lacks: pattern, text, what `search` finds.
const EXTENSIONS: &[(&str, &str, &str)] = &[
    ("[\\w-\\.]+", "a-b.c", "0..5"),
    ("[[:alpha:]]+", "1ab", "1..3"),
    ("[[:^digit:]x]+", "1ab", "1..3"),
    ("(?<a.b-c>x)", "x", "0..1 0..1"),
    ("(?<n>a)|(?<n>b)", "b", "0..1 x 0..1"),
    ("\\h+", "xfF9g", "1..4"),
    ("a\\z", "a", "0..1"),
    ("\\p{Lu}", "aB", "1..2"),
    ("(?<n>a)\\k<n>", "aa", "0..2 0..1"),
    ("\\R", "\r\n", "0..2"),
];

fn shown(groups: Option<Groups<'_>>) -> String {
    let Some(groups) = groups else { return "-".to_owned() };
    let one = |group: Option<std::ops::Range<usize>>| group.map_or("x".to_owned(), |found| format!("{found:?}"));
    groups.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// What a search finds, the same by machine code and without.
fn found(pattern: &Pattern, text: &str, from: usize, anchored: bool) -> String {
    let (arena, portable) = (Arena::default(), Arena::default());
    portable.set_native(false);
    let without = shown(pattern.search(&portable, text, from, anchored).expect("few steps"));
    assert_eq!(portable_match(pattern, text, from, anchored), without != "-", "{pattern:?} on {text:?}");
    // Again and again: what is searched for often gets machine code.
    for _ in 0..10 {
        let with = shown(pattern.search(&arena, text, from, anchored).expect("few steps"));
        assert_eq!(with, without, "{pattern:?} on {text:?} from {from}");
        assert_eq!(pattern.is_match(&arena, text, from, anchored), Ok(with != "-"), "{pattern:?} on {text:?}");
    }
    without
}

fn portable_match(pattern: &Pattern, text: &str, from: usize, anchored: bool) -> bool {
    let portable = Arena::default();
    portable.set_native(false);
    pattern.is_match(&portable, text, from, anchored).expect("few steps")
}

#[test]
fn matches_what_python_matches() {
    let mut failures = Vec::new();
    for (pattern, text, search, start, whole) in MATCHES {
        let part = Pattern::new(pattern).expect(pattern);
        let full = Pattern::with_extent(pattern, Extent::Whole).expect(pattern);
        let found = [found(&part, text, 0, false), found(&part, text, 0, true), found(&full, text, 0, true)];
        if found != [*search, *start, *whole] {
            failures.push(format!("{pattern:?} on {text:?}: {found:?}, not {:?}", [search, start, whole]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn reads_notations_that_python_lacks() {
    for (pattern, text, search) in EXTENSIONS {
        let pattern = Pattern::new(pattern).expect(pattern);
        assert_eq!(found(&pattern, text, 0, false), *search, "{pattern:?}");
    }
}

#[test]
fn replaces_as_python_does() {
    for (pattern, template, text, expected) in REPLACEMENTS {
        let pattern = Pattern::new(pattern).expect(pattern);
        let replacement = Replacement::new(template, &pattern).expect(template);
        let (mut out, mut from) = (String::new(), 0);
        let arena = Arena::default();
        for groups in pattern.matches(&arena, text) {
            let groups = groups.expect("few steps");
            let whole = groups.whole();
            out.push_str(&text[from..whole.start]);
            replacement.expand(text, &groups, &mut out);
            from = whole.end;
        }
        out.push_str(&text[from..]);
        assert_eq!(out, *expected, "{pattern:?}");
    }
}

#[test]
fn says_what_is_no_pattern() {
    for pattern in FAULTS {
        assert!(Pattern::new(pattern).is_err(), "{pattern:?} compiles");
    }
}

#[test]
fn is_linear_unless_it_cannot_be() {
    for (pattern, linear) in [("^a|b$", true), ("(a$)|b", true), ("(?:a|$)b", false), ("(?=a)", false), ("a++", false)]
    {
        assert_eq!(Pattern::new(pattern).map(|pattern| pattern.is_linear()), Ok(linear), "{pattern}");
    }
}

#[test]
fn is_bounded_in_size_depth_and_steps() {
    for pattern in [
        "((a{500}){500}){500}".to_owned(),
        "(?=((a{500}){500}){500})".to_owned(),
        "(".repeat(100_000),
        "a|".repeat(300_000),
    ] {
        assert!(Pattern::new(&pattern).is_err(), "{pattern:.20} compiles");
    }
    let deep = format!("{}a{}", "(?:".repeat(59), ")+".repeat(59));
    assert!(Pattern::new(&deep).is_ok());
    assert!(Pattern::new(&format!("(?=b){deep}")).is_ok());
    let steep = Pattern::new("(?=(a+)+$)b").expect("a pattern");
    assert!(
        steep.is_match(&Arena::default(), &"a".repeat(2_000), 0, false).is_ok_and(|found| !found)
            || steep.is_match(&Arena::default(), &"a".repeat(2_000), 0, false).is_err()
    );
}

#[test]
fn starts_only_at_characters() {
    let pattern = Pattern::new("").expect("a pattern");
    let arena = Arena::default();
    assert_eq!(pattern.search(&arena, "é", 1, false), Ok(None));
    assert_eq!(pattern.search(&arena, "é", 3, false), Ok(None));
}

/// Pattern, text, and where RE2 finds the first match.
const RE2: &[(&str, &str, &str)] = &[
    ("\\s", "a\u{b}b", "-"),
    ("\\s", "a\u{85}\u{a0}\u{2003}b", "-"),
    ("\\s", "a\u{c}b", "1..2"),
    ("[^\\S]", "a\u{b} b", "2..3"),
    ("\\S+", " \u{b}\u{a0} ", "1..4"),
    ("[\\s]+", "\u{b}\t\n\u{c}\r ", "1..6"),
    ("\\w+", "\u{e9}a1_\u{e9}", "2..5"),
    ("\\W+", "a\u{e9}b", "1..3"),
    ("\\d+", "\u{663}5", "2..3"),
    ("\\D+", "5\u{663}5", "1..3"),
    ("\\bb", "\u{e9}b", "2..3"),
    ("\\Bb", "\u{e9}b", "-"),
    ("\\Bb", "ab", "1..2"),
    ("a$", "a\n", "-"),
    ("(?m)a$", "a\nb", "0..1"),
    ("a{,2}", "aa{,2}", "1..6"),
    ("[\\w-\\.]+", "a-b.c", "0..5"),
    ("\\Qa.b\\E.", "a.bc", "0..4"),
    ("\\Qa.", "a.", "0..2"),
    ("(?i)\u{e9}", "\u{c9}", "0..2"),
    (".", "\n\u{e9}", "1..3"),
    ("[[:alpha:]]+", "\u{e9}a", "2..3"),
    ("\\pL+", "-\u{e9}a", "1..4"),
    ("\\x{e9}", "\u{e9}", "0..2"),
    ("a\\z", "a\n", "-"),
    ("(?=b)\\bb", "ab \u{e9}b", "5..6"),
    ("(?=b)\\Bb", "b ab", "3..4"),
];

#[test]
fn classes_are_those_of_re2_where_a_pattern_is_in_its_notation() {
    for (pattern, text, expected) in RE2 {
        let compiled = Pattern::in_dialect(pattern, Extent::Part, Dialect::Re2).expect(pattern);
        assert_eq!(found(&compiled, text, 0, false), *expected, "{pattern} on {text:?}");
    }
}

#[test]
fn engines_that_count_find_what_the_others_find() {
    let none_free = || {
        let arena = Arena::default();
        arena.set_native(false);
        assert!(arena.affords(Arena::FREE));
        arena
    };
    let mut failures = Vec::new();
    for (pattern, text, ..) in MATCHES {
        let compiled = Pattern::new(pattern).expect(pattern);
        for (from, anchored) in [(0, false), (0, true), (1, false)] {
            let (free, counting) = (Arena::default(), none_free());
            free.set_native(false);
            let found = compiled.search(&free, text, from, anchored);
            let counted = compiled.search(&counting, text, from, anchored);
            let is_match = compiled.is_match(&none_free(), text, from, anchored);
            if found != counted || found.as_ref().map(Option::is_some) != is_match.as_ref().copied() {
                failures.push(format!("{pattern:?} on {text:?} from {from}: {counted:?}, not {found:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn patterns_of_many_groups_find_all_of_them() {
    let groups = 1_000;
    let pattern: String = (0..groups).map(|n| format!("({}[^ ]+) ", n % 10)).collect();
    let text: String = (0..groups).map(|n| format!("{}é{n} ", n % 10)).collect();
    let compiled = Pattern::new(&pattern).expect("a pattern");
    let arena = Arena::default();
    let found = compiled.search(&arena, &text, 0, false).expect("few steps").expect("a match");
    assert_eq!(found.len(), groups + 1);
    let last = found.get(groups).expect("a group");
    assert_eq!(&text[last], format!("{}é{}", (groups - 1) % 10, groups - 1));
}

#[test]
fn a_search_that_goes_on_and_on_ends_with_the_budget() {
    let text = "a".repeat(100_000);
    for pattern in ["a.*b|a", "(?<!c)a+b|a"] {
        let arena = Arena::default();
        let compiled = Pattern::new(pattern).expect("a pattern");
        assert!(compiled.matches(&arena, &text).any(|found| found.is_err()), "{pattern}");
    }
}

/// Patterns made at random of pieces that mean something to each other, and texts of the letters that they know.
#[test]
fn machine_code_finds_what_the_linear_engine_finds() {
    const ATOMS: [&str; 16] =
        ["a", "b", "ab", ".", "[ab]", "[^a]", "\\d", "\\w", "\\s", "\\S", "1", " ", "\\n", "(?i:A)", "é", "[^é]"];
    const REPEATED: [&str; 10] = ["", "", "", "*", "+", "?", "*?", "+?", "{2}", "{1,3}"];
    const PLACES: [&str; 6] = ["^", "$", "\\b", "\\B", "(?m:^)", "(?m:$)"];
    const LETTERS: [&str; 8] = ["a", "b", "A", "1", " ", "\n", "ab", "_"];
    const BEYOND: [&str; 4] = ["é", "É", "中", "\u{212a}"];
    let mut state = 1_u64;
    let mut below = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    fn piece(below: &mut dyn FnMut(usize) -> usize, depth: usize) -> String {
        let one = match below(if depth == 0 { 4 } else { 8 }) {
            0 => return PLACES[below(PLACES.len())].to_owned(),
            1..4 => ATOMS[below(ATOMS.len())].to_owned(),
            4 | 5 => format!("({})", piece(below, depth - 1)),
            6 => format!("(?:{}|{})", piece(below, depth - 1), piece(below, depth - 1)),
            _ => format!("(?:{}{})", piece(below, depth - 1), piece(below, depth - 1)),
        };
        let repeated = REPEATED[below(REPEATED.len())];
        if one.chars().count() > 1 && !one.starts_with(['(', '[', '\\']) { one } else { one + repeated }
    }
    let mut matched = 0;
    for _ in 0..600 {
        let written: String = (0..=below(4)).map(|_| piece(&mut below, 3)).collect();
        let Ok(pattern) = Pattern::with_extent(&written, [Extent::Part, Extent::Whole][below(2)]) else { continue };
        if !pattern.is_linear() {
            continue;
        }
        for _ in 0..6 {
            let has_more = below(3) == 0;
            let mut letter = |_| if has_more && below(4) == 0 { BEYOND[below(4)] } else { LETTERS[below(8)] };
            let text: String = (0..12).map(&mut letter).collect::<Vec<_>>()[..below(13)].concat();
            let from = text.char_indices().nth(below(13)).map_or(0, |(place, _)| place);
            matched += usize::from(found(&pattern, &text, from, below(2) == 0) != "-");
        }
    }
    assert!(matched > 800, "{matched} of the searches found something");
}
