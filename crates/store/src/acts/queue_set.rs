//! Setting limits and pauses. They survive a restart.

/// What changes about one queue; what is left out stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueChange {
    /// How many of its tasks may run at once; an inner nothing takes its limit away.
    pub limit: Option<Option<u32>>,
    /// Whether dispatching from it is stopped.
    pub paused: Option<bool>,
}

/// What changes about all queues together; what is left out stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LimitsChange {
    /// How many tasks may run at once over all queues; an inner nothing takes the limit away.
    pub total: Option<Option<u32>>,
    /// Whether dispatching is stopped everywhere.
    pub paused: Option<bool>,
}
