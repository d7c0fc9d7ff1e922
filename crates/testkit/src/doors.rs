//! The doors of a world's daemon on TCP: as a stranger, with the token, and as a page that is signed in.

use serde_json::json;

use crate::http::Api;
use crate::world::World;

/// What a page holds once it is signed in.
#[derive(Debug, Clone)]
pub struct PageSession {
    /// The cookie, as it is sent.
    pub cookie: String,
    /// What is sent along in `x-longhaul-page`.
    pub secret: String,
}

impl World {
    /// The API on TCP, with nothing to present.
    #[track_caller]
    pub fn stranger(&self) -> Api {
        let status = self.api().get("/api/v1/daemon").expect(200);
        Api::on_tcp(status["http"].as_str().expect("the daemon listens on TCP"))
    }

    /// What `longhaul token show` prints.
    #[track_caller]
    pub fn token(&self) -> String {
        self.longhaul(["token", "show"]).run().ok().text().trim().to_owned()
    }

    /// The API on TCP, with the token.
    #[track_caller]
    pub fn with_token(&self) -> Api {
        let bearer = format!("Bearer {}", self.token());
        self.stranger().with_header("Authorization", &bearer)
    }

    /// What `longhaul open --print` prints: the address of the page, and the code.
    #[track_caller]
    pub fn opened(&self) -> (String, String) {
        let address = self.longhaul(["open", "--print"]).run().ok().text();
        let (page, code) = address.trim().split_once("/#code=").expect("a code in the fragment");
        (page.to_owned(), code.to_owned())
    }

    /// Signs a page in with a fresh code.
    #[track_caller]
    pub fn signed_in(&self) -> PageSession {
        let (_, code) = self.opened();
        let answer = self.stranger().post("/api/v1/sign-in", &json!({ "code": code }));
        let secret = answer.expect(200)["page_secret"].as_str().expect("a secret").to_owned();
        let cookie = answer.header("set-cookie").expect("a cookie");
        PageSession {
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
            secret,
        }
    }

    /// The API on TCP, as this page.
    #[track_caller]
    pub fn as_page(&self, session: &PageSession) -> Api {
        self.stranger()
            .with_header("Cookie", &session.cookie)
            .with_header("x-longhaul-page", &session.secret)
    }
}
