//! The data of the node browser: the nodes of one cluster at a time, the search among them, and
//! which are marked. The command line lists and saves them, through [`NodeSource`].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use crate::error::{Error, Kind, Result};
use crate::profiles::teleport::{TeleportCluster, TeleportNode};
use crate::{say, text};

/// How many characters of a name or of labels are shown.
const MAX_SHOWN: usize = 200;
/// The beginning of labels that Teleport keeps for itself.
const INTERNAL: &str = "teleport.internal/";

/// A node with the login on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeChoice {
    /// The login.
    pub login: String,
    /// The node.
    pub node: TeleportNode,
    /// The cluster, by name.
    pub cluster: String,
    /// Whether no other node of the cluster has its name.
    pub is_alone: bool,
}

/// Lists clusters and nodes, and saves sessions for nodes.
pub trait NodeSource: Send + Sync {
    /// The clusters, the root cluster first. May take seconds.
    ///
    /// # Errors
    /// Why they cannot be listed.
    fn clusters(&self) -> Result<Vec<TeleportCluster>>;

    /// The nodes of a cluster. May take seconds.
    ///
    /// # Errors
    /// Why they cannot be listed.
    fn nodes(&self, cluster: &str) -> Result<Vec<TeleportNode>>;

    /// Saves a session for a node, and returns its name.
    ///
    /// # Errors
    /// Why it cannot be saved.
    fn save(&self, choice: &NodeChoice) -> Result<String>;

    /// How long the login lasts, in a sentence, and whether that is short.
    fn lasts(&self) -> (String, bool);

    /// The logins that may be used, the likeliest first.
    fn logins(&self) -> Vec<String>;
}

/// What was listed in the background.
struct Fetched {
    clusters: Option<Result<Vec<TeleportCluster>>>,
    cluster: String,
    nodes: Result<Vec<TeleportNode>>,
}

/// The nodes of the chosen cluster.
pub struct Nodes {
    source: Arc<dyn NodeSource>,
    /// The clusters; empty until they have been listed.
    pub clusters: Vec<TeleportCluster>,
    /// The chosen cluster.
    pub cluster: String,
    all: Vec<TeleportNode>,
    /// What is searched of each node, in lower case.
    sought: Vec<String>,
    marked: BTreeSet<usize>,
    fetching: Option<Receiver<Fetched>>,
}

impl Nodes {
    /// Begins to list the clusters, and the nodes of this one.
    pub fn of(source: Arc<dyn NodeSource>, cluster: &str) -> Nodes {
        let mut nodes = Nodes {
            source,
            clusters: Vec::new(),
            cluster: cluster.to_owned(),
            all: Vec::new(),
            sought: Vec::new(),
            marked: BTreeSet::new(),
            fetching: None,
        };
        nodes.fetch(true);
        nodes
    }

    /// Where the nodes come from.
    pub fn source(&self) -> &dyn NodeSource {
        &*self.source
    }

    /// Begins to list the nodes of another cluster; what is marked is marked no more.
    pub fn choose_cluster(&mut self, cluster: &str) {
        if self.cluster == cluster {
            return;
        }
        cluster.clone_into(&mut self.cluster);
        self.take(Vec::new());
        self.fetch(false);
    }

    /// Lists on a thread of its own, which is not waited for if the person leaves.
    fn fetch(&mut self, with_clusters: bool) {
        let (done, fetched) = channel();
        let (source, cluster) = (Arc::clone(&self.source), self.cluster.clone());
        std::thread::spawn(move || {
            let nodes = source.nodes(&cluster);
            let clusters = (with_clusters && nodes.is_ok()).then(|| source.clusters());
            // The dialog may have been left, and then nobody wants to know.
            let _ = done.send(Fetched { clusters, cluster, nodes });
        });
        self.fetching = Some(fetched);
    }

    /// Whether nodes are being listed.
    pub fn is_fetching(&self) -> bool {
        self.fetching.is_some()
    }

    /// Takes what has been listed meanwhile; `None` if it is not there yet.
    ///
    /// # Errors
    /// Why nodes or clusters cannot be listed.
    pub fn fetched(&mut self) -> Option<Result<()>> {
        let fetched = match self.fetching.as_ref()?.try_recv() {
            Ok(fetched) => fetched,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => {
                self.fetching = None;
                return Some(Err(Error::new(Kind::Local, say!(stopped_by_fault))));
            }
        };
        self.fetching = None;
        if fetched.cluster != self.cluster {
            return None;
        }
        Some(fetched.nodes.and_then(|nodes| {
            self.take(nodes);
            match fetched.clusters {
                Some(clusters) => clusters.map(|clusters| self.clusters = clusters),
                None => Ok(()),
            }
        }))
    }

    fn take(&mut self, nodes: Vec<TeleportNode>) {
        self.sought = nodes.iter().map(sought).collect();
        self.all = nodes;
        self.marked.clear();
    }

    /// All nodes.
    pub fn all(&self) -> &[TeleportNode] {
        &self.all
    }

    /// The numbers of the nodes that have all typed words; all of them if nothing is typed.
    pub fn matching(&self, typed: &str) -> Vec<usize> {
        let typed = typed.to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let has_all = |at: &usize| words.iter().all(|word| self.sought[*at].contains(word));
        (0..self.all.len()).filter(has_all).collect()
    }

    /// Marks a node, or unmarks it.
    pub fn mark(&mut self, at: usize) {
        if !self.marked.remove(&at) {
            self.marked.insert(at);
        }
    }

    /// Marks all of these, or unmarks them if all are marked.
    pub fn mark_all(&mut self, these: &[usize]) {
        if !these.iter().all(|at| self.marked.contains(at)) {
            self.marked.extend(these);
            return;
        }
        for at in these {
            self.marked.remove(at);
        }
    }

    /// Whether a node is marked.
    pub fn is_marked(&self, at: usize) -> bool {
        self.marked.contains(&at)
    }

    /// The marked nodes.
    pub fn marked(&self) -> impl Iterator<Item = usize> + '_ {
        self.marked.iter().copied()
    }

    /// Unmarks all nodes.
    pub fn unmark(&mut self) {
        self.marked.clear();
    }

    /// The choice of a node with a login.
    pub fn choice(&self, at: usize, login: &str) -> Option<NodeChoice> {
        let node = self.all.get(at)?.clone();
        let same = self.all.iter().filter(|other| other.hostname == node.hostname);
        let is_alone = same.count() == 1;
        let (login, cluster) = (login.to_owned(), self.cluster.clone());
        Some(NodeChoice { login, node, cluster, is_alone })
    }

    /// A node's name, and its address with its labels, sanitised.
    pub fn shown(&self, at: usize) -> (String, String) {
        let Some(node) = self.all.get(at) else { return Default::default() };
        let own = node.labels.iter().filter(|(name, _)| !name.starts_with(INTERNAL));
        let labels: Vec<String> = own.map(|(name, value)| format!("{name}={value}")).collect();
        let note = format!("{}  {}", node.shown_address(), labels.join(","));
        (text::line(&node.hostname, MAX_SHOWN), text::line(note.trim_end(), MAX_SHOWN))
    }
}

/// What the search looks at: name, address and labels.
fn sought(node: &TeleportNode) -> String {
    let mut sought = format!("{}\n{}\n{}", node.hostname, node.shown_address(), node.id);
    for (name, value) in &node.labels {
        sought.push_str(&format!("\n{name}={value}"));
    }
    sought.to_lowercase()
}
