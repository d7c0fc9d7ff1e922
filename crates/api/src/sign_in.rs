//! Signing a page in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What proves who signs in: exactly one of both.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// A one-time code, as `longhaul open` puts it into the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The token, as `longhaul token show` prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// A page is signed in. The other half of its session is in the cookie.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// To be sent in the header `x-longhaul-page` with each request.
    pub page_secret: String,
    /// When the session is over.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// A one-time code.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SignInCode {
    /// The code.
    pub code: String,
    /// When it is good no more.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}
