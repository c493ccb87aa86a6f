//! The node browser on a virtual screen, with a source that lists from memory.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::NodeBrowser;
use crate::error::{Error, Kind, Result};
use crate::profiles::teleport::{TeleportCluster, TeleportNode};
use crate::ui::nodes::{NodeChoice, NodeSource, Nodes};
use crate::ui::screen::testing::TestScreen;

struct Listed {
    nodes: Vec<TeleportNode>,
    saved: Mutex<Vec<NodeChoice>>,
}

impl NodeSource for Listed {
    fn clusters(&self) -> Result<Vec<TeleportCluster>> {
        let cluster = |name: &str, leaf, online| TeleportCluster {
            name: name.to_owned(),
            leaf,
            online,
            ..TeleportCluster::default()
        };
        Ok(vec![
            cluster("root", false, true),
            cluster("leaf", true, true),
            cluster("away", true, false),
        ])
    }

    fn nodes(&self, cluster: &str) -> Result<Vec<TeleportNode>> {
        match cluster {
            "root" => Ok(self.nodes.clone()),
            "leaf" => Ok(vec![node("leaf-node", "10.1.1.1:3022", &[])]),
            _ => Err(Error::new(Kind::Connect, "the cluster is away")),
        }
    }

    fn save(&self, choice: &NodeChoice) -> Result<String> {
        self.saved.lock().unwrap().push(choice.clone());
        Ok(format!("{}@{} [proxy:p]", choice.login, choice.node.hostname))
    }

    fn lasts(&self) -> (String, bool) {
        ("valid for 11h".to_owned(), false)
    }

    fn logins(&self) -> Vec<String> {
        vec!["root".to_owned(), "ubuntu".to_owned()]
    }
}

fn node(hostname: &str, address: &str, labels: &[(&str, &str)]) -> TeleportNode {
    TeleportNode {
        hostname: hostname.to_owned(),
        address: address.to_owned(),
        labels: labels.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
        ..TeleportNode::default()
    }
}

fn few() -> Arc<Listed> {
    Arc::new(Listed {
        nodes: vec![
            node("db", "", &[("env", "prod"), ("teleport.internal/x", "y")]),
            node("web-1", "10.0.0.1:3022", &[("env", "prod")]),
            node("web-2", "10.0.0.2:3022", &[("env", "dev\x1b[2J")]),
        ],
        saved: Mutex::default(),
    })
}

fn browser(source: &Arc<Listed>) -> NodeBrowser {
    NodeBrowser::new("p", Nodes::of(source.clone(), "root"))
}

#[test]
fn nodes_are_searched_by_name_and_label_and_one_is_chosen() {
    let source = few();
    let mut screen = TestScreen::new(100, 30);
    let (shown, _) = screen.play(browser(&source), "<Wait:web-2>");
    for text in ["valid for 11h", "[ ] db", "Tunnel  env=prod", "10.0.0.1:3022  env=prod", "root"] {
        assert!(shown.contains(text), "{text}:\n{shown}");
    }
    assert!(!shown.contains("teleport.internal") && !shown.contains('\x1b'), "{shown}");
    let (shown, closed) = screen.play(browser(&source), "<Wait:web-2>WEB env=prod<Enter>");
    assert!(!shown.contains("[ ] db") && !shown.contains("web-2"), "{shown}");
    let chosen = closed.unwrap().into_chosen().unwrap();
    assert_eq!((chosen.login.as_str(), chosen.node.hostname.as_str()), ("root", "web-1"));
    assert_eq!(chosen.cluster, "root");
    let (_, closed) = screen.play(browser(&source), "<Wait:web-2><Esc>");
    assert!(closed.unwrap().into_chosen().is_none());
    let (_, closed) = screen.play(browser(&source), "<Wait:web-2>nothing like it<Enter>");
    assert!(closed.is_none(), "nothing is chosen");
}

#[test]
fn f1_names_the_keys_and_how_text_is_selected() {
    let shown = TestScreen::new(80, 24).play(browser(&few()), "<Wait:web-2><F1>").0;
    for key in ["Keys", "Space", "s Alt+s", "Shift+drag", "select text"] {
        assert!(shown.contains(key), "{key}:\n{shown}");
    }
}

#[test]
fn many_are_marked_and_saved_at_once_with_the_chosen_login() {
    let source = few();
    let mut screen = TestScreen::new(100, 30);
    let keys = "<Wait:web-2><Tab><Down><Down>  <Tab><Right><S-Tab>s";
    let (shown, _) = screen.play(browser(&source), keys);
    let saved = std::mem::take(&mut *source.saved.lock().unwrap());
    let names: Vec<_> =
        saved.iter().map(|it| (it.login.as_str(), it.node.hostname.as_str())).collect();
    assert_eq!(names, [("ubuntu", "web-2")], "marked twice is not marked:\n{shown}");
    let (shown, _) = screen.play(browser(&source), "<Wait:web-2>web<Tab>as");
    let saved = source.saved.lock().unwrap();
    assert_eq!(saved.len(), 2, "{shown}");
    assert!(shown.contains("2 sessions"), "{shown}");
}

#[test]
fn another_cluster_is_listed_and_one_that_is_away_is_said() {
    let source = few();
    let mut screen = TestScreen::new(100, 30);
    let to_cluster = "<Wait:web-2><Tab><Tab><Tab>";
    let (shown, closed) =
        screen.play(browser(&source), &format!("{to_cluster}<Right><Wait:leaf-node><Enter>"));
    let chosen = closed.expect(&shown).into_chosen().unwrap();
    assert_eq!((chosen.cluster.as_str(), chosen.node.hostname.as_str()), ("leaf", "leaf-node"));
    let (shown, _) = screen
        .play(browser(&source), &format!("{to_cluster}<Right><Right><Wait:the cluster is away>"));
    assert!(shown.contains("away (offline)"), "{shown}");
}

#[test]
fn ten_thousand_nodes_stay_fluid() {
    let nodes = (0..10_000).map(|at| {
        let env = if at % 100 == 0 { "prod" } else { "dev" };
        node(&format!("node-{at:05}"), "10.0.0.1:3022", &[("env", env), ("team", "infrastructure")])
    });
    let source = Arc::new(Listed { nodes: nodes.collect(), saved: Mutex::default() });
    let mut screen = TestScreen::new(120, 40);
    let begin = Instant::now();
    let keys = "<Wait:node-00000>env=prod node-07<Tab><Down><PageDown><Home><Wait:10 of 10000>";
    let (shown, _) = screen.play(browser(&source), keys);
    assert!(shown.contains("node-07000") && !shown.contains("node-07001"), "{shown}");
    // About thirty frames, without optimisation and on a loaded machine.
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

/// A few nodes, one of them marked, for a picture.
pub(in crate::ui::screen) fn pictured(stage: &mut TestScreen) -> String {
    let node = |name: &str, at: &str, role: &str| {
        node(name, at, &[("env", "prod"), ("role", role), ("team", "shop")])
    };
    let nodes = vec![
        node("cache-1", "10.2.0.21:3022", "cache"),
        node("db-primary", "10.2.0.5:3022", "database"),
        node("db-replica", "", "database"),
        node("web-1", "10.2.0.11:3022", "web"),
        node("web-2", "10.2.0.12:3022", "web"),
        node("worker-1", "", "queue"),
    ];
    let source = Arc::new(Listed { nodes, saved: Mutex::default() });
    let browser = NodeBrowser::new("teleport.example.com", Nodes::of(source, "root"));
    stage.play(browser, "<Wait:web-2><Tab><Down><Down><Down> ").0
}
