//! Raw output on its way to the reader: bytes as they are, or line by line with times; gaps are said.

use longhaul_api::OutputPiece;

use super::screen::Screen;
use super::times::local_time;
use crate::failure::Failure;

/// Where the pieces of an output go.
#[derive(Debug, Clone)]
pub(crate) struct Records {
    screen: Screen,
    /// Whether pieces of standard error go to our standard error.
    splits_streams: bool,
    has_times: bool,
    is_json: bool,
    is_at_line_start: bool,
}

impl Records {
    /// Everything to standard output, in order of arrival.
    pub(crate) fn together(screen: Screen, has_times: bool) -> Self {
        Self {
            screen,
            splits_streams: false,
            has_times,
            is_json: false,
            is_at_line_start: true,
        }
    }

    /// Each piece as a line of JSON.
    pub(crate) fn json(screen: Screen) -> Self {
        Self {
            is_json: true,
            ..Self::together(screen, false)
        }
    }

    /// Each stream to its own descriptor, as if the program ran here; what is said about gaps goes to standard error.
    pub(crate) fn apart(screen: Screen) -> Self {
        Self {
            splits_streams: true,
            ..Self::together(screen, false)
        }
    }

    /// Writes pieces in their order.
    pub(crate) fn write(&mut self, pieces: &[OutputPiece]) -> Result<(), Failure> {
        if self.is_json {
            return pieces.iter().try_for_each(|piece| self.screen.json(piece));
        }
        for piece in pieces {
            let bytes = self.shown(piece);
            // Nothing of ours may stand between the program's own bytes.
            let is_ours = piece.bytes().is_none();
            if self.splits_streams && (is_ours || piece.stream == "stderr") {
                self.screen.error_bytes(&bytes);
            } else {
                self.screen.bytes(&bytes)?;
            }
        }
        Ok(())
    }

    /// The piece as it is written.
    fn shown(&mut self, piece: &OutputPiece) -> Vec<u8> {
        let Some(bytes) = piece.bytes() else {
            return self.gap(piece.dropped_bytes);
        };
        let shown = if self.has_times {
            self.timed(&bytes, piece)
        } else {
            bytes
        };
        if let Some(last) = shown.last() {
            self.is_at_line_start = *last == b'\n';
        }
        shown
    }

    fn gap(&mut self, dropped_bytes: u64) -> Vec<u8> {
        if dropped_bytes == 0 {
            return Vec::new();
        }
        let start = if self.is_at_line_start { "" } else { "\n" };
        self.is_at_line_start = true;
        format!("{start}[… {dropped_bytes} bytes not kept …]\n").into_bytes()
    }

    fn timed(&self, bytes: &[u8], piece: &OutputPiece) -> Vec<u8> {
        let mut timed = Vec::with_capacity(bytes.len() + 32);
        let mut is_at_line_start = self.is_at_line_start;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if is_at_line_start {
                timed.extend_from_slice(local_time(piece.at).as_bytes());
                timed.push(b' ');
            }
            timed.extend_from_slice(line);
            is_at_line_start = line.ends_with(b"\n");
        }
        timed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn piece(stream: &str, text: Option<&str>, dropped_bytes: u64) -> OutputPiece {
        use base64::Engine;
        OutputPiece {
            offset: 0,
            stream: stream.to_owned(),
            at: Timestamp::UNIX_EPOCH,
            data_base64: text.map(|text| base64::engine::general_purpose::STANDARD.encode(text)),
            dropped_bytes,
        }
    }

    fn shown(mut records: Records, pieces: &[OutputPiece]) -> String {
        let bytes: Vec<u8> = pieces.iter().flat_map(|piece| records.shown(piece)).collect();
        String::from_utf8(bytes).expect("the samples are text")
    }

    #[test]
    fn a_gap_gets_a_line_of_its_own() {
        let pieces = [
            piece("stdout", Some("ab"), 0),
            piece("stdout", None, 123),
            piece("stdout", Some("cd\n"), 0),
        ];
        let shown = shown(Records::together(Screen::new(true), false), &pieces);
        assert_eq!(shown, "ab\n[… 123 bytes not kept …]\ncd\n");
    }

    #[test]
    fn a_line_in_two_pieces_gets_one_time() {
        let pieces = [piece("stdout", Some("a"), 0), piece("stdout", Some("b\nc\n"), 0)];
        let shown = shown(Records::together(Screen::new(true), true), &pieces);
        let ends: Vec<_> = shown
            .lines()
            .map(|line| line.rsplit(' ').next().unwrap_or_default())
            .collect();
        assert_eq!(ends, ["ab", "c"]);
        assert!(shown.lines().all(|line| line.contains(':')), "{shown}");
    }
}
