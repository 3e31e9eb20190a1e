//! The engine in a browser's worker: questions and answers of the page as bytes in this module's memory.
//!
//! A caller makes room for a question with [`question`] and writes its bytes there, lets it be answered with [`answer`], and reads as
//! many bytes as that returns at [`answered`]. No crate of bindings is needed for that, and no tool of theirs.
//!
//! Why so: `docs/decisions/0182`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use weir_studio::Studio;

/// All that there is: a worker has one thread, and one page.
#[derive(Default)]
struct Worker {
    studio: Studio,
    question: Vec<u8>,
    answer: String,
}

static WORKER: Mutex<Option<Worker>> = Mutex::new(None);

fn with<T>(work: impl FnOnce(&mut Worker) -> T) -> T {
    let mut worker: MutexGuard<'_, Option<Worker>> = WORKER.lock().unwrap_or_else(PoisonError::into_inner);
    work(worker.get_or_insert_default())
}

/// Makes room for a question of so many bytes and tells where. The room is good until the next call of this module.
#[expect(unsafe_code, reason = "the name is called from outside; no other symbol of a module for browsers has it")]
#[unsafe(no_mangle)]
pub extern "C" fn question(length: usize) -> *mut u8 {
    with(|worker| {
        worker.question.clear();
        worker.question.resize(length, 0);
        worker.question.as_mut_ptr()
    })
}

/// Answers the question that was written, and tells how many bytes the answer has.
#[expect(unsafe_code, reason = "as above")]
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> usize {
    with(|worker| {
        worker.answer = worker.studio.answer(&worker.question);
        worker.answer.len()
    })
}

/// Where the answer is. Its bytes are good until the next call of [`answer`].
#[expect(unsafe_code, reason = "as above")]
#[unsafe(no_mangle)]
pub extern "C" fn answered() -> *const u8 {
    with(|worker| worker.answer.as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_from_the_bytes_that_were_written() {
        with(|worker| worker.question = br#"{"ask":"check"}"#.to_vec());
        let length = answer();
        with(|worker| {
            assert_eq!(worker.answer, r#"{"forgotten":true}"#);
            assert_eq!(length, worker.answer.len());
        });
        assert!(!answered().is_null() && !question(7).is_null());
        with(|worker| assert_eq!(worker.question, [0; 7]));
    }
}
