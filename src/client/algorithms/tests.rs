//! The proposal, and how a user's list changes it.

use super::*;

#[test]
fn every_name_in_the_tables_is_one_the_library_has() {
    let everything = Proposal {
        kex: AlgorithmFamily::Kex.supported(),
        host_key: AlgorithmFamily::HostKey.supported(),
        cipher: AlgorithmFamily::Cipher.supported(),
        mac: AlgorithmFamily::Mac.supported(),
        compression: true,
    };
    let preferred = everything.preferred();
    assert_eq!(preferred.kex.len(), KEX.len() + 2);
    assert_eq!(preferred.cipher.len(), CIPHERS.len());
    assert_eq!(preferred.mac.len(), MACS.len());
    assert_eq!(preferred.key.len(), SIGNATURES.len());
    assert_eq!(preferred.host_key_certificates.len(), SIGNATURES.len());
}

#[test]
fn names_that_mean_no_protection_cannot_be_asked_for() {
    for name in ["none", "clear", "+none", "ext-info-c", "kex-strict-c-v00@openssh.com"] {
        for family in [
            AlgorithmFamily::Kex,
            AlgorithmFamily::Cipher,
            AlgorithmFamily::Mac,
            AlgorithmFamily::HostKey,
        ] {
            assert!(select(family, Some(name)).is_err(), "{name}");
        }
    }
}

#[test]
fn names_that_only_ssh_has_are_left_out_and_named() {
    let kex = "sntrup761x25519-sha512@openssh.com,curve25519-sha256";
    assert_eq!(select(AlgorithmFamily::Kex, Some(kex)).unwrap(), ["curve25519-sha256"]);
    assert_eq!(missing(AlgorithmFamily::Kex, Some(kex)), ["sntrup761x25519-sha512@openssh.com"]);
    assert_eq!(missing(AlgorithmFamily::Mac, Some("+hmac-md5,hmac-sha1")), ["hmac-md5"]);
    assert!(missing(AlgorithmFamily::Mac, Some("-umac-*")).is_empty());
    assert!(missing(AlgorithmFamily::Mac, None).is_empty());
    for (family, name) in [
        (AlgorithmFamily::Kex, "mlkem768nistp256-sha256"),
        (AlgorithmFamily::Mac, "hmac-md5"),
        (AlgorithmFamily::Mac, "hmac-sha1-96"),
        (AlgorithmFamily::HostKey, "ssh-mldsa44-ed25519"),
        (AlgorithmFamily::Pubkey, "ssh-mldsa44-ed25519-cert"),
    ] {
        let error = select(family, Some(name)).unwrap_err().to_string();
        assert!(error.contains("does not have") && error.contains(name), "{error}");
        let [line] = &left_out(&[(family, Some(&format!("^{name}")))])[..] else {
            panic!("{name}")
        };
        assert!(line.contains(name), "{line}");
    }
    let error = select(AlgorithmFamily::Kex, Some("rot13")).unwrap_err().to_string();
    assert!(error.contains("Bad SSH2"), "{error}");
}

#[test]
fn the_oldest_gear_is_reached_only_by_name() {
    let old = "diffie-hellman-group1-sha1";
    assert!(!AlgorithmFamily::Kex.defaults().contains(&old));
    assert_eq!(
        select(AlgorithmFamily::Kex, Some(&format!("+{old}"))).unwrap().last().unwrap(),
        old
    );
}

#[test]
fn operators_change_the_defaults() {
    let first = |spec| select(AlgorithmFamily::Cipher, Some(spec)).unwrap();
    assert_eq!(first("aes256-ctr,aes128-ctr"), ["aes256-ctr", "aes128-ctr"]);
    assert_eq!(first("+aes128-cbc").last().unwrap(), "aes128-cbc");
    assert_eq!(first("^aes256-ctr")[0], "aes256-ctr");
    assert!(!first("-aes*-ctr").iter().any(|name| name.ends_with("ctr")));
    assert!(select(AlgorithmFamily::Cipher, Some("-*")).is_err());
}

#[test]
fn types_on_record_are_proposed_first() {
    let known = KnownTypes { keys: vec![Algorithm::Rsa { hash: None }], ..KnownTypes::default() };
    let proposal = Proposal::new(&Lists::default(), &known).unwrap();
    assert_eq!(proposal.host_key[..2], ["rsa-sha2-512", "rsa-sha2-256"]);
    assert_eq!(proposal.host_key[2], "ssh-ed25519");
    assert!(!proposal.host_key.iter().any(|name| name == "ssh-rsa"));
}

#[test]
fn certificates_are_asked_for_only_where_an_authority_covers_the_host() {
    let with = KnownTypes { authority: true, ..KnownTypes::default() };
    let proposal = Proposal::new(&Lists::default(), &with).unwrap();
    assert_eq!(proposal.on_the_wire()[0], "ssh-ed25519-cert-v01@openssh.com");
    let without = Proposal::new(&Lists::default(), &KnownTypes::default()).unwrap();
    assert!(without.preferred().host_key_certificates.is_empty());
}

#[test]
fn where_only_certificates_count_no_plain_key_is_asked_for() {
    let known = KnownTypes { only_certificates: true, ..KnownTypes::default() };
    let own = "ssh-ed25519,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-512";
    for (list, count) in [(None, None), (Some(own), Some(2))] {
        let lists = Lists { host_key: list, ..Lists::default() };
        let proposal = Proposal::new(&lists, &known).unwrap();
        assert!(proposal.preferred().key.is_empty(), "{:?}", proposal.host_key);
        let certificates = proposal.preferred().host_key_certificates.len();
        assert_eq!(certificates, count.unwrap_or(proposal.host_key.len()));
    }
}

#[test]
fn a_group_is_as_strong_as_the_strongest_cipher() {
    for (ciphers, bits) in [
        ("aes128-ctr", 3072),
        ("aes128-cbc,aes192-ctr", 7680),
        ("3des-cbc", 3072),
        ("aes128-gcm@openssh.com,aes256-ctr", 8192),
        ("chacha20-poly1305@openssh.com", 8192),
    ] {
        let lists = Lists { cipher: Some(ciphers), ..Lists::default() };
        let proposal = Proposal::new(&lists, &KnownTypes::default()).unwrap();
        let sizes = proposal.group_exchange(None, Quirks::default()).unwrap();
        assert_eq!(sizes.preferred_group_size(), bits, "{ciphers}");
        assert_eq!((sizes.min_group_size(), sizes.max_group_size()), (2048, 8192));
    }
}

#[test]
fn a_group_is_as_strong_as_the_cipher_that_will_be_agreed_on() {
    let cipher = Some("aes128-ctr,aes192-ctr,aes256-ctr");
    let lists = Lists { cipher, ..Lists::default() };
    let proposal = Proposal::new(&lists, &KnownTypes::default()).unwrap();
    assert!(proposal.asks_for_a_group());
    let cisco = Quirks::of("SSH-2.0-Cisco-1.25");
    for (to, from, quirks, bits) in [
        ("3des-cbc,aes128-ctr,aes256-ctr", "aes128-ctr", Quirks::default(), 3072),
        ("aes256-ctr", "aes128-ctr", Quirks::default(), 8192),
        ("aes192-ctr", "aes128-ctr", Quirks::default(), 7680),
        ("aes256-ctr", "aes256-ctr", cisco, 4096),
        ("aes128-ctr", "aes128-ctr", cisco, 3072),
        ("rot13", "rot13", Quirks::default(), 8192),
    ] {
        let list = |names: &str| names.split(',').map(str::to_owned).collect();
        let offer = Offer { ciphers: [list(to), list(from)], ..Offer::default() };
        let sizes = proposal.group_exchange(Some(&offer), quirks).unwrap();
        assert_eq!(sizes.preferred_group_size(), bits, "{to} {from}");
        assert_eq!((sizes.min_group_size(), sizes.max_group_size()), (2048, 8192));
    }
    for (kex, cipher) in [("curve25519-sha256", "aes128-ctr,aes256-ctr"), ("+", "aes128-ctr")] {
        let lists = Lists { kex: Some(kex), cipher: Some(cipher), ..Lists::default() };
        let proposal = Proposal::new(&lists, &KnownTypes::default()).unwrap();
        assert!(!proposal.asks_for_a_group(), "{kex} {cipher}");
    }
}

#[test]
fn what_a_server_gets_wrong_is_not_proposed() {
    let mut proposal = Proposal::new(&Lists::default(), &KnownTypes::default()).unwrap();
    let padded = |proposal: &Proposal| proposal.kex.iter().any(|it| it.ends_with("libssh.org"));
    proposal.adapt(Quirks::of("SSH-2.0-OpenSSH_6.6.1p1"));
    assert!(padded(&proposal));
    proposal.adapt(Quirks::of("SSH-2.0-OpenSSH_6.6p1"));
    assert!(!padded(&proposal) && proposal.kex.len() > 3);
}

#[test]
fn an_own_list_keeps_its_order() {
    let known =
        KnownTypes { keys: vec![Algorithm::Ed25519], authority: true, ..KnownTypes::default() };
    let lists = Lists { host_key: Some("rsa-sha2-512,ssh-ed25519"), ..Lists::default() };
    let proposal = Proposal::new(&lists, &known).unwrap();
    assert_eq!(proposal.host_key, ["rsa-sha2-512", "ssh-ed25519"]);
}
