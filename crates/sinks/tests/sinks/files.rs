//! What is in the files of a sink, as others see them.

use crate::sim::Sim;
use crate::source::Source;
use std::collections::BTreeMap;
use std::io::Read;

/// How often each event is in the files that are visible, by its number.
pub fn events(sim: &Sim) -> BTreeMap<usize, usize> {
    let mut events = BTreeMap::new();
    for name in sim.all_names().into_iter().filter(|name| is_visible(name)) {
        let content = sim.content(&name).unwrap_or_default();
        for line in lines(&name, &content) {
            *events.entry(Source::number(&line)).or_default() += 1;
        }
    }
    events
}

/// Notes and parts are the sink's own.
pub fn is_visible(name: &str) -> bool {
    !name.starts_with('.') && !name.starts_with("cuts")
}

/// The events of a file, each as JSON.
pub fn lines(name: &str, content: &[u8]) -> Vec<String> {
    let mut text = String::new();
    let read = match name.rsplit('.').next() {
        Some("gz") => flate2::read::MultiGzDecoder::new(content).read_to_string(&mut text),
        Some("zst") => zstd::Decoder::new(content).and_then(|mut decoder| decoder.read_to_string(&mut text)),
        #[cfg(feature = "parquet")]
        Some("parquet") => return rows(name, content),
        _ => (&mut &*content).read_to_string(&mut text),
    };
    read.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(text.ends_with('\n'), "{name} ends in the middle of a line");
    text.lines().map(str::to_owned).collect()
}

/// The column `rest`: no format has fields here.
#[cfg(feature = "parquet")]
fn rows(name: &str, content: &[u8]) -> Vec<String> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let file = SerializedFileReader::new(bytes::Bytes::copy_from_slice(content))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let rows = file.get_row_iter(None).unwrap_or_else(|error| panic!("{name}: {error}"));
    let rest = |row: parquet::errors::Result<parquet::record::Row>| row.and_then(|row| row.get_string(0).cloned());
    rows.map(|row| rest(row).unwrap_or_else(|error| panic!("{name}: {error}"))).collect()
}
