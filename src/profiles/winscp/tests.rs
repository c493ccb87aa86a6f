//! Sites as WinSCP has written them, and broken ones.

use std::path::{Path, PathBuf};

use super::*;
use crate::os::user::UserId;
use crate::profiles::session::SavedSession;
use crate::profiles::sources::SessionSource;
use crate::secret::Secret;

const GUIDE: &str = "ubuntu@ip-172-31-30-140 [proxy:teleport.example.com]";

fn write(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// The sites of a text, and the directory and path of its file.
fn sites(text: &str) -> (tempfile::TempDir, PathBuf, WinScpSites) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("WinSCP.ini");
    write(&file, text);
    let sites = WinScpSites::new(file.clone(), UserId::effective());
    (directory, file, sites)
}

fn opened(sites: &WinScpSites, name: &str) -> SavedSession {
    assert!(sites.has(name), "{name}");
    sites.open(name).unwrap().unwrap()
}

#[test]
fn sites_have_the_values_that_winscp_shows() {
    let text = include_str!("../../../tests/data/putty/WinSCP.ini");
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/data/putty/WinSCP.expected.json"))
            .unwrap();
    let (_directory, file, sites) = sites(text);
    let names: Vec<String> = sites.names().unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["café", "prod/web 1", GUIDE]);
    for (name, site) in expected.as_object().unwrap() {
        let session = opened(&sites, name);
        assert!(session.refusal.is_none(), "{:?}", session.refusal);
        assert_eq!(session.profile.host, site["HostName"].as_str().unwrap());
        assert_eq!(session.profile.user.as_deref(), site["UserName"].as_str());
        assert_eq!(session.trust.authorities, std::slice::from_ref(&file));
        let password = stored_password(&file, name, UserId::effective()).unwrap();
        let wanted = site["password_plaintext_for_check_only"].as_str();
        assert_eq!(password.as_ref().map(Secret::expose), wanted, "{name}");
        let shown = format!("{session:?} {:?}", session.profile);
        assert!(!shown.contains("example-password") && !shown.contains("A35C"));
    }
    let guide = opened(&sites, GUIDE).profile;
    assert_eq!(guide.port, Some(3022));
    assert_eq!(guide.certificate.len(), 1);
    let web = opened(&sites, "prod/web 1");
    assert_eq!(web.profile.note.as_deref(), Some("line1\r\nline2 *100%*"));
    let via = web.via.unwrap();
    assert_eq!((&via.profile.host[..], via.profile.port), ("bastion.example.com", Some(22)));
    assert_eq!(via.profile.user.as_deref(), Some("jump"));
    let cafe = opened(&sites, "café").profile;
    assert_eq!(
        (cafe.keepalive_interval, &cafe.options[..]),
        (Some(60), &["Compression=yes".to_owned()][..])
    );
}

#[test]
fn a_proxy_is_before_the_tunnel() {
    let (_directory, _, sites) = sites(
        "[Sessions\\t]\nHostName=h\nTunnel=1\nTunnelHostName=g\nProxyMethod=2\nProxyHost=p\n\
         ProxyUsername=a%25@b%20c\nProxyPassword=x\n",
    );
    let site = opened(&sites, "t");
    let via = site.via.unwrap();
    assert_eq!(via.profile.proxy.as_deref(), Some("socks5h://a%25%40b%20c@p:80"));
    assert_eq!((via.profile.host, site.profile.proxy), ("g".to_owned(), None));
}

#[test]
fn what_is_not_ssh_is_listed_and_refused() {
    let (_directory, _, sites) = sites(
        "[Sessions\\ftp]\nHostName=h\nFSProtocol=5\n[Sessions\\s3]\nHostName=h\nFSProtocol=7\n\
         [Sessions\\odd]\nHostName=h\nFSProtocol=99\n[Sessions\\scp]\nHostName=me@h\nFSProtocol=0\n\
         [Sessions\\t]\nHostName=h\nTunnel=1\n[Sessions\\tt]\nHostName=h\nTunnel=1\nTunnelHostName=g\nTunnelPortNumber=0\n\
         [Sessions\\ping]\nHostName=h\nPingType=1\n[Sessions\\none]\n",
    );
    assert_eq!(sites.names().unwrap().len(), 8);
    for (name, says) in [
        ("ftp", "FTP"),
        ("s3", "S3"),
        ("odd", "99"),
        ("t", "TunnelHostName is missing"),
        ("tt", "TunnelPortNumber is 0"),
    ] {
        let refusal = opened(&sites, name).refusal.unwrap().to_string();
        assert!(refusal.contains(says), "{refusal}");
    }
    let scp = opened(&sites, "scp");
    assert!(scp.refusal.is_none());
    assert_eq!((scp.profile.user.as_deref(), &scp.profile.host[..]), (Some("me"), "h"));
    assert_eq!(opened(&sites, "ping").profile.keepalive_interval, Some(30));
    assert!(sites.open("none").unwrap_err().to_string().contains("HostName is missing"));
}

#[test]
fn a_master_password_is_named() {
    let text = include_str!("../../../tests/data/putty/WinSCP.ini")
        .replace("UseMasterPassword=0", "UseMasterPassword=1")
        .replace("Password=A35C", "Password=A35D");
    let (_directory, file, sites) = sites(&text);
    let Err(error) = stored_password(&file, "prod/web 1", UserId::effective()) else {
        panic!("a password was read");
    };
    assert!(error.to_string().contains("master password"), "{error}");
    opened(&sites, "prod/web 1");
    assert!(stored_password(&file, "café", UserId::effective()).unwrap().is_none());
}
