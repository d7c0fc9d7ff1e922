//! One file of the page as an answer: in the form that is accepted, from the cache if it is there, or `index.html` for
//! an address that only the page itself understands.

use std::borrow::Cow;

use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use longhaul_api::ErrorCode;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::encoding::accepted_forms;
use super::media_type::media_type;
use super::policy::policy;
use crate::problem::Failure;

/// What `cargo xtask page` built. A debug build reads the folder each time, so that work on the page shows at once.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/build"]
#[allow_missing = true]
struct Built;

/// What stands in for it.
const UNBUILT: &str = include_str!("unbuilt.html");
const INDEX: &str = "index.html";
/// What the page's build names after its content, and so never changes.
const IMMUTABLE: &str = "_app/immutable/";

/// Answers what is at no address of the API: with a file of the page, or with the page for an address of its own.
pub(crate) async fn page_or_nothing(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path == "/api" || path.starts_with("/api/") {
        return nothing_at(path);
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        let detail = format!("{path} does not take {method}");
        return Failure::new(ErrorCode::MethodNotAllowed, detail).into_response();
    }
    let Some(name) = plain_name(path) else {
        return nothing_at(path);
    };
    if !name.is_empty()
        && let Some(response) = file(name, &headers)
    {
        return response;
    }
    if name.is_empty() || is_address_of_the_page(name, &headers) {
        return index(&headers);
    }
    nothing_at(path)
}

fn nothing_at(path: &str) -> Response {
    Failure::new(ErrorCode::NotFound, format!("there is nothing at {path}"))
        .with_hint("/api/v1/openapi.json lists all addresses")
        .into_response()
}

/// The name of the file that the path means; nothing if it could mean anything but a plain name below the page.
fn plain_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix('/')?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~+@".contains(c);
    let name = name.strip_suffix('/').unwrap_or(name);
    let is_inside = path == "/" || name.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
    (is_inside && name.chars().all(is_plain)).then_some(name)
}

/// Whether the page itself knows what to show there: its addresses have no ending, and people ask for HTML.
fn is_address_of_the_page(name: &str, headers: &HeaderMap) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    !last.contains('.') && accepted.is_none_or(|accepted| accepted.contains("text/html") || accepted.contains("*/*"))
}

fn index(headers: &HeaderMap) -> Response {
    file(INDEX, headers).unwrap_or_else(|| {
        let answer = (
            [(CONTENT_TYPE, media_type(INDEX)), (CACHE_CONTROL, "no-cache")],
            UNBUILT,
        );
        with_policy(answer.into_response(), UNBUILT)
    })
}

/// The file of this name; nothing if there is none. Its compressed forms have no address of their own.
fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    let is_form = name.ends_with(".br") || name.ends_with(".gz");
    let plain = Built::get(name).filter(|_| !is_form)?;
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let compressed = accepted_forms(accepted.unwrap_or_default())
        .find_map(|form| Some((Built::get(&format!("{name}{}", form.suffix))?, Some(form.word))));
    let html = (name == INDEX || name.ends_with(".html")).then(|| plain.data.clone());
    let (chosen, encoding) = compressed.unwrap_or((plain, None));
    let mut response = body(name, chosen, encoding, headers);
    if let Some(html) = html {
        response = with_policy(response, &String::from_utf8_lossy(&html));
    }
    Some(response)
}

fn body(name: &str, chosen: EmbeddedFile, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let tag = tag_of(&chosen);
    let is_known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let data = match chosen.data {
            Cow::Borrowed(embedded) => bytes::Bytes::from_static(embedded),
            Cow::Owned(read) => read.into(),
        };
        ([(CONTENT_TYPE, media_type(name))], data).into_response()
    };
    let kept = if name.starts_with(IMMUTABLE) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let set = response.headers_mut();
    set.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    set.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    set.extend(encoding.map(|word| (CONTENT_ENCODING, HeaderValue::from_static(word))));
    set.extend(HeaderValue::from_str(&tag).ok().map(|tag| (ETAG, tag)));
    response
}

/// Each form of a file has its own.
fn tag_of(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let digits: String = hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

fn with_policy(mut response: Response, html: &str) -> Response {
    let policy = HeaderValue::from_str(&policy(html)).expect("invariant: hashes are plain letters");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_below_the_page_are_looked_for() {
        for (path, name) in [
            ("/", ""),
            ("/a.js", "a.js"),
            ("/tasks/12", "tasks/12"),
            ("/tasks/", "tasks"),
        ] {
            assert_eq!(plain_name(path), Some(name), "{path}");
        }
        for path in [
            "",
            "a",
            "//a",
            "/../a",
            "/a/../b",
            "/.git/config",
            "/a//b",
            "/%2e%2e/a",
            "/..%2f..%2fetc",
            "/a\\b",
            "/a//",
        ] {
            assert_eq!(plain_name(path), None, "{path}");
        }
    }

    #[test]
    fn addresses_without_ending_are_the_pages_and_files_are_not() {
        let asking = |accept: &'static str| HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
        assert!(is_address_of_the_page("tasks/12", &asking("text/html,*/*;q=0.8")));
        assert!(is_address_of_the_page("lanes", &HeaderMap::new()));
        assert!(!is_address_of_the_page("lanes", &asking("application/json")));
        assert!(!is_address_of_the_page("_app/old.js", &asking("*/*")));
    }
}
