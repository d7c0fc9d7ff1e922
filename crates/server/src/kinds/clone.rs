//! `clone`: `git clone`.

use std::path::{Path, PathBuf};

use longhaul_api::{self as api, SubmitRequest};
use longhaul_model::{Work, without_credentials};
use serde_json::json;

use super::{KindWords, Object, object};
use crate::fields::{Read, WordsError};

pub(super) struct Clone;

impl KindWords for Clone {
    fn fields(&self) -> &'static [&'static str] {
        &["url", "dir", "pty", "leftovers", "stdin", "stdin_base64", "stdin_file"]
    }

    fn read(&self, request: &SubmitRequest) -> Read<Work> {
        let Some(url) = &request.url else {
            return Err(WordsError::new("a clone needs the field `url`"));
        };
        if url.trim().is_empty() {
            return Err(WordsError::new("the URL to clone is empty"));
        }
        without_secret_parameters(url)?;
        let dir = match &request.dir {
            Some(dir) if !dir.is_empty() => dir.clone(),
            Some(_) => return Err(WordsError::new("dir is empty")),
            None => folder_named_by(url)?,
        };
        Ok(Work::Clone {
            url: url.clone(),
            dir: joined(&request.cwd, &dir),
        })
    }

    fn show(&self, work: &Work, shown: &mut api::Task) -> Object {
        if let Work::Clone { url, dir } = work {
            shown.url = Some(without_credentials(url));
            shown.dir = Some(dir.clone());
        }
        object([("url", json!(shown.url)), ("dir", json!(shown.dir))])
    }
}

/// The folder `git clone` would make for this URL: its last segment without `.git`.
fn folder_named_by(url: &str) -> Read<String> {
    let shown = without_credentials(url);
    let path = shown.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let path = path.strip_suffix("/.git").unwrap_or(path).trim_end_matches('/');
    let host_ends = path.find("://").map_or(0, |scheme| scheme + 3);
    let last = path[host_ends..].rsplit(['/', ':']).next().unwrap_or_default();
    let name = last.strip_suffix(".git").unwrap_or(last);
    if name.is_empty() || name == "." || name == ".." || name.contains('\0') {
        return Err(
            WordsError::new(format!("`{shown}` does not say how to name the folder"))
                .with_hint("name it: `longhaul clone URL DIR`, over HTTP the field `dir`"),
        );
    }
    Ok(name.to_owned())
}

/// Git repeats a URL's query in what it prints, where nobody could cut a secret out again.
fn without_secret_parameters(url: &str) -> Read<()> {
    const SECRET: [&str; 6] = ["token", "secret", "password", "passwd", "auth", "key"];
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    match names
        .map(str::to_ascii_lowercase)
        .find(|name| SECRET.iter().any(|word| name.contains(word)))
    {
        Some(name) => Err(WordsError::new(format!(
            "the parameter `{name}` of the URL to clone looks like a credential, and git would print it"
        ))
        .with_hint("write it before the host, as in https://user:token@host/project.git")),
        None => Ok(()),
    }
}

/// The path from `cwd`, without `.` and doubled slashes. `..` stays: after a link only the system can resolve it.
fn joined(cwd: &str, path: &str) -> String {
    let path: PathBuf = Path::new(cwd).join(path).components().collect();
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clone(url: &str, dir: Option<&str>) -> Result<String, String> {
        let request = SubmitRequest {
            kind: longhaul_model::TaskKind::Clone.into(),
            url: Some(url.to_owned()),
            dir: dir.map(str::to_owned),
            cwd: "/w/".to_owned(),
            ..SubmitRequest::default()
        };
        match Clone.read(&request) {
            Ok(work) => Ok(work.makes_folder().unwrap_or_default().to_owned()),
            Err(refused) => Err(refused.message),
        }
    }

    #[test]
    fn a_clone_without_a_folder_is_named_after_its_url() {
        for (url, dir) in [
            ("https://me:pw@host/a/b.git", "/w/b"),
            ("https://host/a/b/", "/w/b"),
            ("git@host:a/b.git", "/w/b"),
            ("host:b", "/w/b"),
            ("/srv/b/.git", "/w/b"),
            ("../b.git/", "/w/b"),
        ] {
            assert_eq!(clone(url, None).as_deref(), Ok(dir), "{url}");
        }
        assert_eq!(clone("https://host/b", Some("x/y")).as_deref(), Ok("/w/x/y"));
        assert_eq!(clone("https://host/b", Some("/x")).as_deref(), Ok("/x"));
        assert_eq!(clone("https://host/b", Some(".")).as_deref(), Ok("/w"));
        assert_eq!(clone("https://host/b", Some("./x//y/")).as_deref(), Ok("/w/x/y"));
    }

    #[test]
    fn a_url_with_a_token_in_its_query_is_refused_without_repeating_it() {
        let refused = clone("https://host/b.git?private_token=hunter2", None).expect_err("git would print it");
        assert!(
            !refused.contains("hunter2") && refused.contains("private_token"),
            "{refused}"
        );
        assert!(clone("https://host/?p=b.git&a=summary", Some("b")).is_ok());
    }

    #[test]
    fn a_refused_url_is_named_without_its_password() {
        let refused = clone("https://me:hunter2@/", None).expect_err("it names no folder");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}
