//! What of a spec must never be shown: the credentials in its URLs. A program may repeat them in any text.

use crate::prerequisite::Prerequisite;
use crate::spec::Spec;
use crate::work::without_credentials;

/// What of a spec must not be repeated in any text, each with what is shown instead.
#[derive(Debug, Default)]
pub struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// The secrets in a spec: the credentials in its URLs.
    pub fn of(spec: &Spec) -> Self {
        let probed = spec.requires.iter().filter_map(|prerequisite| match prerequisite {
            Prerequisite::Http { url } => Some(url.as_str()),
            Prerequisite::File { .. } | Prerequisite::Tcp { .. } | Prerequisite::Command { .. } => None,
        });
        let mut found = Self::default();
        let addresses = spec.work.addresses().into_iter();
        addresses.chain(probed).for_each(|url| found.add(url));
        found
    }

    fn add(&mut self, url: &str) {
        let shown = without_credentials(url);
        if shown == url {
            return;
        }
        self.0.push((url.to_owned(), shown));
        // A text may repeat the URL only in part, or changed.
        let after_scheme = url.find("://").map_or(0, |scheme| scheme + 3);
        let authority = url[after_scheme..].split(['/', '?', '#']).next().unwrap_or_default();
        if let Some((credentials, _)) = authority.rsplit_once('@') {
            self.0.push((format!("{credentials}@"), String::new()));
            if let Some((_, password)) = credentials.split_once(':').filter(|(_, password)| password.len() >= 6) {
                self.0.push((password.to_owned(), "***".to_owned()));
            }
        }
    }

    /// The text without them.
    pub fn cut(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (secret, shown)| text.replace(secret, shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::Work;

    #[test]
    fn credentials_are_cut_out_of_every_text() {
        let work = Work::Clone {
            url: "https://me:hunter2@host/a.git".to_owned(),
            dir: "/d".to_owned(),
        };
        let mut spec = Spec::new(work, "/w");
        spec.requires.push(Prerequisite::Http {
            url: "http://u:p@other/x".to_owned(),
        });
        let secrets = Secrets::of(&spec);
        let text = "unable to access 'https://me:hunter2@host/a.git/': hunter2 and http:http://u:p@other/x";
        assert_eq!(
            secrets.cut(text),
            "unable to access 'https://host/a.git/': *** and http:http://other/x"
        );
    }
}
