//! Validity expressions: which hosts and ports an authority is trusted for, in PuTTY's grammar.
//!
//! ```text
//! expr := atom ( "&&" atom )* | atom ( "||" atom )*
//! atom := "(" expr ")" | "!" atom | wildcard | "port:" N | "port:" N "-" M
//! ```
//!
//! `&&` and `||` do not mix without parentheses. A wildcard has letters, digits, `. - _`, `*`,
//! `?` and classes such as `[a-z]`, and is for the whole name, capitals as they are. PuTTY
//! takes a class that is not closed or has half a range for one that matches; here it is an
//! error, wherever it stands, and an authority with an error is trusted for nothing.

mod wildcard;

use std::fmt;
use std::ops::Range;

use super::quote;
use crate::say;
use wildcard::Wildcard;

/// The longest expression, in bytes: more than a list of hosts by name needs. It bounds the cost of
/// matching one host, which is at most this times the length of the name.
pub const LENGTH_MAX: usize = 16 * 1024;

/// The deepest nesting of parentheses and `!`, because parsing and matching recurse.
pub const DEPTH_MAX: usize = 64;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validity {
    text: String,
    root: Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Host(Wildcard),
    Port(u16, u16),
}

/// A fault in an expression, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidityFault {
    /// The range of bytes that the fault is about; empty if something is missing there.
    pub at: Range<usize>,
    /// The fault, one line, without the place.
    pub what: String,
    /// The text in the range, sanitised.
    part: String,
}

impl fmt::Display for ValidityFault {
    /// Writes one line: the fault, the text, and its first byte, counted from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, part, from) = (&self.what, &self.part, self.at.start + 1);
        let text = match part.is_empty() {
            true => say!(validity_fault_end, what, from),
            false => say!(validity_fault, what, from, part),
        };
        f.write_str(&text)
    }
}

impl Validity {
    /// Parses an expression of at most 16 KiB and 64 levels.
    ///
    /// # Errors
    /// The first fault, at the place where PuTTY reports it.
    pub fn parse(text: &str) -> Result<Validity, ValidityFault> {
        let mut parser = Parser {
            text: text.as_bytes(),
            token: Token::End,
            at: 0..0,
            depth: 0,
            bad_class: None,
        };
        let root = parser.parse().map_err(|(at, what)| {
            let part = text.as_bytes().get(at.clone()).unwrap_or_default();
            ValidityFault { what, part: quote::piece(&String::from_utf8_lossy(part)), at }
        })?;
        Ok(Validity { text: text.to_owned(), root })
    }

    /// Whether the expression covers the host and port. The case of the host's letters matters.
    pub fn covers(&self, host: &str, port: u16) -> bool {
        self.root.covers(host.as_bytes(), port)
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Node {
    fn covers(&self, host: &[u8], port: u16) -> bool {
        match self {
            Node::All(nodes) => nodes.iter().all(|node| node.covers(host, port)),
            Node::Any(nodes) => nodes.iter().any(|node| node.covers(host, port)),
            Node::Not(node) => !node.covers(host, port),
            Node::Host(wildcard) => wildcard.matches(host),
            Node::Port(from, to) => (*from..=*to).contains(&port),
        }
    }
}

type Part = Range<usize>;
type Read<T> = Result<T, (Part, String)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    End,
    Open,
    Close,
    And,
    Or,
    Not,
    Atom,
}

/// Parses from left to right with one token of look-ahead.
struct Parser<'a> {
    text: &'a [u8],
    token: Token,
    at: Part,
    depth: usize,
    /// The first malformed class. It is reported only if the rest is well-formed, because PuTTY,
    /// which does not check classes, reports other faults first.
    bad_class: Option<Part>,
}

impl Parser<'_> {
    fn parse(&mut self) -> Read<Node> {
        if self.text.len() > LENGTH_MAX {
            let what = say!(validity_too_long, limit = LENGTH_MAX);
            return Err((LENGTH_MAX..LENGTH_MAX, what));
        }
        self.advance()?;
        let (node, _) = self.expression()?;
        match (self.token, self.bad_class.take()) {
            (Token::End, None) => Ok(node),
            (Token::End, Some(at)) => Err((at, say!(validity_class))),
            _ => Err((self.at.start..self.text.len(), say!(validity_more_text))),
        }
    }

    /// Parses operands with one kind of operator between them.
    fn expression(&mut self) -> Read<(Node, Part)> {
        let (first, at) = self.atom()?;
        let operator = self.token;
        if !matches!(operator, Token::And | Token::Or) {
            return Ok((first, at));
        }
        let mut nodes = vec![first];
        let mut last = at.clone();
        while self.token == operator {
            self.advance()?;
            let (node, place) = self.atom()?;
            nodes.push(node);
            last = place;
        }
        if matches!(self.token, Token::And | Token::Or) {
            return Err((last, say!(validity_mixed)));
        }
        let node = match operator {
            Token::And => Node::All(nodes),
            _ => Node::Any(nodes),
        };
        Ok((node, at.start..last.end))
    }

    fn atom(&mut self) -> Read<(Node, Part)> {
        let start = self.at.clone();
        if matches!(self.token, Token::Open | Token::Not) && self.depth == DEPTH_MAX {
            return Err((start, say!(validity_too_deep, limit = DEPTH_MAX)));
        }
        match self.token {
            Token::Open => {
                self.depth += 1;
                self.advance()?;
                let (node, at) = self.expression()?;
                if self.token != Token::Close {
                    return Err((at, say!(validity_not_closed)));
                }
                let end = self.at.end;
                self.depth -= 1;
                self.advance()?;
                Ok((node, start.start..end))
            }
            Token::Not => {
                self.depth += 1;
                self.advance()?;
                let (node, at) = self.atom()?;
                self.depth -= 1;
                Ok((Node::Not(Box::new(node)), start.start..at.end))
            }
            Token::Atom => {
                let node = self.predicate(start.clone())?;
                self.advance()?;
                Ok((node, start))
            }
            _ => Err((start, say!(validity_expected))),
        }
    }

    /// Parses a wildcard or a range of ports.
    fn predicate(&mut self, at: Part) -> Read<Node> {
        let text = &self.text[at.clone()];
        if !text.iter().any(|byte| matches!(byte, b'/' | b':')) {
            return Ok(Wildcard::parse(text).map_or_else(
                |class| {
                    let class = at.start + class.start..at.start + class.end;
                    self.bad_class.get_or_insert(class);
                    Node::Any(Vec::new())
                },
                Node::Host,
            ));
        }
        match text.strip_prefix(b"port:") {
            Some(ports) => ports_of(ports, at.start + b"port:".len(), at),
            // PuTTY reserves this syntax for addresses and prefixes, but does not implement it
            // either.
            None => Err((at, say!(validity_expected))),
        }
    }

    /// Takes the next token.
    fn advance(&mut self) -> Read<()> {
        let mut start = self.at.end;
        while self.text.get(start).is_some_and(|byte| is_blank(*byte)) {
            start += 1;
        }
        let rest = &self.text[start..];
        let (token, length) = match rest {
            [] => (Token::End, 0),
            [b'(', ..] => (Token::Open, 1),
            [b')', ..] => (Token::Close, 1),
            [b'!', ..] => (Token::Not, 1),
            [b'&', b'&', ..] => (Token::And, 2),
            [b'|', b'|', ..] => (Token::Or, 2),
            [b'&' | b'|', ..] => return Err((start..start + 1, say!(validity_operator))),
            [byte, ..] if is_atom(*byte) => {
                (Token::Atom, rest.iter().take_while(|byte| is_atom(**byte)).count())
            }
            _ => return Err((start..start + 1, say!(validity_character))),
        };
        self.token = token;
        self.at = start..start + length;
        Ok(())
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0c | 0x0b)
}

fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_*?[]/:".contains(&byte)
}

/// Parses `N` or `N-M`; `whole` is the range of the whole predicate.
fn ports_of(text: &[u8], start: usize, whole: Part) -> Read<Node> {
    let mut parts = text.split(|&byte| byte == b'-');
    let (from, to) = (parts.next().unwrap_or_default(), parts.next());
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    if !is_number(from) || !to.is_none_or(is_number) || parts.next().is_some() {
        return Err((whole, say!(validity_port)));
    }
    let number = |part: &[u8], at: usize| {
        let text = str::from_utf8(part).unwrap_or_default();
        text.parse::<u16>().map_err(|_| (at..at + part.len(), say!(validity_port_large)))
    };
    let first = number(from, start)?;
    let last = to.map_or(Ok(first), |to| number(to, start + from.len() + 1))?;
    match first <= last {
        true => Ok(Node::Port(first, last)),
        false => Err((whole, say!(validity_port_backwards))),
    }
}

#[cfg(test)]
mod tests;
