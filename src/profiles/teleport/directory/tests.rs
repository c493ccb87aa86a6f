//! The directory of tsh in the layouts of its versions, and damaged in many ways.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{MAX_CERTIFICATES, MAX_PROFILE, TshDirectory, certificates};

/// A directory with the files of one version.
fn tree(version: u8) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let old = "auth_type: local\nforward_ports: []\n";
    let new = "tls_routing_enabled: true\nprivate_key_policy: none\npiv_slot: \"\"\n\
               missingclusterdetails: false\nssh_dial_timeout: 30s\nsso_host: \"\"\n";
    let text = format!(
        "web_proxy_addr: teleport.example.com:443\nssh_proxy_addr: teleport.example.com:443\n\
         user: alice\ncluster: teleport.example.com\ndir: \"\"\n{}",
        if version < 17 { old } else { new }
    );
    write(root, "current-profile", "teleport.example.com\n");
    write(root, "teleport.example.com.yaml", &text);
    let keys = "keys/teleport.example.com";
    write(root, &format!("{keys}/alice"), "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    write(root, &format!("{keys}/alice-ssh/teleport.example.com-cert.pub"), "x");
    match version {
        17.. => write(root, &format!("{keys}/alice.crt"), "x"),
        _ => write(root, &format!("{keys}/alice-x509.pem"), "x"),
    }
    dir
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn all_layouts_lead_to_the_same_files() {
    for version in [14, 16, 17, 18] {
        let dir = tree(version);
        let tsh = TshDirectory::new(dir.path().to_owned());
        let name = tsh.current().unwrap().unwrap();
        let profile = tsh.profile(&name).unwrap().unwrap();
        assert_eq!(profile, tsh.profile("teleport.example.com:443").unwrap().unwrap());
        assert_eq!(profile.user, "alice");
        assert_eq!(profile.cluster, "teleport.example.com");
        assert_eq!(profile.key, dir.path().join("keys/teleport.example.com/alice"));
        assert!(profile.certificate.is_file());
        assert!(!profile.is_on_token());
        assert_eq!(tsh.profiles().unwrap().len(), 1);
    }
}

#[test]
fn of_very_many_certificates_so_many_are_looked_through() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..MAX_CERTIFICATES + 10 {
        fs::File::create(dir.path().join(format!("{number}-cert.pub"))).unwrap();
    }
    assert_eq!(certificates(dir.path()).len(), MAX_CERTIFICATES);
}

#[test]
fn the_root_clusters_certificate_serves_leaf_clusters() {
    let dir = tree(18);
    let proxy = "web_proxy_addr: teleport.example.com:443\nuser: alice\n";
    write(dir.path(), "teleport.example.com.yaml", &format!("{proxy}cluster: leaf\n"));
    let certificates = "keys/teleport.example.com/alice-ssh";
    write(dir.path(), &format!("{certificates}/leaf-cert.pub"), "x");
    let tsh = TshDirectory::new(dir.path().to_owned());
    let profile = || tsh.profile("teleport.example.com").unwrap().unwrap();
    assert_eq!(profile().root_cluster, "teleport.example.com");
    let certificates = dir.path().join(certificates);
    fs::remove_file(certificates.join("leaf-cert.pub")).unwrap();
    fs::rename(
        certificates.join("teleport.example.com-cert.pub"),
        certificates.join("main-cert.pub"),
    )
    .unwrap();
    assert_eq!(profile().root_cluster, "main", "the proxy's host need not be the cluster's name");
    assert_eq!(profile().certificate, certificates.join("main-cert.pub"));
    fs::remove_dir_all(&certificates).unwrap();
    assert_eq!(profile().certificate, certificates.join("leaf-cert.pub"));
}

#[test]
fn broken_profiles_are_named_and_the_others_listed() {
    let dir = tree(18);
    let root = dir.path();
    let whole = "web_proxy_addr: large.example.com:443\nuser: u\n";
    for (name, text) in [
        ("half.example.com", "web_proxy_addr: \"half.exam"),
        ("cut.example.com", "web_proxy_addr: cut.exam"),
        ("list.example.com", "- a\n- b\n"),
        ("empty.example.com", ""),
        ("nobody.example.com", "web_proxy_addr: nobody.example.com:443\n"),
        ("away.example.com", "web_proxy_addr: away.example.com:443\nuser: ../../etc\n"),
        ("large.example.com", &format!("{whole}#{}", "x".repeat(MAX_PROFILE - whole.len()))),
    ] {
        write(root, &format!("{name}.yaml"), text);
    }
    write(root, "latin.example.com.yaml", "x");
    fs::write(root.join("latin.example.com.yaml"), b"user: caf\xe9\n").unwrap();
    fs::create_dir(root.join("dir.example.com.yaml")).unwrap();
    symlink(root.join("teleport.example.com.yaml"), root.join("link.example.com.yaml")).unwrap();
    symlink("/dev/zero", root.join("zero.example.com.yaml")).unwrap();
    write(root, ".hidden.yaml", "x");
    write(root, "known_hosts", "x");
    let tsh = TshDirectory::new(root.to_owned());
    let all = tsh.profiles().unwrap();
    let good: Vec<_> =
        all.iter().filter(|it| it.profile.is_ok()).map(|it| it.name.as_str()).collect();
    assert_eq!(good, ["teleport.example.com"]);
    assert_eq!(all.len(), 12);
    for error in all.iter().filter_map(|it| it.profile.as_ref().err()) {
        let line = error.to_string();
        assert!(line.contains(".yaml") && !line.contains(char::is_control), "{line}");
    }
}

#[test]
fn what_is_not_there_is_no_error_and_what_is_no_name_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let tsh = TshDirectory::new(dir.path().join("none"));
    assert!(tsh.profiles().unwrap().is_empty());
    assert_eq!(tsh.current().unwrap(), None);
    assert_eq!(tsh.profile("teleport.example.com").unwrap(), None);
    assert_eq!(tsh.profile("../x").unwrap(), None);
    assert_eq!(tsh.profile("").unwrap(), None);
    let tsh = TshDirectory::new(dir.path().to_owned());
    write(dir.path(), "current-profile", "../../x\n");
    assert!(tsh.current().is_err());
    write(dir.path(), "current-profile", "\n");
    assert_eq!(tsh.current().unwrap(), None);
}

#[test]
fn a_key_on_a_token_is_known() {
    let dir = tree(18);
    let key = "keys/teleport.example.com/alice";
    write(dir.path(), key, "-----BEGIN PIV YUBIKEY PRIVATE KEY-----\nAAAA\n");
    let tsh = TshDirectory::new(dir.path().to_owned());
    assert!(tsh.profile("teleport.example.com").unwrap().unwrap().is_on_token());
}
