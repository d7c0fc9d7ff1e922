//! What an idempotency key is bound to: a digest of the request.

use longhaul_api::SubmitRequest;

/// A digest of what is asked: equal for equal requests, whatever order or white space they were written in, and the
/// same in every version. Environment and umask belong to the submitter's shell and not to the request.
pub(crate) fn digest(request: &SubmitRequest) -> String {
    let compared = SubmitRequest {
        environment: None,
        umask: None,
        ..request.clone()
    };
    let text = serde_json::to_string(&compared).expect("invariant: a request is JSON, it came as such");
    format!("{:032x}", fnv_1a_128(text.as_bytes()))
}

/// FNV-1a in 128 bits (IETF draft-eastlake-fnv). It guards against mistakes, not against an attacker: whoever chooses
/// the key chooses the body too.
fn fnv_1a_128(bytes: &[u8]) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes
        .iter()
        .fold(BASIS, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        digest(&serde_json::from_str(text).expect("a request"))
    }

    #[test]
    fn order_space_and_environment_do_not_count() {
        let one = of(r#"{"kind":"command","command":["true"],"cwd":"/w","environment":{"A":"1"}}"#);
        let other = of(r#"{ "cwd": "/w", "command": ["true"], "kind": "command", "umask": 18 }"#);
        assert_eq!(one, other);
        assert_ne!(one, of(r#"{"kind":"command","command":["true"],"cwd":"/x"}"#));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv_1a_128(b""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fnv_1a_128(b"a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }
}
