//! Reaches one host, verifies it and logs in. A jump host is entered first with the same functions;
//! this is the only recursion.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use log::warn;

use super::context::ConnectContext;
use super::{forward, habit, login, route, wants};
use crate::cli::descriptor;
use crate::cli::resolve::{Plan, ProxyPlan};
use crate::client::deadline::Budget;
use crate::client::handshake::verify;
use crate::client::host_key::{HostPolicy, SettledKey};
use crate::client::login::{
    Login, ReconnectionRequests, authenticate, authenticate_asking, reconnection,
};
use crate::client::session::{jump, rotation};
use crate::client::state::UsedLogin;
use crate::client::stream::{ProxyRequest, Route, dial, proxy};
use crate::client::{Session, Stream, Transport};
use crate::config::Method;
use crate::error::{Error, Kind, Result};
use crate::profiles::putty::{self, ProxyValues};
use crate::prompt::{Answer, ConnectStep, Prompt, Welcome};
use crate::say;
use crate::secret::Secret;
use crate::trust::Judgement;

/// A step of the way, in memory of its own, which is given back where the step ends: a session that
/// runs keeps none of it, and its stack has not grown by it.
type Step<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Reaches and verifies the destination and logs in, unless the person gives it up. Returns the
/// session and the time of the connection, from which a log counts.
pub async fn enter(
    context: &ConnectContext<'_>,
    password: Option<Secret>,
) -> Result<(Session, Instant)> {
    on_the_way(context, enter_host(context, password)).await
}

/// Goes the way to a host, unless the person gives it up.
async fn on_the_way<T>(context: &ConnectContext<'_>, way: Step<'_, T>) -> Result<T> {
    let _way = OnTheWay(&*context.prompt);
    tokio::select! {
        done = way => done,
        () = context.prompt.given_up() => {
            Err(Error::new(Kind::Cancelled, say!(connecting_given_up)))
        }
    }
}

/// Reports the end of the way, even where nobody waits for it any more.
struct OnTheWay<'a>(&'a dyn Prompt);

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        self.0.arrived();
    }
}

/// Reaches and verifies one host, the destination or a jump host, and logs in.
#[inline(never)]
fn enter_host<'a>(
    context: &'a ConnectContext<'_>,
    password: Option<Secret>,
) -> Step<'a, (Session, Instant)> {
    Box::pin(verified_and_logged_in(context, password))
}

async fn verified_and_logged_in(
    context: &ConnectContext<'_>,
    password: Option<Secret>,
) -> Result<(Session, Instant)> {
    let ConnectContext { plan, environment, prompt, .. } = context;
    let options = &plan.options;
    if !context.is_further {
        options.warnings.iter().for_each(|warning| warn!("{warning}"));
    }
    let login = login::login(plan, environment, password)?;
    let login = Login { keep: context.keeps_logins, key_alone: context.key_alone, ..login };
    wants::transport_options(options).lists.check()?;
    if !context.is_further {
        wants::left_out(options).iter().for_each(|line| warn!("{line}"));
    }
    let settled = context.settled.of(&route::label(plan));
    let (transport, connected) = transport(context, &settled).await?;
    if transport.is_restricted() {
        forward::refuse_restricted(plan)?;
    }
    let mut session = log_in_over(context, transport, login, &settled).await?;
    session.route = route::route_line(plan);
    prompt.welcome(&Welcome {
        host: &plan.host,
        user: &session.user(),
        how: &session.how,
        is_proved: session.is_proved(),
    });
    Ok((session, connected))
}

/// Reaches a host and verifies it, once more if the connection was lost while the person looked at
/// its key and accepted it. Settles the key.
async fn transport(
    context: &ConnectContext<'_>,
    settled: &SettledKey,
) -> Result<(Transport, Instant)> {
    let is_first = settled.key().is_none();
    let made = reached(context, settled).await;
    let is_lost = match &made {
        Ok((transport, _)) => transport.is_lost(),
        Err(error) => matches!(error.kind(), Kind::KeyExchange | Kind::Disconnected),
    };
    let made = match is_lost && is_first && settled.key().is_some() {
        true => reached(&context.for_reconnection(), settled).await?,
        false => made?,
    };
    if let Some(key) = made.0.host_key() {
        settled.settle(&key);
    }
    Ok((made.0.asking(Arc::clone(&context.prompt)), made.1))
}

/// Reaches a host and verifies it: any host that is accepted, or the one whose key is settled.
#[inline(never)]
fn reached<'a>(
    context: &'a ConnectContext<'_>,
    settled: &'a SettledKey,
) -> Step<'a, (Transport, Instant)> {
    Box::pin(reached_and_verified(context, settled))
}

async fn reached_and_verified(
    context: &ConnectContext<'_>,
    settled: &SettledKey,
) -> Result<(Transport, Instant)> {
    let ConnectContext { plan, environment, prompt, .. } = context;
    let mut wanted = wants::transport_options(&plan.options);
    wanted.warn_weak_crypto &= !context.is_further;
    let host = HostPolicy { settled: settled.clone(), ..wants::host_policy(plan, environment)? };
    let (stream, budget) = reach(context).await?;
    let connected = Instant::now();
    prompt.step(&route::shown(plan), ConnectStep::KeyExchange);
    let transport = verify(stream, host, &wanted, budget, Arc::clone(prompt)).await;
    Ok((transport.map_err(|error| name_host(error, plan))?, connected))
}

/// Logs in, while new connections are made that the login asks for.
async fn log_in_over(
    context: &ConnectContext<'_>,
    transport: Transport,
    login: Login,
    settled: &SettledKey,
) -> Result<Session> {
    context.prompt.step(&route::shown(context.plan), ConnectStep::Login);
    let (again, requests) = reconnection();
    let login = Login { again: Some(again), ..login };
    tokio::select! {
        session = log_in(context, transport, login) => session,
        never = reconnect(context, settled, requests) => match never {},
    }
}

/// Makes the connections that a login asks for.
async fn reconnect(
    context: &ConnectContext<'_>,
    settled: &SettledKey,
    mut requests: ReconnectionRequests,
) -> Infallible {
    let quiet = context.for_reconnection();
    while let Some(request) = requests.next().await {
        let made = reached(&quiet, settled).await;
        request.answer(made.map(|(made, _)| made.asking(Arc::clone(&context.prompt))));
    }
    // The login is dropped before this future.
    std::future::pending().await
}

/// Reaches a host and returns the judgement of its key, for `tessh trust check`. Logs in to the
/// jump hosts on the way, but not to the host itself.
pub async fn judge(context: &ConnectContext<'_>) -> Result<Judgement> {
    on_the_way(context, Box::pin(judge_host(context))).await
}

async fn judge_host(context: &ConnectContext<'_>) -> Result<Judgement> {
    let ConnectContext { plan, environment, prompt, .. } = context;
    let options = &plan.options;
    options.warnings.iter().for_each(|warning| warn!("{warning}"));
    let wanted = wants::transport_options(options);
    wanted.lists.check()?;
    let host = wants::host_policy(plan, environment)?;
    let (stream, budget) = reach(context).await?;
    let judged = verify::judge(stream, host, &wanted, budget, Arc::clone(prompt)).await;
    judged.map_err(|error| name_host(error, plan))
}

/// Adds host and port to an error of the transport; an error about the host key names the host
/// itself. The port of a Teleport node may be the cluster's matter.
fn name_host(error: Error, plan: &Plan) -> Error {
    let portless = plan.teleport.as_ref().is_some_and(|tsh| tsh.target.port.is_none());
    match error.kind() {
        Kind::HostKey => error,
        _ if portless => error.context(&plan.options.hostname.value),
        _ => error.context(say!(
            host_with_port,
            hostname = plan.options.hostname.value,
            port = plan.options.port.value
        )),
    }
}

/// Says that an error is that of a jump host, and of which one where the error does not name it.
fn name_jump_host(error: Error, via: &Plan) -> Error {
    let is_named = matches!(
        error.kind(),
        Kind::Resolve | Kind::Connect | Kind::Timeout | Kind::Greeting | Kind::KeyExchange
    );
    match is_named && via.host == via.options.hostname.value {
        true => error.context(say!(route_jump_host_alone)),
        false => error.context(say!(route_jump_host, host = via.host)),
    }
}

/// Opens the stream to a plan's host: through its jump host, through a proxy, or directly.
/// ConnectTimeout starts after the jump hosts have been entered.
async fn reach(context: &ConnectContext<'_>) -> Result<(Stream, Budget)> {
    let ConnectContext { plan, environment, prompt, .. } = context;
    let options = &plan.options;
    let timeout = options.connect_timeout.value;
    if let Some(via) = &plan.via {
        let named = |error: Error| name_jump_host(error, via);
        let session = enter_jump_host(context, via).await.map_err(named)?;
        // The question comes before the clock starts, because the person's time does not count.
        rotation::asked(&session, prompt).await;
        let budget = Budget::start(timeout);
        let place = (options.hostname.value.as_str(), options.port.value);
        return Ok((jump::through(session, &via.host, place, budget, prompt).await?, budget));
    }
    let shown = route::shown(plan);
    prompt.step(&shown, ConnectStep::Resolve);
    let tell = || prompt.step(&shown, ConnectStep::Connect);
    let route = wants::route(plan, environment);
    let Some(wanted) = &plan.proxy else {
        let budget = Budget::start(timeout);
        return Ok((dial::connect(&route, budget, &tell).await?, budget));
    };
    let password = proxy_password(wanted, prompt).await?;
    let opening = wanted.telnet_command.as_ref().map(|line| {
        let values = ProxyValues {
            host: &route.host,
            port: route.port,
            proxy_host: &wanted.server.host,
            proxy_port: wanted.server.port,
            user: wanted.server.user.as_deref().unwrap_or_default(),
            password: password.as_deref(),
        };
        putty::opening(line, &values)
    });
    let budget = Budget::start(timeout);
    let request = ProxyRequest {
        server: &wanted.server,
        password: password.as_deref(),
        opening: opening.as_ref(),
        host: &route.host,
        port: route.port,
        family: route.family,
    };
    let (host, port) = (wanted.server.host.clone(), wanted.server.port);
    let to_proxy = Route { host, port, proxy: None, ..route.clone() };
    tell();
    Ok((proxy::connect(&to_proxy, &request, budget).await?, budget))
}

/// Enters the jump host of this host, see [`enter`].
async fn enter_jump_host(context: &ConnectContext<'_>, via: &Plan) -> Result<Session> {
    let (session, _) = enter_host(&context.for_jump_host(via), None).await?;
    Ok(session)
}

/// The password for the proxy: from the descriptor, from the saved session, or from the person.
async fn proxy_password(
    wanted: &ProxyPlan,
    prompt: &Arc<dyn Prompt>,
) -> Result<Option<Arc<Secret>>> {
    let told = wanted.telnet_command.as_ref();
    let told = told.is_some_and(|line| putty::has_piece(line, "pass"));
    if !(told || wanted.server.wants_password()) {
        return Ok(None);
    }
    if let Some(fd) = wanted.password_fd {
        return descriptor::read_secret("--proxy-password-fd", fd).map(Arc::new).map(Some);
    }
    if let Some(saved) = &wanted.saved_password {
        return Ok(Some(Arc::clone(saved)));
    }
    let label = say!(route_proxy_password, server = wanted.server.to_string());
    let asked = Arc::clone(prompt);
    let answer = tokio::task::spawn_blocking(move || asked.secret(&label)).await;
    match answer.unwrap_or(Answer::Cancelled) {
        Answer::Given(secret) => Ok(Some(Arc::new(secret))),
        Answer::Cancelled => Err(Error::new(Kind::Cancelled, say!(route_proxy_password_cancelled))),
        Answer::CannotAsk => Err(Error::new(Kind::Connect, say!(route_proxy_password_missing))
            .hint(say!(route_proxy_password_fd))),
    }
}

/// Logs in with a remembered login, with the configured methods, or through the authentication
/// dialog.
#[inline(never)]
fn log_in<'a>(
    context: &'a ConnectContext<'_>,
    transport: Transport,
    login: Login,
) -> Step<'a, Session> {
    Box::pin(logged_in(context, transport, login))
}

async fn logged_in(
    context: &ConnectContext<'_>,
    transport: Transport,
    mut login: Login,
) -> Result<Session> {
    let ConnectContext { plan, environment, remembered, .. } = context;
    let label = route::label(plan);
    let kept = remembered.get(&label);
    let noted = habit::worked(plan, environment);
    let is_noted = noted.is_some();
    let worked = noted.or_else(|| remembered.used(&label));
    match (&kept, &worked) {
        (Some(kept), _) => login::recall(&mut login, kept),
        (None, Some(worked)) if login.chain.is_empty() => {
            login::repeat(&mut login, worked, plan, transport.is_restricted());
        }
        _ => {}
    }
    let mut session = match login.chain.is_empty() {
        true => {
            let asking = login::asking(plan, environment, worked);
            authenticate_asking(transport, login, asking).await
        }
        false => {
            let dialogs = context.prompt.is_full_screen();
            login.after_refusal = login::after_refusal(plan, environment, worked, dialogs);
            authenticate(transport, login).await
        }
    };
    match &mut session {
        Ok(session) => {
            let asked = |used: &UsedLogin| used.again.is_some();
            let in_another_way = || session.used.as_ref().is_none_or(asked);
            match session.remembered.take() {
                Some(new) => remembered.put(&label, new),
                // The remembered login was refused, so it is not sent again.
                None if kept.as_ref().is_some_and(|kept| kept.method != Method::None)
                    && in_another_way() =>
                {
                    remembered.forget(&label);
                }
                None => {}
            }
            if let Some(used) = &session.used {
                remembered.note_used(&label, used);
                habit::note(plan, environment, used, is_noted);
            }
        }
        // The remembered login no longer works, so the person is asked next time.
        Err(_) if kept.is_some() => remembered.forget(&label),
        Err(_) => {}
    }
    session
}
