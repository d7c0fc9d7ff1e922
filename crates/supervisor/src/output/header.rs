//! The first bytes of `output.index`: how much output there is and what of it is kept.
//!
//! Small enough to be written and read in one piece; a checksum tells a reader that it met a write half done, and to
//! look again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::Stream;
use crate::document::ReadError;

const MAGIC: &[u8; 8] = b"lh-outpt";
const VERSION: u32 = 1;
const FIELDS: usize = 17;
const ENCODED_BYTES: usize = 16 + FIELDS * 8 + 8;

/// Where the index's records begin.
pub(super) const HEADER_BYTES: u64 = 4096;

/// Who writes the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaptureMode {
    /// The supervisor, into head and tail.
    Copied,
    /// The program, into a file per stream.
    Direct,
}

/// How many records the index keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Geometry {
    /// From the start.
    pub(crate) head_records: u64,
    /// To the end.
    pub(crate) tail_records: u64,
}

impl Default for Geometry {
    fn default() -> Self {
        Self {
            head_records: 256 << 10,
            tail_records: 512 << 10,
        }
    }
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexHeader {
    pub(super) mode: CaptureMode,
    pub(super) geometry: Geometry,
    /// Bytes kept in `output.head`, at most.
    pub(super) head_limit: u64,
    /// Bytes kept in `output.tail`.
    pub(super) tail_limit: u64,
    /// Bytes produced, both streams together.
    pub(super) produced: u64,
    /// Of each stream.
    pub(super) lengths: [u64; 2],
    /// Where the head ended and with how many records; `None` while it is open.
    pub(super) head: Option<ClosedHead>,
    /// Records written.
    pub(super) records: u64,
    /// Where each stream's hole begins and ends in its file; empty if the two are equal.
    pub(super) holes: [Hole; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClosedHead {
    pub(super) bytes: u64,
    pub(super) records: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hole {
    pub(super) from: u64,
    pub(super) until: u64,
}

impl IndexHeader {
    pub(super) fn new(mode: CaptureMode, head_limit: u64, tail_limit: u64, geometry: Geometry) -> Self {
        Self {
            mode,
            geometry,
            head_limit,
            tail_limit,
            produced: 0,
            lengths: [0; 2],
            head: None,
            records: 0,
            holes: [Hole::default(); 2],
        }
    }

    pub(super) fn length(&self, stream: Stream) -> u64 {
        self.lengths[stream.slot()]
    }

    pub(super) fn write(&self, index: &File) -> io::Result<()> {
        index.write_all_at(&self.encode(), 0)
    }

    /// Reads the header; `None` if it has not been written yet.
    pub(super) fn read(index: &File, path: &Path) -> Result<Option<Self>, ReadError> {
        let mut reason = "";
        // A write of this size takes well under a microsecond; a checksum still wrong after this many looks is damage.
        for look in 0..200 {
            let mut bytes = [0_u8; ENCODED_BYTES];
            match index.read_exact_at(&mut bytes, 0) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    match index.metadata().map_err(|error| ReadError::io(path, error))?.len() {
                        0 => return Ok(None),
                        _ => reason = "its header is cut off",
                    }
                    continue;
                }
                Err(error) => return Err(ReadError::io(path, error)),
            }
            match Self::decode(&bytes) {
                Ok(header) => return Ok(Some(header)),
                Err(Undecodable::Version(version)) => {
                    return Err(ReadError::UnknownVersion {
                        path: path.to_owned(),
                        version: version.into(),
                    });
                }
                Err(Undecodable::Damaged(why)) => reason = why,
            }
            if look > 20 {
                std::thread::yield_now();
            }
        }
        Err(ReadError::damaged(path, reason))
    }

    fn encode(&self) -> [u8; ENCODED_BYTES] {
        let head = self.head.unwrap_or(ClosedHead {
            bytes: u64::MAX,
            records: u64::MAX,
        });
        let fields: [u64; FIELDS] = [
            self.geometry.head_records,
            self.geometry.tail_records,
            self.head_limit,
            self.tail_limit,
            self.produced,
            self.lengths[0],
            self.lengths[1],
            head.bytes,
            head.records,
            self.records,
            self.holes[0].from,
            self.holes[0].until,
            self.holes[1].from,
            self.holes[1].until,
            0,
            0,
            0,
        ];
        let mut bytes = [0; ENCODED_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&u32::from(self.mode == CaptureMode::Direct).to_le_bytes());
        for (place, field) in bytes[16..].as_chunks_mut::<8>().0.iter_mut().zip(fields) {
            *place = field.to_le_bytes();
        }
        let sum = checksum(&bytes[..ENCODED_BYTES - 8]);
        bytes[ENCODED_BYTES - 8..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8; ENCODED_BYTES]) -> Result<Self, Undecodable> {
        if &bytes[..8] != MAGIC {
            return Err(Undecodable::Damaged("it does not begin as an output index"));
        }
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let half = |at: usize| u32::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        if half(8) != VERSION {
            return Err(Undecodable::Version(half(8)));
        }
        if word(ENCODED_BYTES - 8) != checksum(&bytes[..ENCODED_BYTES - 8]) {
            return Err(Undecodable::Damaged("its header's checksum is wrong"));
        }
        let field = |number: usize| word(16 + number * 8);
        Ok(Self {
            mode: if half(12) == 0 {
                CaptureMode::Copied
            } else {
                CaptureMode::Direct
            },
            geometry: Geometry {
                head_records: field(0),
                tail_records: field(1),
            },
            head_limit: field(2),
            tail_limit: field(3),
            produced: field(4),
            lengths: [field(5), field(6)],
            head: (field(7) != u64::MAX).then(|| ClosedHead {
                bytes: field(7),
                records: field(8),
            }),
            records: field(9),
            holes: [
                Hole {
                    from: field(10),
                    until: field(11),
                },
                Hole {
                    from: field(12),
                    until: field(13),
                },
            ],
        })
    }
}

enum Undecodable {
    Damaged(&'static str),
    Version(u32),
}

/// FNV-1a over words.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .as_chunks::<8>()
        .0
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, word| {
            (sum ^ u64::from_le_bytes(*word))
                .wrapping_mul(0x0000_0100_0000_01b3)
                .rotate_left(23)
        })
}
