//! Completes the index of a program that wrote for itself, after its supervisor was killed.

use std::io;
use std::path::Path;

use super::{INDEX, Stream, Writer};
use crate::document::ReadError;
use crate::spec::{Capture, Spec};

/// Notes what the files have grown by since the supervisor last looked. The tree must be gone, the lock held.
pub(crate) fn seal(folder: &Path, spec: &Spec) -> Result<(), ReadError> {
    if spec.capture != Capture::File {
        return Ok(());
    }
    let index = folder.join(INDEX);
    // Its time stays what it was: it tells how long the supervisor is known to have lived.
    let last_written = std::fs::metadata(&index).and_then(|metadata| metadata.modified()).ok();
    let mut writer = Writer::reopen(folder, spec.output_cap)?;
    for stream in Stream::ALL {
        let path = folder.join(stream.file_name());
        let length = match std::fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(ReadError::io(&path, error)),
        };
        writer
            .note_growth(stream, length)
            .map_err(|error| ReadError::io(&path, error))?;
    }
    writer.sync().map_err(|error| ReadError::io(folder, error))?;
    if let Some(last_written) = last_written {
        let restore = || {
            std::fs::File::options()
                .write(true)
                .open(&index)?
                .set_modified(last_written)
        };
        restore().map_err(|error| ReadError::io(&index, error))?;
    }
    Ok(())
}
