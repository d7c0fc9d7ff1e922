//! What the page may load and run: its own files, and the scripts in its HTML by their hashes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The content security policy of this HTML.
pub(super) fn policy(html: &str) -> String {
    let hashes: String = inline_scripts(html)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    // Styles may stand in attributes (a bar's width, a row's place); a style runs nothing.
    format!(
        "default-src 'self'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The texts of the scripts that stand in the HTML itself.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let at = rest.find("<script")?;
            let (attributes, inside) = rest[at + "<script".len()..].split_once('>')?;
            let end = inside.find("</script")?;
            rest = &inside[end..];
            if !attributes.contains("src=") {
                return Some(&inside[..end]);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_inline_script_is_allowed_by_its_hash_and_nothing_else_is() {
        let html = "<script src=\"/a.js\"></script><body><script type=\"module\">\n\tgo()\n</script><script>x</script>";
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["\n\tgo()\n", "x"]);
        let policy = policy(html);
        // printf x | openssl dgst -sha256 -binary | base64
        assert!(
            policy.contains("'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='"),
            "{policy}"
        );
        let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src"));
        assert!(!scripts.expect("it has one").contains("unsafe"));
        assert_eq!(inline_scripts("<script>never closed").count(), 0);
    }
}
