//! Who asks.

use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::http::{Failure, Http};
use crate::config::Secret;

/// How long a token is taken to last whose server does not say.
const LIFETIME: u64 = 300;
/// No token is kept for longer, whatever its server says.
const LIFETIME_MAX: u64 = 86_400;
/// Largest answer of a token's server. Tokens are sent in a header, where servers take 8 KiB.
const ANSWER: usize = 64 << 10;

/// Who asks the registry.
#[derive(Debug, Clone, Default)]
pub enum Auth {
    /// Nobody in particular.
    #[default]
    None,
    /// A user with a password, or an API key with its secret.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// Who has a token.
    Bearer(Secret),
    /// Who has a token from another server.
    OAuth(OAuth),
}

/// Where a token comes from: OAuth's client credentials.
#[derive(Debug, Clone)]
pub struct OAuth {
    /// The server's address for tokens.
    pub url: String,
    /// The client.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: Secret,
    /// What the token is to be for.
    pub scope: Option<String>,
}

/// [`Auth`] with the token that it has.
#[derive(Debug)]
pub(super) struct Asker {
    auth: Auth,
    token: Mutex<Option<Token>>,
}

#[derive(Debug)]
struct Token {
    text: Secret,
    until: Instant,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<u64>,
}

impl Asker {
    pub(super) fn new(auth: Auth) -> Self {
        Self { auth, token: Mutex::new(None) }
    }

    /// The request with who asks.
    pub(super) async fn sign(&self, request: RequestBuilder, http: &Http) -> Result<RequestBuilder, Failure> {
        Ok(match &self.auth {
            Auth::None => request,
            Auth::Basic { user, password } => request.basic_auth(user, Some(password.expose())),
            Auth::Bearer(token) => request.bearer_auth(token.expose()),
            Auth::OAuth(oauth) => request.bearer_auth(self.token(oauth, http).await?.expose()),
        })
    }

    /// What was sent is not accepted. True where another token may be.
    pub(super) async fn refused(&self) -> bool {
        self.token.lock().await.take().is_some()
    }

    /// The token, a new one where it soon ends. Others wait meanwhile, and then have it.
    async fn token(&self, oauth: &OAuth, http: &Http) -> Result<Secret, Failure> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| Instant::now() < token.until) {
            return Ok(token.text.clone());
        }
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(oauth.scope.as_deref().map(|scope| ("scope", scope)));
        let request = http.client().post(&oauth.url).basic_auth(&oauth.client_id, Some(oauth.client_secret.expose()));
        let passing = |what: &str| Failure::Passing(format!("no token from `oauth.url`: {what}"));
        let answer = http.send(request.form(&form), ANSWER).await.map_err(|failure| passing(&failure.to_string()))?;
        if answer.status != 200 {
            return Err(passing(&format!("it answers with status {}", answer.status)));
        }
        let answer: TokenAnswer =
            serde_json::from_slice(&answer.body).map_err(|_| passing("its answer is no token of OAuth"))?;
        // A tenth before its end, so that none ends on its way.
        let lifetime = Duration::from_secs(answer.expires_in.unwrap_or(LIFETIME).min(LIFETIME_MAX)) * 9 / 10;
        let text = Secret::from(answer.access_token);
        *kept = Some(Token { text: text.clone(), until: Instant::now() + lifetime });
        Ok(text)
    }
}
