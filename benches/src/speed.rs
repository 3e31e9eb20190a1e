//! How fast is weir, beside what people use?
use weir_bench::contest::*;
use weir_bench::workload::*;
use weir_bench::*;
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;
fn main() -> Result<(), String> {
    let name = std::env::args().nth(1).unwrap();
    let w = Workload::open(&name, DISTINCT)?;
    w.check()?;
    let distinct = Lines::repeat(&w.records, 1);
    let mut list = vec![peers::weir(&w)];
    let ours = list[0].events(&distinct)?;
    for mut p in peers::all(&name)? {
        match p.events(&distinct).and_then(|theirs| equal::same(&ours, &theirs)) { Err(e) => println!("{}: {e}", p.name()), Ok(()) => list.push(p) }
    }
    list.extend(peers::floors::all(name != "kv"));
    let lines = Lines::repeat(&w.records, 1 << 20);
    let t = race(&mut list, &lines, 5)?;
    for (c, t) in list.iter().zip(t) {
        println!("{:<30} {:>10.0} {:>10.0} ns {:>8.1} MB/s", c.name(), t.least, t.median, lines.text.len() as f64 / lines.many as f64 / t.least * 1000.0);
    }
    Ok(())
}
