//! A key installed in the middle of a session, over its connection, if the person says yes.

use std::sync::Arc;

use super::attempt::logs_in;
use super::install::through_shell;
use super::key::KeyToInstall;
use super::report;
use crate::cli::connect::context::ConnectContext;
use crate::client::Session;
use crate::error::{Error, Kind, Result};
use crate::keys::authorized::AuthorizedKey;
use crate::prompt::Answer;
use crate::say;
use crate::text;

/// How many characters of a login are shown.
const MAX_SHOWN: usize = 200;

/// Installs the key that `tessh copy-id` without `-i` would, and tries it; returns what to tell.
pub async fn in_session(context: &ConnectContext<'_>, session: &Session) -> Vec<String> {
    let mut said = Vec::new();
    if let Err(error) = install(context, session, &mut said).await {
        said.push(error.to_string());
    }
    said
}

async fn install(
    context: &ConnectContext<'_>,
    session: &Session,
    said: &mut Vec<String>,
) -> Result<()> {
    let key = KeyToInstall::found(context.plan, context.environment).await?;
    let login = format!("{}@{}", session.user(), context.plan.host);
    let (begins, shown) = (report::begins(&key), text::line(&login, MAX_SHOWN));
    let question = format!("\n{begins}\n{}", say!(copy_id_ask, login = shown));
    let prompt = Arc::clone(&context.prompt);
    let answer = tokio::task::spawn_blocking(move || prompt.yes(&question)).await;
    if !matches!(answer, Ok(Answer::Given(true))) {
        said.push(say!(copy_id_not_wanted));
        return Ok(());
    }
    let done = through_shell(session, &AuthorizedKey::new(&key.public)).await?;
    let done = done.ok_or_else(|| {
        Error::new(Kind::Channel, say!(copy_id_no_shell)).hint(say!(copy_id_no_shell_hint))
    })?;
    said.extend(report::installed(&done, &login));
    said.push(report::tried(&logs_in(context, &key).await, &done));
    Ok(())
}
