//! An answer of any length in which a missing piece shows.

/// A text of exactly so many bytes, every line of it numbered, so that a missing piece shows.
pub fn huge(size_bytes: usize) -> String {
    let mut text = String::with_capacity(size_bytes + 64);
    let mut number = 0_u64;
    while text.len() < size_bytes {
        text += &format!("line {number:07} of a long answer, which is kept whole\n");
        number += 1;
    }
    text.truncate(size_bytes);
    text
}
