//! User and password out of a URL, handed to git by a credential helper that reads them from the environment: an
//! argument would be readable by every user of the machine, and git would keep it in the new repository.
//!
//! What this is not: a store of credentials. A user name alone stays in the URL, and git asks its own helpers.

/// User and password for one host.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Login {
    /// Scheme, host and port; nothing else gets them, a host that is redirected to included.
    host: String,
    user: String,
    password: String,
}

/// What git runs to learn them. Asked to store or to forget, it does nothing.
const HELPER: &str = r#"!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$LONGHAUL_GIT_USER" "$LONGHAUL_GIT_PASSWORD"; }; f"#;

impl Login {
    /// What the URL carries; nothing if it has no password, or one that no helper could say.
    pub(super) fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next()?;
        let (credentials, host) = authority.rsplit_once('@')?;
        let (user, password) = credentials.split_once(':')?;
        let (user, password) = (decoded(user)?, decoded(password)?);
        // A helper answers in lines.
        let is_one_line = |text: &str| !text.contains(['\n', '\r', '\0']);
        (is_one_line(&user) && is_one_line(&password)).then(|| Self {
            host: format!("{scheme}://{host}"),
            user,
            password,
        })
    }

    /// What git is told before its subcommand: no helper but ours, and that only for this host.
    pub(super) fn options(&self) -> [String; 4] {
        [
            "-c".to_owned(),
            "credential.helper=".to_owned(),
            "-c".to_owned(),
            format!("credential.{}.helper={HELPER}", self.host),
        ]
    }

    /// What the helper reads.
    pub(super) fn environment(&self) -> [(&'static str, String); 2] {
        [
            ("LONGHAUL_GIT_USER", self.user.clone()),
            ("LONGHAUL_GIT_PASSWORD", self.password.clone()),
        ]
    }
}

/// A part of a URL with its `%41` made letters (RFC 3986, 2.1); nothing if they make no text.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_leaves_the_url_and_nothing_else_does() {
        let login = Login::of("https://me:p%40ss:w%2Ford@host:8443/a/b.git").expect("it has one");
        assert_eq!(login.user, "me");
        assert_eq!(login.password, "p@ss:w/ord");
        assert_eq!(login.host, "https://host:8443");
        for url in [
            "https://host/a",
            "https://me@host/a",
            "ssh://me:pw@host/a",
            "/a/b",
            "https://h/a@b:c",
        ] {
            assert_eq!(Login::of(url), None, "{url}");
        }
    }

    #[test]
    fn what_is_handed_over_as_arguments_holds_no_secret() {
        let login = Login::of("https://me:hunter2@host/a").expect("it has one");
        assert!(login.options().iter().all(|option| !option.contains("hunter2")));
        assert!(login.options()[3].starts_with("credential.https://host.helper=!"));
    }

    #[test]
    fn a_password_of_several_lines_is_left_to_git() {
        assert_eq!(Login::of("https://me:a%0Ahost=evil@host/a"), None);
    }
}
