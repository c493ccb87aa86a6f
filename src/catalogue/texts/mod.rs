//! The texts, one file for each part of the program. A text is three lines: its id with the
//! variables it has, the English and the Japanese.
//!
//! Ids name the situation. A text with variables is a format string (`{name}`, and `{{` for a
//! brace); one without is taken as it is. A new language is one more line for each text, and a
//! missing one does not compile.

// Each text with variables is a type, and each without a constant, so that the compiler looks
// ids and variables up.
#![allow(non_camel_case_types, non_upper_case_globals)]

/// Declares texts: `id(variable, …) en "…" ja "…"`.
macro_rules! texts {
    ($($id:ident $(($($name:ident),+))? en $english:literal ja $japanese:literal)*) => {
        $(text!($id $(($($name),+))? $english, $japanese);)*
    };
}

/// Declares one text. Each language takes the variables out on its own: a text that leaves
/// one out has an unused variable, which is an error.
macro_rules! text {
    ($id:ident $english:literal, $japanese:literal) => {
        pub(crate) const $id: $crate::catalogue::language::FixedText =
            $crate::catalogue::language::FixedText::new($english, $japanese);
    };
    ($id:ident($($name:ident),+) $english:literal, $japanese:literal) => {
        pub(crate) struct $id<'a> {
            $(pub(crate) $name: &'a dyn std::fmt::Display),+
        }

        impl $id<'_> {
            #[deny(unused_variables)]
            pub(crate) fn text_in(self, language: $crate::catalogue::language::Language) -> String {
                let Self { $($name),+ } = self;
                match language {
                    $crate::catalogue::language::Language::English => {
                        $(let $name = $name;)+
                        format!($english)
                    }
                    $crate::catalogue::language::Language::Japanese => {
                        $(let $name = $name;)+
                        format!($japanese)
                    }
                }
            }
        }
    };
}

mod agent;
mod auth;
mod authority;
mod batch;
mod bench;
mod command_line;
mod config;
mod connecting;
mod connection_dialog;
mod copy_id;
mod destination;
mod explain;
mod export;
mod files;
mod forward;
mod general;
mod generator;
mod host_key_dialog;
mod keygen;
mod keys;
mod known_hosts;
mod login_dialog;
mod other_sessions;
mod panes;
mod panes_both;
mod registry;
mod route;
mod saved_sessions;
mod session;
mod sftp;
mod shared_connection;
mod sync;
mod teleport;
mod transfer;
mod trust_verb;

pub(crate) use agent::*;
pub(crate) use auth::*;
pub(crate) use authority::*;
pub(crate) use batch::*;
pub(crate) use bench::*;
pub(crate) use command_line::*;
pub(crate) use config::*;
pub(crate) use connecting::*;
pub(crate) use connection_dialog::*;
pub(crate) use copy_id::*;
pub(crate) use destination::*;
pub(crate) use explain::*;
pub(crate) use export::*;
pub(crate) use files::*;
pub(crate) use forward::*;
pub(crate) use general::*;
pub(crate) use generator::*;
pub(crate) use host_key_dialog::*;
pub(crate) use keygen::*;
pub(crate) use keys::*;
pub(crate) use known_hosts::*;
pub(crate) use login_dialog::*;
pub(crate) use other_sessions::*;
pub(crate) use panes::*;
pub(crate) use panes_both::*;
pub(crate) use registry::*;
pub(crate) use route::*;
pub(crate) use saved_sessions::*;
pub(crate) use session::*;
pub(crate) use sftp::*;
pub(crate) use shared_connection::*;
pub(crate) use sync::*;
pub(crate) use teleport::*;
pub(crate) use transfer::*;
pub(crate) use trust_verb::*;
