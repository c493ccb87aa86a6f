//! Texts by which a test outside of this crate finds out what a person sees.
#![allow(missing_docs)] // Each is the text whose name it has.

use super::language::FixedText;
use super::texts;

pub const CLOSE: FixedText = texts::close;
pub const CONNECTION_HOST: FixedText = texts::connection_host;
pub const CONNECTION_LEAVE: FixedText = texts::connection_leave;
pub const CONNECTION_TITLE: FixedText = texts::connection_title;
pub const FACTS_TITLE: FixedText = texts::facts_title;
pub const INFORMATION_AUTHENTICATED: FixedText = texts::information_authenticated;
pub const INFORMATION_EXCHANGES: FixedText = texts::information_exchanges;
pub const INFORMATION_ROUND_TRIP: FixedText = texts::information_round_trip;
pub const INFORMATION_TRUSTED: FixedText = texts::information_trusted;
pub const INFORMATION_USER: FixedText = texts::information_user;
pub const LOGIN_DISCONNECT: FixedText = texts::login_disconnect;
pub const LOGIN_METHOD_PASSWORD: FixedText = texts::login_method_password;
pub const LOGIN_REQUIRED: FixedText = texts::login_required;
pub const LOGIN_TITLE: FixedText = texts::login_title;
pub const WARNING_ADD: FixedText = texts::warning_add;
pub const WARNING_CONTINUE: FixedText = texts::warning_continue;
pub const WARNING_DISCONNECT: FixedText = texts::warning_disconnect;
pub const WARNING_HASH_MD5: FixedText = texts::warning_hash_md5;
pub const WARNING_TITLE_NEW: FixedText = texts::warning_title_new;
