//! The thread that looks at formats, so that no answer waits for one.

use crossbeam_channel::{Receiver, Sender, unbounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use weir_author::FormatFolder;
use weir_author::assist::Assistant;

/// A format to be looked at.
pub struct Job {
    /// Its folder.
    pub root: PathBuf,
    /// Its texts.
    pub folder: FormatFolder,
}

/// A format that was looked at.
pub struct Done {
    /// Its folder.
    pub root: PathBuf,
    /// What is known of it; nothing where looking at it failed, which is a mistake of ours.
    pub assistant: Option<Arc<Assistant>>,
}

/// Starts the thread. It ends when nobody hands it jobs any more.
pub fn start() -> std::io::Result<(Sender<Job>, Receiver<Done>)> {
    let (jobs, taken) = unbounded::<Job>();
    let (tell, done) = unbounded();
    thread::Builder::new().name("formats".to_owned()).spawn(move || work(&taken, &tell))?;
    Ok((jobs, done))
}

fn work(jobs: &Receiver<Job>, tell: &Sender<Done>) {
    while let Ok(first) = jobs.recv() {
        let mut waiting = vec![first];
        waiting.extend(jobs.try_iter());
        // Of one format, only its last texts are of interest.
        let mut latest: Vec<Job> = Vec::new();
        for job in waiting.into_iter().rev() {
            if !latest.iter().any(|known| known.root == job.root) {
                latest.push(job);
            }
        }
        for Job { root, folder } in latest {
            let assistant = catch_unwind(AssertUnwindSafe(|| Arc::new(Assistant::new(folder)))).ok();
            if tell.send(Done { root, assistant }).is_err() {
                return;
            }
        }
    }
}
