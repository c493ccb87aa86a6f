//! `tessh teleport ls` and `tessh teleport clusters`: what tsh lists, in columns or as JSON.

use serde_json::{Map, Value as Json, json};

use super::place::{MAX_SHOWN, login_at, tsh};
use super::words::TeleportWords;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::teleport::Teleport;
use crate::cli::output::{print, print_json};
use crate::cli::{log, runtime};
use crate::error::Result;
use crate::profiles::teleport::{TeleportCluster, TeleportNode};
use crate::say;
use crate::text;

/// The widest column before the last.
const MAX_COLUMN: usize = 60;

/// `tessh teleport ls [word ...]`: the nodes that have all words.
pub(super) fn nodes(words: &TeleportWords, environment: ProcessEnvironment) -> Result<u8> {
    let flags = [Teleport::Proxy, Teleport::Cluster, Teleport::Browse, Teleport::Json];
    words.only("ls", &flags)?;
    if words.browse {
        return browse(words, environment);
    }
    let login = login_at(words, &environment)?;
    let (tsh, cluster) = (tsh(&environment)?, words.cluster.clone());
    let (sought, json) = (words.rest.clone(), words.json);
    runtime::run_to_exit_code(async move {
        let all = tsh.nodes(&login.profile.proxy, cluster.as_deref()).await?;
        let sought: Vec<String> = sought.iter().map(|word| word.to_lowercase()).collect();
        let has_all = |node: &&TeleportNode| sought.iter().all(|word| node.has(word));
        let found: Vec<&TeleportNode> = all.iter().filter(has_all).collect();
        if json {
            let found: Vec<Json> = found.into_iter().map(node_json).collect();
            return print_json(&format!("{:#}\n", Json::Array(found)));
        }
        if found.is_empty() {
            log::write(&format!("tessh: {}", say!(teleport_no_nodes)));
            return Ok(0);
        }
        let head = [
            say!(teleport_column_node),
            say!(teleport_column_address),
            say!(teleport_column_labels),
        ];
        print(&table(&head, found.into_iter().map(node_row)))
    })
}

/// The node browser.
pub(super) fn browse(words: &TeleportWords, environment: ProcessEnvironment) -> Result<u8> {
    words.only("ls --browse", &[Teleport::Proxy, Teleport::Cluster, Teleport::Browse])?;
    words.no_more("ls --browse")?;
    let login = login_at(words, &environment)?;
    super::browse::run(words, login, environment)
}

/// `tessh teleport clusters`.
pub(super) fn clusters(words: &TeleportWords, environment: ProcessEnvironment) -> Result<u8> {
    words.only("clusters", &[Teleport::Proxy, Teleport::Json])?;
    words.no_more("clusters")?;
    let login = login_at(words, &environment)?;
    let (tsh, json) = (tsh(&environment)?, words.json);
    runtime::run_to_exit_code(async move {
        let all = tsh.clusters(&login.profile.proxy).await?;
        if json {
            let all: Vec<Json> = all.iter().map(cluster_json).collect();
            return print_json(&format!("{:#}\n", Json::Array(all)));
        }
        let head = [
            say!(teleport_column_cluster),
            say!(teleport_column_status),
            say!(teleport_column_type),
            say!(teleport_column_labels),
            say!(teleport_column_selected),
        ];
        print(&table(&head, all.iter().map(cluster_row)))
    })
}

fn node_row(node: &TeleportNode) -> [String; 3] {
    [shown(&node.hostname), shown(&node.shown_address()), labels(&node.labels)]
}

fn cluster_row(cluster: &TeleportCluster) -> [String; 5] {
    let status = if cluster.online { "online" } else { "offline" };
    let kind = if cluster.leaf { "leaf" } else { "root" };
    let selected = if cluster.selected { "*" } else { "" };
    [
        shown(&cluster.name),
        status.to_owned(),
        kind.to_owned(),
        labels(&cluster.labels),
        selected.to_owned(),
    ]
}

/// Labels as tsh shows them, without those that Teleport keeps for itself.
fn labels(labels: &[(String, String)]) -> String {
    let own = labels.iter().filter(|(name, _)| !name.starts_with("teleport.internal/"));
    let all: Vec<String> = own.map(|(name, value)| format!("{name}={value}")).collect();
    text::line(&all.join(","), 4 * MAX_SHOWN)
}

fn shown(value: &str) -> String {
    text::line(value, MAX_SHOWN)
}

/// A head, a line of dashes and the rows, in columns.
fn table<const N: usize>(head: &[String; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = rows.collect();
    let widest = |at: usize| rows.iter().map(|row| text::columns(&row[at])).max().unwrap_or(0);
    let width = |at: usize| widest(at).clamp(text::columns(&head[at]), MAX_COLUMN);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut out = String::new();
    let mut line = |cells: &[String]| {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            text.push_str(cell);
            text.push_str(&" ".repeat(width.saturating_sub(text::columns(cell)) + 1));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    };
    line(head);
    line(&dashes);
    rows.iter().for_each(|row| line(row));
    out
}

fn node_json(node: &TeleportNode) -> Json {
    json!({
        "id": node.id,
        "hostname": node.hostname,
        "address": node.address,
        "tunnel": node.tunnel,
        "port": node.port,
        "labels": labels_json(&node.labels),
    })
}

fn cluster_json(cluster: &TeleportCluster) -> Json {
    json!({
        "cluster_name": cluster.name,
        "status": if cluster.online { "online" } else { "offline" },
        "cluster_type": if cluster.leaf { "leaf" } else { "root" },
        "labels": labels_json(&cluster.labels),
        "selected": cluster.selected,
    })
}

fn labels_json(labels: &[(String, String)]) -> Json {
    let pairs = labels.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str())));
    Json::Object(pairs.collect::<Map<_, _>>())
}
