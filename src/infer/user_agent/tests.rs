//! The regexes one by one give what all of them together do.

use super::catalogue::catalogue;
use super::expression::{UserAgentRegex, rewritten};
use super::folded::{Folded, fold};
use super::{Agent, read};
use std::sync::LazyLock;
use ua_parser::{Extractor, Regexes, device, os, user_agent};

const TEXT: &str = include_str!("../uap-core/regexes.yaml");

static ALL: LazyLock<Extractor<'static>> = LazyLock::new(|| {
    let mut regexes: Regexes<'static> = serde_yaml::from_str(TEXT).expect("YAML");
    let browsers = regexes.user_agent_parsers.iter_mut().map(|parser| &mut parser.regex);
    let systems = regexes.os_parsers.iter_mut().map(|parser| &mut parser.regex);
    let devices = regexes.device_parsers.iter_mut().map(|parser| &mut parser.regex);
    for regex in browsers.chain(systems).chain(devices) {
        // A zero in front keeps `ua_parser` from leaving the bound out.
        *regex = regex.replace("{0,", "{00,").replace("{1,", "{01,").into();
    }
    Extractor::try_from(regexes).expect("regexes")
});

fn describe(
    browser: Option<user_agent::ValueRef<'_>>,
    system: Option<&os::ValueRef<'_>>,
    device: Option<device::ValueRef<'_>>,
) -> Agent {
    let other = || Box::from("Other");
    Agent([
        browser.as_ref().map_or_else(other, |found| found.family.as_ref().into()),
        browser.map_or_else(Box::default, |found| version([found.major, found.minor, found.patch])),
        device.map_or_else(other, |found| found.device.as_ref().into()),
        system.map_or_else(other, |found| found.os.as_ref().into()),
        system.map_or_else(Box::default, |found| {
            version([found.major.as_deref(), found.minor.as_deref(), found.patch.as_deref()])
        }),
    ])
}

fn version(parts: [Option<&str>; 3]) -> Box<str> {
    let known: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    known.join(".").into()
}

fn read_by_all(text: &str) -> Agent {
    describe(ALL.ua.extract(text), ALL.os.extract(text).as_ref(), ALL.dev.extract(text))
}

#[test]
fn the_file_says_the_same_as_yaml() {
    let yaml: serde_yaml::Mapping = serde_yaml::from_str(TEXT).expect("YAML");
    for (list, definitions) in ["user_agent_parsers", "os_parsers", "device_parsers"].iter().zip(catalogue()) {
        let items = yaml[*list].as_sequence().expect("a list");
        assert_eq!(items.len(), definitions.len(), "{list}");
        for (item, definition) in items.iter().zip(definitions) {
            let pairs = item.as_mapping().expect("a dict").iter();
            let pairs = pairs.filter_map(|(name, value)| Some((name.as_str()?, value.as_str()?)));
            assert_eq!(pairs.collect::<Vec<_>>(), definition.values);
        }
    }
}

#[test]
fn each_regex_compiles_by_itself() {
    assert!(catalogue().iter().flatten().all(|definition| UserAgentRegex::new(definition).is_some()));
}

#[test]
fn only_upper_bounds_of_three_digits_are_left_out() {
    let rewritten = |regex: &str| rewritten(regex, true);
    assert_eq!(rewritten(r"\d{0,100}a{1,200}b{1,50}"), (r"[0-9]*a+b{1,50}".to_owned(), Some(100)));
    assert_eq!(
        rewritten(r"a{0,99}b{2,100}c{0,}[.{0,100}]\{0,100}"),
        (r"a{0,99}b{2,100}c{0,}[.{0,100}]\{0,100}".to_owned(), None)
    );
}

/// A regex of the list asks for one word within 100 characters of the other.
#[test]
fn a_word_counts_only_as_near_as_the_regex_asks() {
    let far = |signs: usize| {
        format!("Mozilla/5.0 (Linux; Android 9) Fire{} Kindle{} bot/1.0", "x".repeat(signs), "é".repeat(signs))
    };
    for signs in [0, 1, 50, 99, 100, 101, 200, 300] {
        assert_eq!(read(&far(signs)), read_by_all(&far(signs)), "{signs}");
    }
}

/// Real user agents: what browsers, tools and programs send.
const AGENTS: &[&str] = &[
    "",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.6045.163 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/8.4.0",
    "python-requests/2.31.0",
    "Wget/1.21.3",
    "Go-http-client/1.1",
    "Opera/9.80 (Windows NT 6.0) Presto/2.12.388 Version/12.14",
    "Dalvik/2.1.0 (Linux; U; Android 9; Redmi Note 8 MIUI/V12.0.1.0)",
    "MICROSOFT-WEBDAV-MINIREDIR/10.0.19045",
    "Mozilla/5.0 (Linux; Android 7; \u{212a}indle Fire) \u{17f}afari",
];

#[test]
fn each_text_reads_the_same_by_the_regexes_it_may_match() {
    let cut = |text: &str| text.char_indices().step_by(3).map(|(end, _)| text[..end].to_owned()).collect::<Vec<_>>();
    let mut texts: Vec<String> = AGENTS.iter().map(|text| (*text).to_owned()).collect();
    texts.extend(AGENTS.iter().flat_map(|text| cut(text)));
    for definition in catalogue().iter().flatten() {
        for literal in definition.needed.iter().flatten().take(4) {
            let literal = literal.text;
            texts.push(literal.to_owned());
            texts.push(format!(
                "Mozilla/5.0 (Linux; Android 13; {literal} Build/1) {}/1.2.3 Safari",
                literal.to_uppercase()
            ));
        }
        // The pattern itself, without its signs, has the words in the case that they are asked for.
        let words = definition
            .get("regex")
            .unwrap_or_default()
            .replace(['\\', '(', ')', '?', '^', '$', ':', '[', ']', '+', '*'], "");
        texts.push(format!("{words} 1.2 {}", fold(&words)));
        texts.extend(words.split('|').take(40).map(|word| format!("{word}/7.8.9")));
    }
    assert!(texts.len() > 10_000, "{} texts", texts.len());
    let mut known = 0;
    for text in &texts {
        let agent = read(text);
        assert_eq!(agent, read_by_all(text), "{text}");
        known += usize::from(&*agent.0[0] != "Other");
    }
    assert!(known > 1_000, "of {} texts {known} are known", texts.len());
}

/// What the first event with a user agent costs is the compilation of its candidates.
#[test]
fn a_text_may_match_few_of_the_regexes() {
    for agent in AGENTS {
        let folded = Folded::new(agent);
        let candidates = catalogue().iter().flatten().filter(|definition| folded.may_match(&definition.needed)).count();
        assert!(candidates <= 24, "{candidates} for {agent}");
    }
}
