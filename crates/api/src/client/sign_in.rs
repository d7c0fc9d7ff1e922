//! Codes for pages, and the token.

use super::connection::{Ask, Client};
use super::error::ClientError;
use crate::sign_in::SignInCode;

impl Client {
    /// A code with which a page can sign in once.
    ///
    /// # Errors
    /// A `forbidden` problem from inside a task.
    pub async fn sign_in_code(&self) -> Result<SignInCode, ClientError> {
        self.ask(Ask::post("/api/v1/sign-in/codes")).await?.json()
    }

    /// Puts a new token in force, and ends all sessions.
    ///
    /// # Errors
    /// A `forbidden` problem from inside a task.
    pub async fn rotate_token(&self) -> Result<(), ClientError> {
        self.ask(Ask::post("/api/v1/token/rotate")).await.map(drop)
    }
}
