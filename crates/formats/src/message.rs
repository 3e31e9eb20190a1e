//! The message of a record, which is what routing and profiles look at.

use std::borrow::Cow;
use weir::Input;
use weir::json::raw;
use weir_dataset::RawRecord;

/// The message of a record as text.
pub fn message(input: Input<'_>) -> Cow<'_, str> {
    match input {
        Input::Message(bytes) => String::from_utf8_lossy(bytes),
        Input::Event(bytes) => {
            let event = String::from_utf8_lossy(bytes);
            let found = RawRecord::read(&event).ok().and_then(|event| {
                let (_, json) = event.members().find(|(name, _)| *name == "message")?;
                Some(raw::string(json).map_or_else(|_| json.to_owned(), Cow::into_owned))
            });
            Cow::Owned(found.unwrap_or_default())
        }
    }
}
