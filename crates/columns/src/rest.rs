//! The last column: what no other takes, as a JSON object of its own, each value at its place.

use crate::value::Value;

/// The rest of one event, while it is walked through. Objects open when the first value in them comes.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    json: Vec<u8>,
    /// The keys that the walk has entered, as JSON.
    path: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// How many of them are open in `json`, behind the object around all.
    open: usize,
}

impl Rest {
    pub fn enter(&mut self, key: &str) {
        weir::json::write_text(&mut self.path, key);
        self.ends.push(self.path.len());
    }

    /// As [`Rest::enter`], given the key as JSON.
    pub fn enter_json(&mut self, key: &[u8]) {
        self.path.extend_from_slice(key);
        self.ends.push(self.path.len());
    }

    pub fn leave(&mut self) {
        if self.open == self.ends.len() && self.open > 0 {
            self.json.push(b'}');
            self.open -= 1;
        }
        self.ends.pop();
        self.path.truncate(self.ends.last().copied().unwrap_or_default());
    }

    /// Puts a value below a key of the innermost object.
    pub fn put(&mut self, key: &str, value: &dyn Value) {
        if self.json.is_empty() {
            self.json.push(b'{');
        }
        while self.open < self.ends.len() {
            let start = self.open.checked_sub(1).map_or(0, |above| self.ends[above]);
            self.comma();
            self.json.extend_from_slice(&self.path[start..self.ends[self.open]]);
            self.json.extend_from_slice(b":{");
            self.open += 1;
        }
        self.comma();
        weir::json::write_text(&mut self.json, key);
        self.json.push(b':');
        value.write_json(&mut self.json);
    }

    fn comma(&mut self) {
        if self.json.last() != Some(&b'{') {
            self.json.push(b',');
        }
    }

    /// The object, where there is one; the next event begins.
    pub fn take(&mut self, with: impl FnOnce(&str)) {
        if !self.json.is_empty() {
            // Objects are still open where the walk ended early.
            self.json.extend(std::iter::repeat_n(b'}', self.open + 1));
            with(str::from_utf8(&self.json).expect("JSON was written"));
        }
        self.json.clear();
        self.path.clear();
        self.ends.clear();
        self.open = 0;
    }
}
