//! What drives a sink, as the receiver does: batches from the saved position on, again and again until they are taken.

use crate::source::Source;
use std::time::Instant;
use weir_sinks::{Context, Place, Refused, Settings, Sink};

/// How often one call may fail: more is a sink that does not go on.
const PATIENCE: usize = 20;

/// A deliverer whose position outlives its processes.
pub struct Deliverer {
    pub source: Source,
    pub settings: Settings,
    pub context: Context,
    /// Saved: a process that starts begins here.
    pub position: Place,
    pub refused: Vec<Refused>,
    /// How often a call failed.
    pub failures: usize,
}

/// Why a process ended before all was done.
#[derive(Debug)]
pub struct Gone;

impl Deliverer {
    pub fn new(source: Source, settings: &str, context: Context) -> Self {
        let settings = serde_yaml::from_str(settings).unwrap_or_else(|error| panic!("{settings}: {error}"));
        Deliverer { source, settings, context, position: Place::default(), refused: Vec::new(), failures: 0 }
    }

    /// One process: delivers what is left in batches of these sizes, and stores it. `is_gone` says whether the process was killed meanwhile.
    pub fn run(&mut self, sizes: &[usize], is_gone: &dyn Fn() -> bool) -> Result<(), Gone> {
        let mut sink = self.open(is_gone)?;
        let mut place = self.position;
        let mut sizes = sizes.iter().cycle();
        while place < self.source.end() {
            let batch = self.source.batch(place, *sizes.next().expect("sizes"));
            place = self.give(&mut *sink, &batch, is_gone)?;
            self.save(&mut *sink);
        }
        self.again(&mut *sink, is_gone, |sink| sink.flush())?;
        while let Some(wanted) = sink.wants() {
            place = wanted;
            while place < self.source.end() {
                let batch = self.source.batch(place, *sizes.next().expect("sizes"));
                place = self.give(&mut *sink, &batch, is_gone)?;
            }
            self.again(&mut *sink, is_gone, |sink| sink.flush())?;
        }
        self.save(&mut *sink);
        Ok(())
    }

    fn open(&mut self, is_gone: &dyn Fn() -> bool) -> Result<Box<dyn Sink>, Gone> {
        for _ in 0..PATIENCE {
            match self.settings.open(&self.context) {
                Ok(sink) => return Ok(sink),
                Err(_) if is_gone() => return Err(Gone),
                Err(_) => self.failures += 1,
            }
        }
        panic!("the sink never opens");
    }

    /// Gives a batch until it is taken; the place where the next one begins.
    fn give(
        &mut self,
        sink: &mut dyn Sink,
        batch: &std::sync::Arc<weir_sinks::Batch>,
        is_gone: &dyn Fn() -> bool,
    ) -> Result<Place, Gone> {
        for _ in 0..PATIENCE {
            let taken = sink.write(batch).and_then(|()| sink.tick(Instant::now()));
            let Err(error) = taken else { return Ok(batch.to()) };
            if is_gone() {
                return Err(Gone);
            }
            self.failures += 1;
            assert!(!error.why.is_empty());
            if let Some(wanted) = sink.wants() {
                return Ok(wanted);
            }
        }
        panic!("the sink never takes a batch from {:?}", batch.from());
    }

    fn again(
        &mut self,
        sink: &mut dyn Sink,
        is_gone: &dyn Fn() -> bool,
        call: impl Fn(&mut dyn Sink) -> Result<(), weir_sinks::SinkError>,
    ) -> Result<(), Gone> {
        for _ in 0..PATIENCE {
            match call(sink) {
                Ok(()) => return Ok(()),
                Err(_) if is_gone() => return Err(Gone),
                Err(_) if sink.wants().is_some() => return Ok(()),
                Err(_) => self.failures += 1,
            }
        }
        panic!("the sink never stores what it has");
    }

    fn save(&mut self, sink: &mut dyn Sink) {
        self.refused.extend(sink.refused());
        self.position = self.position.max(sink.stored());
    }
}
