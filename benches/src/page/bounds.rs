//! What bounds the figures: written by hand, from profiles.

/// Counted by `valgrind --tool=callgrind` over `guard run access_requests`; written anew when the profile changes.
pub const BOUNDS: &str = "
## What bounds it

Wanted of Access Requests are 9 times VRL and at most 1.9 times the *parse* floor. Where the ratios above fall short, this is
why. Counted by callgrind in the release build over forty passes, less four of them
(`valgrind --tool=callgrind benches/target/release/guard run access_requests 40`), an event takes 19,600
instructions; it took 35,400, then 22,400, then 20,000. callgrind has no AVX-512, with which the message is escaped in some 1,000 fewer
([escaping](mechanisms.md#escaping-by-vectors)):

| | instructions |
|---|--:|
| expressions: two templates 3,700, three filters 1,700, paths and a value 400 | 5,800 |
| writing: the message with an escape every eight bytes 1,500, twenty other texts 1,500, what stands between them | 4,800 |
| reading JSON into slots: fifteen members | 2,700 |
| casts: addresses, a date, a number, lists, and a look at each field | 1,900 |
| inferred fields: `related.*` 700, the parts of a domain 500, addresses | 1,300 |
| dates | 400 |
| the rest: setting fields, memory, UTF-8, filters that are not there, entries | 2,700 |

10 times VRL would be some 14,000. All but the expressions takes 13,700, and so no evaluator, however fast, makes that. The rest is
flat: by perf no function but the loop itself has more than 7 % of the time. An event runs through 45 KB of code, and the first
cache holds 32; since records run in [batches](mechanisms.md#batches), that costs little: of the same run
cachegrind (`--cache-sim=yes`) counts 54 lines of code that are fetched again for each event, where it counted 650, and 222 lines of
data instead of 43. What is left under all of it: a value has three words, so that each result of an expression goes
through memory. The *parse* floor itself moves against weir by a fifth with what else the machine does: 1.96 to 2.19 times in turns
within ten minutes, the higher when all is slow.

Two threads give 1.68 to 1.87 times one (medians of five series of 9 to 20 pairs, 189 MB of Access Requests, `weir run --threads`; wanted
is 1.8); by the best turns 1.75, 1.75 and 1.82 times. Nothing waits then: both processors are busy for the whole of it, but an
event takes a fifth more CPU time on each (0.87 s user and 0.01 s system with one thread, 1.05 s and 0.04 s with two); what they share
on this machine cannot be seen from within it. Kept: room for events goes round between threads (1.71 to 1.87 in turns). Taken back: such room
for each thread apart, so that it stays in that processor's cache (1.60, where one for all made 1.85).

`weir bench specs/cloudflare/access_requests` tells instructions and allocations of each step.

What was tried, kept and removed is in [mechanisms](mechanisms.md#tried-and-removed).
Remembering what a template gave for the same few values would help half of these records: the domains of the others have
parts that hardly ever come twice.

In the 24 public grok formats where finding groups takes more than a tenth of an event's instructions (callgrind, 2026-11-29), it takes 0.45 of
them at the median and 0.83 at most: patterns of several thousand states, tried one after the other. An address of version 4, for
one, is held against eight forms of version 6 first. What was done is in
[mechanisms](mechanisms.md#patterns).
";
