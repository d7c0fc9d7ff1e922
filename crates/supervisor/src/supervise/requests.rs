//! What the outside wants of us: a stop asked for by the daemon, or our own end by anyone else.

use crate::clock;
use crate::document::ReadError;
use crate::folder::AttemptFolder;
use crate::receipt::StopSeen;
use crate::signal::Signal;
use crate::stop_request::StopRequest;
use crate::supervise::signals::Signals;

/// Everything asked so far. The first stop counts.
#[derive(Debug)]
pub(super) struct Requests {
    signals: Signals,
    stop: Option<(StopRequest, StopSeen)>,
    told_to_end: Option<Signal>,
    told_again: bool,
    look: bool,
}

impl Requests {
    pub(super) fn new(signals: Signals) -> Self {
        Self {
            signals,
            stop: None,
            told_to_end: None,
            told_again: false,
            look: true,
        }
    }

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Takes the signals that have arrived. Whether a child has ended is found by waiting for one, not here.
    pub(super) fn take_signals(&mut self) {
        while let Some(signal) = self.signals.take() {
            if signal == Signal::USR1 {
                self.look = true;
            } else if signal != Signal::CHLD {
                self.told_again |= self.told_to_end.is_some();
                self.told_to_end.get_or_insert(signal);
            }
        }
    }

    /// Reads the request to stop if there may be one.
    pub(super) fn look(&mut self, attempt: &AttemptFolder) {
        if !std::mem::take(&mut self.look) || self.stop.is_some() {
            return;
        }
        let request = match attempt.stop_request() {
            Ok(None) => return,
            Ok(Some(request)) => request,
            Err(ReadError::Io { .. }) => {
                self.look = true;
                return;
            }
            // Somebody meant to stop us, though how cannot be read.
            Err(error) => StopRequest::new("unknown", Some(error.to_string()), clock::wall_us()),
        };
        let seen = StopSeen {
            by: request.by.clone(),
            reason: request.reason.clone(),
            received_at_us: clock::wall_us(),
        };
        self.stop = Some((request, seen));
    }

    /// Look again before the next step, signal or not.
    pub(super) fn look_again(&mut self) {
        self.look = true;
    }

    pub(super) fn stop(&self) -> Option<&StopRequest> {
        self.stop.as_ref().map(|(request, _)| request)
    }

    pub(super) fn stop_seen(&self) -> Option<&StopSeen> {
        self.stop.as_ref().map(|(_, seen)| seen)
    }

    /// The signal by which somebody told the supervisor itself to end.
    pub(super) fn told_to_end(&self) -> Option<Signal> {
        self.told_to_end
    }

    /// Whether that was said more than once: then nothing is waited for any more.
    pub(super) fn told_again(&self) -> bool {
        self.told_again
    }
}
