//! What a worker keeps from event to event, within bounds.

use super::user_agent::Agent;
use std::collections::HashMap;
use std::sync::Arc;

/// A worker's caches. They change how fast a result comes and never the result.
#[derive(Debug, Default)]
pub struct Caches {
    agents: HashMap<Box<str>, Arc<Agent>>,
}

impl Caches {
    /// How many user agents are kept. A cache that is full starts anew: real traffic has few user agents, and traffic
    /// that has many gains nothing from a cleverer order of eviction.
    const AGENTS: usize = 4_096;
    /// The longest text that is kept, in bytes.
    const LONGEST: usize = 1_024;

    /// Empty caches.
    pub fn new() -> Self {
        Caches::default()
    }

    pub(super) fn agent(&mut self, text: &str, read: impl FnOnce(&str) -> Agent) -> Arc<Agent> {
        if let Some(agent) = self.agents.get(text) {
            return Arc::clone(agent);
        }
        let agent = Arc::new(read(text));
        if text.len() <= Self::LONGEST {
            if self.agents.len() >= Self::AGENTS {
                self.agents.clear();
            }
            self.agents.insert(text.into(), Arc::clone(&agent));
        }
        agent
    }
}
