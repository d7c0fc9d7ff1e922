//! Cuts a stream of bytes into lines, in constant memory.
//!
//! A line ends at byte 0x0A and nowhere else: agents write U+2028, U+0085 and carriage returns raw inside their JSON.
//! Not this module's business: what a line means.

/// The longest line that is looked into. Lines of 2 MB are real; beyond this one is passed over, and its size is told.
pub(crate) const LONGEST_LINE_BYTES: usize = 32 << 20;

/// How much of a line that is not looked into is kept for people.
const HEAD_BYTES: usize = 4 << 10;

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FramedLine<'a> {
    /// A whole line, without its end.
    Line {
        /// Where it begins.
        offset: u64,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// A line that cannot be read: too long, or a part of it is missing.
    Broken {
        /// Where what there is of it begins.
        offset: u64,
        /// How long it is, as far as it is known.
        size_bytes: u64,
        /// How it begins.
        head: &'a [u8],
    },
    /// Bytes are missing here.
    Gap {
        /// Where they would begin.
        offset: u64,
        /// How many.
        size_bytes: u64,
    },
}

/// Cuts a stream of bytes into lines.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The longest line that is kept whole.
    longest_bytes: usize,
    /// What there is of the current line: all of it, or its head if it is broken.
    partial: Vec<u8>,
    /// Where the current line begins.
    begins_at: u64,
    /// How much of the current line has come.
    size_bytes: u64,
    /// Whether the current line can no longer be read.
    is_broken: bool,
}

impl Lines {
    /// At the beginning of a stream; no line longer than this is kept whole.
    pub(crate) fn new(longest_bytes: usize) -> Self {
        Self {
            longest_bytes,
            partial: Vec::new(),
            begins_at: 0,
            size_bytes: 0,
            is_broken: false,
        }
    }

    /// Takes the next bytes, which begin at `offset`, and hands out every line they complete.
    pub(crate) fn feed(&mut self, offset: u64, bytes: &[u8], mut each: impl FnMut(FramedLine<'_>)) {
        let expected = self.begins_at + self.size_bytes;
        let mut bytes = bytes;
        if offset > expected {
            self.break_line();
            self.end_line(&mut each);
            each(FramedLine::Gap {
                offset: expected,
                size_bytes: offset - expected,
            });
            self.begins_at = offset;
            // Whether a line begins just here cannot be known: what comes before the next end is taken for a rest.
            self.is_broken = true;
        } else if offset < expected {
            // Bytes that came already.
            let again = usize::try_from(expected - offset).unwrap_or(usize::MAX);
            bytes = bytes.get(again..).unwrap_or(&[]);
        }
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            bytes = &rest[1..];
            if self.size_bytes == 0 && !self.is_broken && line.len() <= self.longest_bytes {
                // The common case: nothing is copied.
                each(FramedLine::Line {
                    offset: self.begins_at,
                    bytes: line,
                });
                self.begins_at += line.len() as u64;
            } else {
                self.take(line);
                self.end_line(&mut each);
            }
            self.begins_at += 1;
        }
        self.take(bytes);
    }

    /// The stream is over: what is left counts as a line.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(FramedLine<'_>)) {
        self.end_line(&mut each);
    }

    fn take(&mut self, bytes: &[u8]) {
        self.size_bytes += bytes.len() as u64;
        if !self.is_broken && self.partial.len() + bytes.len() > self.longest_bytes {
            self.break_line();
        }
        if self.is_broken {
            let room = HEAD_BYTES.saturating_sub(self.partial.len());
            self.partial.extend_from_slice(&bytes[..bytes.len().min(room)]);
        } else {
            self.partial.extend_from_slice(bytes);
        }
    }

    fn break_line(&mut self) {
        self.is_broken = true;
        self.partial.truncate(HEAD_BYTES);
        self.partial.shrink_to_fit();
    }

    /// Hands out the current line, if there is one, and begins the next one behind it.
    fn end_line(&mut self, each: &mut impl FnMut(FramedLine<'_>)) {
        if self.size_bytes > 0 {
            let (offset, bytes) = (self.begins_at, self.partial.as_slice());
            each(match self.is_broken {
                true => FramedLine::Broken {
                    offset,
                    size_bytes: self.size_bytes,
                    head: bytes,
                },
                false => FramedLine::Line { offset, bytes },
            });
        }
        self.begins_at += self.size_bytes;
        self.size_bytes = 0;
        self.is_broken = false;
        self.partial.clear();
        // One long line does not keep its memory for the rest of the run.
        self.partial.shrink_to(64 << 10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: &[(u64, &[u8])], longest_bytes: usize) -> Vec<String> {
        let mut lines = Lines::new(longest_bytes);
        let mut found = Vec::new();
        let mut each = |what: FramedLine<'_>| {
            found.push(match what {
                FramedLine::Line { offset, bytes } => format!("{offset}:{}", String::from_utf8_lossy(bytes)),
                FramedLine::Broken {
                    offset,
                    size_bytes,
                    head,
                } => {
                    format!("{offset}!{size_bytes}:{}", String::from_utf8_lossy(head))
                }
                FramedLine::Gap { offset, size_bytes } => format!("{offset}?{size_bytes}"),
            });
        };
        for (offset, bytes) in pieces {
            lines.feed(*offset, bytes, &mut each);
        }
        lines.finish(&mut each);
        found
    }

    #[test]
    fn lines_end_at_line_feeds_alone() {
        let text = "a\u{2028}b\u{85}c\rd\ne\n".as_bytes();
        assert_eq!(cut(&[(0, text)], 100), ["0:a\u{2028}b\u{85}c\rd", "11:e"]);
    }

    #[test]
    fn pieces_may_be_cut_anywhere() {
        let text = b"one\n\ntwo\nthree";
        let whole = cut(&[(0, text)], 100);
        assert_eq!(whole, ["0:one", "4:", "5:two", "9:three"]);
        for at in 0..=text.len() {
            let kept: Vec<String> = whole.iter().filter(|line| *line != "4:").cloned().collect();
            let pieces = cut(&[(0, &text[..at]), (at as u64, &text[at..])], 100);
            assert_eq!(
                pieces.into_iter().filter(|line| line != "4:").collect::<Vec<_>>(),
                kept,
                "cut at {at}"
            );
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_told_with_its_size_and_the_next_one_is_whole() {
        let mut lines = Lines::new(10);
        let mut found = Vec::new();
        for piece in 0..1000_u64 {
            lines.feed(piece * 100, &[b'x'; 100], |_| unreachable!("no line ends here"));
            assert!(
                lines.partial.capacity() <= 2 * HEAD_BYTES,
                "{}",
                lines.partial.capacity()
            );
        }
        lines.feed(100_000, b"\nnext\n", |what| {
            found.push(match what {
                FramedLine::Line { offset, bytes } => (offset, bytes.len() as u64),
                FramedLine::Broken { offset, size_bytes, .. } => (offset, size_bytes),
                FramedLine::Gap { .. } => unreachable!("nothing is missing"),
            });
        });
        assert_eq!(found, [(0, 100_000), (100_001, 4)]);
        assert_eq!(cut(&[(0, b"0123456789a\nb\n")], 10), ["0!11:0123456789a", "12:b"]);
    }

    #[test]
    fn a_gap_breaks_the_lines_on_both_its_sides() {
        assert_eq!(
            cut(&[(0, b"one\ntw"), (20, b"rest\nnext\n")], 100),
            ["0:one", "4!2:tw", "6?14", "20!4:rest", "25:next"]
        );
        assert_eq!(
            cut(&[(0, b"one\n"), (20, b"\nnext\n")], 100),
            ["0:one", "4?16", "21:next"]
        );
    }

    #[test]
    fn bytes_that_come_again_are_passed_over() {
        assert_eq!(cut(&[(0, b"one\ntw"), (2, b"e\ntwo\n")], 100), ["0:one", "4:two"]);
    }
}
