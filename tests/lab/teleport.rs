//! A Teleport without Teleport: OpenSSH's server with a host certificate of a root cluster and one
//! of a leaf cluster, a `~/.tsh` as Teleport's client writes it, and a stand-in for that client.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::home::PATH;
use super::{Home, Pty, Run, Setup, Sshd, USER, arg, tool};

/// The proxy, which is also the name of the root cluster.
pub const PROXY: &str = "teleport.example.com";
/// The leaf cluster.
pub const LEAF: &str = "example.teleport.sh";
/// A node of the root cluster that is reached through a tunnel.
pub const NODE: &str = "ip-172-31-34-128";
/// A node of the root cluster that runs OpenSSH.
pub const OPENSSH_NODE: &str = "ip-172-31-8-63";
/// A node of the leaf cluster.
pub const LEAF_NODE: &str = "build_agent_1";
/// A node of the root cluster that is off.
pub const OFFLINE_NODE: &str = "ip-172-31-30-140";
/// The UUID of [`NODE`].
pub const UUID: &str = "7d5cf2ac-cc9b-4c29-8a45-4c0c2c3b6c57";

/// Stands in for tsh. What it does otherwise is in the file `mode` beside it, what it prints in
/// `*.json` and `says`; each run is a line of `calls`.
const TSH: &str = r#"#!/bin/bash
dir=$(dirname "$0")
echo "$*" >>"$dir/calls"
fail() { echo "$1" >&2; exit 1; }
case $(cat "$dir/mode" 2>/dev/null) in
    hang) sleep 600 ;;
    flood) head -c 104857600 /dev/zero | tr '\0' '[' ; exit 0 ;;
    die) kill -KILL $$ ;;
    fail) cat "$dir/says" >&2; exit 1 ;;
    after) cat "$dir/$1.json"; cat "$dir/says" >&2; exit 1 ;;
    remind) cat "$dir/$1.json"; echo "Reminder: review [access lists]"; exit 0 ;;
    ask) read -r -p "Enter password for Teleport user alice: " password
        [[ $password == secret ]] || fail "ERROR: invalid username or password" ;;
esac
cluster=teleport.example.com proxy= target=
for word in "${@:2}"; do
    case $word in
        --cluster=*) cluster=${word#*=} ;;
        --proxy=*) proxy=${word#*=} ;;
        *) target=$word ;;
    esac
done
case $1 in
    ls|clusters|status)
        file=$dir/$1.json
        [[ $1 == ls && $cluster != teleport.example.com ]] && file=$dir/ls-leaf.json
        cat "$file" ;;
    login) exec "$dir/certify" +12h ;;
    proxy)
        [[ $2 == ssh ]] || fail "ERROR: unknown command"
        login=${target%@*} place=${target##*@}
        host=${place%%:*} port=0
        [[ $place == *:* ]] && port=${place##*:}
        host=${host%.$proxy} host=${host%.$cluster}
        exec 4<&0
        while read -r in name kind where; do
            [[ $in == "$cluster" && $name == "$host" ]] || continue
            [[ $kind == offline ]] && fail "ERROR: ssh: subsystem request failed"
            [[ $kind == openssh && $port != 22 ]] && fail "ERROR: direct dialing to nodes not found in inventory is not supported"
            [[ $kind == openssh && $login == nobody ]] && fail "ERROR: Connect failed [ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain]"
            [[ $login == nobody ]] && fail "ERROR: access denied to $login connecting to $name"
            exec 3<>"/dev/tcp/127.0.0.1/$where"
            cat <&4 >&3 &
            exec cat <&3 4<&-
        done <"$dir/nodes"
        fail "ERROR: no matching hosts found" ;;
esac
"#;

/// Signs the key again, as logging in does. $1 is how long the certificate lasts.
const CERTIFY: &str = r#"#!/bin/sh
dir=$(dirname "$0")
key=$HOME/.tsh/keys/teleport.example.com/alice
ssh-keygen -q -s "$dir/user_ca" -I alice -n tester,nobody,-teleport-internal-join -V "-1m:$1" \
    -O clear -O permit-pty -O permit-port-forwarding -O extension:teleport-roles=access "$key.pub"
mkdir -p "$key-ssh"
mv "$key-cert.pub" "$key-ssh/teleport.example.com-cert.pub"
"#;

const LS: &str = r#"[
{"kind":"node","version":"v2","metadata":{"name":"7d5cf2ac-cc9b-4c29-8a45-4c0c2c3b6c57","labels":{"access":"open","teleport.internal/resource-id":"x"}},
 "spec":{"addr":"","hostname":"ip-172-31-34-128","use_tunnel":true,"cmd_labels":{"arch":{"period":"1m0s","command":["uname","-m"],"result":"x86_64"}},"version":"17.0.1"}},
{"kind":"node","version":"v2","metadata":{"name":"u-2","labels":{"company":"acmecorp","env":"aws"}},"spec":{"addr":"127.0.0.1:3022","hostname":"ip-172-31-30-140"}},
{"kind":"node","sub_kind":"openssh","version":"v2","metadata":{"name":"u-3","labels":{"type":"openssh"}},"spec":{"addr":"172.31.8.63:22","hostname":"ip-172-31-8-63"}},
{"kind":"node","version":"v2","metadata":{"name":"u-4","labels":{"env":"one"}},"spec":{"addr":"10.0.0.1:3022","hostname":"twin"}},
{"kind":"node","version":"v2","metadata":{"name":"u-5","labels":{"env":"two"}},"spec":{"addr":"10.0.0.2:3022","hostname":"twin"}}
]"#;

const LS_LEAF: &str = r#"[{"kind":"node","version":"v2","metadata":{"name":"u-6"},"spec":{"addr":"10.1.0.1:3022","hostname":"build_agent_1"}}]"#;

const CLUSTERS: &str = r#"[
{"cluster_name":"teleport.example.com","status":"online","cluster_type":"root","labels":null,"selected":true},
{"cluster_name":"example.teleport.sh","status":"online","cluster_type":"leaf","labels":{"region":"eu"},"selected":false},
{"cluster_name":"away.teleport.sh","status":"offline","cluster_type":"leaf","labels":null,"selected":false}
]"#;

/// A home whose person is logged in to Teleport.
pub struct TeleportBed {
    pub home: Home,
    /// Where the stand-in is: its path has a blank.
    pub tools: PathBuf,
    /// The servers behind the nodes of the root cluster and of the leaf cluster.
    pub servers: Option<(Sshd, Sshd)>,
}

impl TeleportBed {
    /// Without servers behind the nodes.
    pub fn new() -> TeleportBed {
        let home = Home::new();
        let tools = home.path("my tools");
        fs::create_dir(&tools).unwrap();
        let keys = format!(".tsh/keys/{PROXY}");
        fs::create_dir_all(home.path(&keys)).unwrap();
        home.write(".tsh/current-profile", &format!("{PROXY}\n"));
        home.write(
            &format!(".tsh/{PROXY}.yaml"),
            &format!(
                "web_proxy_addr: {PROXY}:443\nssh_proxy_addr: {PROXY}:443\nuser: alice\n\
                 cluster: {PROXY}\ndir: \"\"\ntls_routing_enabled: true\nprivate_key_policy: none\n\
                 piv_slot: \"\"\nmissingclusterdetails: false\nssh_dial_timeout: 30s\n"
            ),
        );
        home.key(&format!("{keys}/alice"), &["ed25519"], "");
        let bed = TeleportBed { home, tools, servers: None };
        tool(
            "/usr/bin/ssh-keygen",
            &["-q", "-t", "ed25519", "-N", "", "-f", arg(&bed.tools.join("user_ca"))],
        );
        for (name, text) in [("tsh", TSH), ("certify", CERTIFY)] {
            bed.write(name, text);
            let executable = Permissions::from_mode(0o755);
            fs::set_permissions(bed.tools.join(name), executable).unwrap();
        }
        for (name, text) in
            [("ls.json", LS), ("ls-leaf.json", LS_LEAF), ("clusters.json", CLUSTERS)]
        {
            bed.write(name, text);
        }
        bed.certify("+12h");
        bed
    }

    /// With a server behind the nodes of each cluster.
    pub fn with_servers() -> TeleportBed {
        let mut bed = TeleportBed::new();
        let users = format!("TrustedUserCAKeys {}", bed.home.path("user_ca.pub").display());
        let public = fs::read_to_string(bed.tools.join("user_ca.pub")).unwrap();
        bed.home.write("user_ca.pub", &public);
        let start = |nodes: &[(&str, &str)], cluster: &str| {
            let setup = Setup::new();
            let names: Vec<String> = nodes
                .iter()
                .map(|(name, id)| format!("{id}.{cluster},{id},{name}.{cluster},{name}"))
                .collect();
            let names = format!("{},localhost,127.0.0.1,::1", names.join(","));
            let certificate = setup.host_certificate("host_ca", &["-h", "-n", &names]);
            setup.start(&[
                &users,
                &certificate,
                "AuthorizedKeysFile none",
                "Subsystem sftp internal-sftp",
            ])
        };
        let root = start(&[(NODE, UUID), (OPENSSH_NODE, "u-3")], PROXY);
        let leaf = start(&[(LEAF_NODE, "u-6")], LEAF);
        bed.write(
            "nodes",
            &format!(
                "{PROXY} {NODE} tunnel {0}\n{PROXY} {UUID} tunnel {0}\n\
                 {PROXY} {OPENSSH_NODE} openssh {0}\n{PROXY} {OFFLINE_NODE} offline 0\n\
                 {LEAF} {LEAF_NODE} teleport {1}\n",
                root.port(),
                leaf.port()
            ),
        );
        let line = |cluster: &str, sshd: &Sshd| {
            let key = sshd.public("host_ca.pub");
            let key = key.trim_end();
            format!("@cert-authority {PROXY},{cluster},*.{cluster} {key} type=host\n")
        };
        let lines = line(PROXY, &root) + &line(LEAF, &leaf);
        bed.home.write(".tsh/known_hosts", &lines);
        bed.servers = Some((root, leaf));
        bed
    }

    /// Writes a file beside the stand-in.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.tools.join(name), text).unwrap();
    }

    /// Has the stand-in do something else from now on.
    pub fn mode(&self, mode: &str) {
        self.write("mode", mode);
    }

    /// Has the stand-in fail with these words.
    pub fn fails(&self, says: &str) {
        self.write("says", &format!("{says}\n"));
        self.mode("fail");
    }

    /// Signs the certificate again; it lasts this long, as `ssh-keygen -V` has it.
    pub fn certify(&self, until: &str) {
        let certify = self.tools.join("certify");
        self.home.run(&certify, &[until]).output().expect_code(0);
    }

    /// The certificate's place.
    pub fn certificate(&self) -> PathBuf {
        self.home.path(&format!(".tsh/keys/{PROXY}/alice-ssh/{PROXY}-cert.pub"))
    }

    /// How the stand-in was run, one line each.
    pub fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.tools.join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    /// PATH with the stand-in.
    pub fn search_path(&self) -> String {
        format!("{}:{PATH}", self.tools.display())
    }

    /// The program with the stand-in in PATH, without a terminal.
    pub fn tessh(&self, arguments: &[&str]) -> Run {
        self.home.tessh(arguments).env("PATH", self.search_path())
    }

    /// The program with the stand-in in PATH, on a terminal.
    pub fn on_pty(&self, arguments: &[&str]) -> Pty {
        self.home.on_pty_with(arguments, &[("PATH", &self.search_path())])
    }

    /// The name of the session for a node of the root cluster.
    pub fn session(node: &str) -> String {
        format!("{USER}@{node} [proxy:{PROXY}]")
    }
}
