//! The layers of options for a host: the command line, a saved session, the user's file, the
//! system's file.

use super::files::files;
use super::plan::ResolvedOptions;
use super::{profile, sources, teleport};
use crate::cli::args::{Typed, TypedSetting, no_host};
use crate::config::{
    self, Context, FileMemory, HostFacts, Keyword, Layers, NameLookup, NoLookup, Options, Origin,
};
use crate::destination::{Destination, check_host};
use crate::error::{Error, Kind, Result};
use crate::profiles::SavedSession;
use crate::say;

/// The options for the host that was typed, with their layers; `names` resolves names for
/// CanonicalizeHostname.
///
/// # Errors
/// Those of [`options`], except for unsupported settings.
pub fn layered(
    typed: &Typed,
    context: &Context,
    names: &dyn NameLookup,
) -> Result<ResolvedOptions> {
    layered_by(Options::of, typed, (context, names))
}

/// [`layered`] for `-G`, with [`Options::to_print`].
///
/// # Errors
/// Those of [`layered`], but for values that are printed as they are written.
pub fn layered_to_print(
    typed: &Typed,
    context: &Context,
    names: &dyn NameLookup,
) -> Result<ResolvedOptions> {
    layered_by(Options::to_print, typed, (context, names))
}

/// Computes the options from the layers for the host of that name.
type ComputeOptions = fn(&Layers, &str, &Context) -> Result<Options>;

fn layered_by(
    compute: ComputeOptions,
    typed: &Typed,
    (context, names): (&Context, &dyn NameLookup),
) -> Result<ResolvedOptions> {
    if let Some(name) = &typed.profile {
        let session = sources::named(name, typed, context)?;
        return saved_by(compute, typed, None, session, (context, names));
    }
    let text = typed.destination.as_deref().ok_or_else(no_host)?;
    let parsed = Destination::parse(text);
    if let Some(found) = sources::meant(typed, text, parsed.as_ref().ok(), context)? {
        let alias = parsed.as_ref().map_or(text, |destination| &destination.host);
        // A name that is not a valid host is not matched with the files' Host lines.
        let mut layers = command_line(typed, parsed.as_ref().ok())?;
        if check_host(alias).is_ok() {
            read_files(typed, alias, &mut layers, (context, &NoLookup))?;
        }
        // In `user@name`, `user` is the user unless the whole text is the session's name.
        let around = parsed.as_ref().ok().filter(|_| found.name != text);
        if let Some(session) = found.open(typed, layers.names_host())? {
            return saved_by(compute, typed, around, session, (context, names));
        }
    }
    // A name with a space can only be that of a session.
    let destination = parsed.map_err(|error| match text.contains(' ') && !typed.as_ssh {
        true => sources::not_found(text, typed, context).unwrap_or(error),
        false => error,
    })?;
    let mut layers = command_line(typed, Some(&destination))?;
    read_files(typed, &destination.host, &mut layers, (context, names))?;
    let options = compute(&layers, &destination.host, context)?;
    Ok(ResolvedOptions { host: destination.host, layers, options, profile: None, node: None })
}

/// The options with a saved session between the command line and the files.
pub fn saved(
    typed: &Typed,
    destination: Option<&Destination>,
    session: SavedSession,
    around: (&Context, &dyn NameLookup),
) -> Result<ResolvedOptions> {
    saved_by(Options::of, typed, destination, session, around)
}

fn saved_by(
    compute: ComputeOptions,
    typed: &Typed,
    destination: Option<&Destination>,
    mut session: SavedSession,
    (context, names): (&Context, &dyn NameLookup),
) -> Result<ResolvedOptions> {
    let (node, warnings) = teleport::complete(&mut session, context);
    let mut layers = command_line(typed, destination)?;
    profile::add(&mut layers, &session, joined(typed).is_some())?;
    let host = session.profile.host.clone();
    read_files(typed, &host, &mut layers, (context, names))?;
    let mut options = compute(&layers, &host, context)?;
    options.warnings.extend(profile::warnings(&session));
    options.warnings.extend(warnings);
    teleport::share_apart(&mut options, &session);
    Ok(ResolvedOptions { host, layers, options, profile: Some(session), node })
}

/// The settings of the command line, with user and port of the destination if it is given.
pub fn command_line(typed: &Typed, destination: Option<&Destination>) -> Result<Layers> {
    let mut layers = Layers::new();
    let at = typed.destination_at.min(typed.settings.len());
    let (before, after) = typed.settings.split_at(at);
    before.iter().try_for_each(|setting| add(&mut layers, setting))?;
    if let Some(user) = destination.and_then(|destination| destination.user.as_ref()) {
        layers.set(Keyword::User, user, Origin::Destination)?;
    }
    if let Some(port) = destination.and_then(|destination| destination.port) {
        layers.set(Keyword::Port, &port.to_string(), Origin::Destination)?;
    }
    after.iter().try_for_each(|setting| add(&mut layers, setting))?;
    Ok(layers)
}

pub fn add(layers: &mut Layers, setting: &TypedSetting) -> Result<()> {
    match setting {
        // As in ssh: a ProxyCommand that is typed later is passed over, one that is typed before
        // would be by mistake.
        TypedSetting::Flag { flag: "-J", .. }
            if layers.entries().iter().any(|entry| entry.keyword == Keyword::ProxyCommand) =>
        {
            Err(Error::new(Kind::Usage, say!(config_jump_and_proxy_command)))
        }
        TypedSetting::Option(text) => layers.option(text, Origin::Option),
        TypedSetting::Flag { flag, keyword, value, overrules: true } => {
            layers.overrule(*keyword, value, Origin::Flag(flag))
        }
        TypedSetting::Flag { flag, keyword, value, overrules: false } => {
            layers.set(*keyword, value, Origin::Flag(flag))
        }
    }
}

pub fn read_files(
    typed: &Typed,
    host: &str,
    layers: &mut Layers,
    around: (&Context, &dyn NameLookup),
) -> Result<()> {
    read_remembered(typed, host, layers, around, None)
}

fn read_remembered(
    typed: &Typed,
    host: &str,
    layers: &mut Layers,
    (context, names): (&Context, &dyn NameLookup),
    memory: Option<&FileMemory>,
) -> Result<()> {
    let joined = joined(typed);
    let mut facts = HostFacts {
        original: host.to_owned(),
        command: joined.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        ..HostFacts::default()
    };
    let files = files(typed, context);
    let read = |facts: &HostFacts, layers: &mut Layers| {
        let mut each = files.iter();
        each.try_for_each(|file| config::read_remembered(layers, file, facts, context, memory))
    };
    read(&facts, layers)?;
    let found = config::canonical_name(layers, host, names)?;
    layers.resolve(found.name.clone(), found.origin);
    if layers.wants_final_pass() || found.again {
        facts.final_pass = true;
        facts.resolved = Some(found.name);
        read(&facts, layers)?;
    }
    if typed.stdio_forward.is_some() {
        // As in ssh(1), the settings that -W implies have the lowest rank.
        for keyword in [Keyword::ExitOnForwardFailure, Keyword::ClearAllForwardings] {
            layers.set(keyword, "yes", Origin::Flag("-W"))?;
        }
    }
    Ok(())
}

/// The host as typed and the options for it, without the rest of the plan.
///
/// # Errors
/// [`Kind::Usage`] for the destination, [`Kind::Config`] for options and files.
pub fn options(typed: &Typed, context: &Context) -> Result<(String, Options)> {
    let ResolvedOptions { host, layers, mut options, .. } = layered(typed, context, &NoLookup)?;
    options.warnings.extend(config::check_standing(&layers)?);
    Ok((host, options))
}

/// The settings of the files alone for a host, of which many may be asked for.
pub fn files_for(
    typed: &Typed,
    host: &str,
    context: &Context,
    memory: &FileMemory,
) -> Result<Layers> {
    let mut layers = Layers::new();
    read_remembered(typed, host, &mut layers, (context, &NoLookup), Some(memory))?;
    Ok(layers)
}

/// Refuses settings that this version does not support; returns warnings about others.
///
/// # Errors
/// [`Kind::Usage`] and [`Kind::Config`], with the setting, its place and the reason.
pub fn check(typed: &Typed, resolved: &ResolvedOptions) -> Result<Vec<String>> {
    refuse_misplaced(typed)?;
    refuse_unbuilt(typed)?;
    if let Some(refusal) = resolved.profile.as_ref().and_then(|session| session.refusal.clone()) {
        return Err(refusal);
    }
    let warnings = config::check_standing(&resolved.layers)?;
    Ok(warnings)
}

/// Refuses flags that belong to another verb, so that they are not silently ignored.
pub fn refuse_misplaced(typed: &Typed) -> Result<()> {
    let answers = [("--force", typed.force), ("--yes", typed.yes)];
    match answers.iter().find(|(_, typed)| *typed) {
        Some((flag, _)) => Err(usage(say!(option_for_sessions, flag))),
        None => Ok(()),
    }
}

/// Refuses flags of ssh(1) that this version does not implement; `-G` accepts them.
pub fn refuse_unbuilt(typed: &Typed) -> Result<()> {
    match typed.gssapi {
        true => Err(usage(format!("-K: {}", say!(gssapi_unsupported)))),
        false => Ok(()),
    }
}

pub fn joined(typed: &Typed) -> Option<Vec<u8>> {
    let words: Vec<&[u8]> = typed.command.iter().map(|word| word.as_encoded_bytes()).collect();
    let joined = words.join(&b' ');
    // As in ssh(1), an empty command asks for a shell.
    (!joined.is_empty()).then_some(joined)
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}
