//! Round trips, OpenSSH's own bytes, and junk.

use proptest::prelude::*;

use super::*;

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9./:_-]{1,40}"
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(1..=255_u8, 0..60)
}

fn listen() -> impl Strategy<Value = Listen> {
    prop_oneof![
        (proptest::option::of(word()), any::<u16>())
            .prop_map(|(host, port)| Listen::Tcp { host, port }),
        word().prop_map(Listen::Path),
    ]
}

fn connect() -> impl Strategy<Value = Connect> {
    prop_oneof![
        (word(), 1..=u16::MAX).prop_map(|(host, port)| Connect::Tcp { host, port }),
        word().prop_map(Connect::Path),
    ]
}

fn forward() -> impl Strategy<Value = (ForwardDirection, Forward)> {
    prop_oneof![
        (listen(), connect())
            .prop_map(|(listen, connect)| (ForwardDirection::Local, Forward { listen, connect })),
        (listen(), prop_oneof![connect(), Just(Connect::Socks)])
            .prop_map(|(listen, connect)| (ForwardDirection::Remote, Forward { listen, connect })),
        (proptest::option::of(word()), any::<u16>()).prop_map(|(host, port)| {
            let listen = Listen::Tcp { host, port };
            (ForwardDirection::Dynamic, Forward { listen, connect: Connect::Socks })
        }),
    ]
}

fn session() -> impl Strategy<Value = NewSession> {
    let flags = any::<[bool; 4]>();
    let env = proptest::collection::vec(bytes(), 0..8);
    (flags, any::<u32>(), word(), bytes(), env).prop_map(
        |([want_tty, want_x11, want_agent, subsystem], escape_char, term, command, env)| {
            NewSession {
                want_tty,
                want_x11,
                want_agent,
                subsystem,
                escape_char,
                term,
                command,
                env,
            }
        },
    )
}

fn request() -> impl Strategy<Value = MuxRequest> {
    prop_oneof![
        Just(MuxRequest::AliveCheck),
        Just(MuxRequest::Terminate),
        Just(MuxRequest::StopListening),
        Just(MuxRequest::Proxy),
        Just(MuxRequest::Unsupported(0x1234)),
        word().prop_map(MuxRequest::Info),
        session().prop_map(MuxRequest::NewSession),
        forward().prop_map(|(way, forward)| MuxRequest::OpenForward(way, forward)),
        forward().prop_map(|(way, forward)| MuxRequest::CloseForward(way, forward)),
        connect().prop_map(MuxRequest::NewStdioForward),
    ]
}

fn response() -> impl Strategy<Value = MuxResponse> {
    prop_oneof![
        Just(MuxResponse::Ok),
        Just(MuxResponse::Proxy),
        word().prop_map(MuxResponse::PermissionDenied),
        word().prop_map(|text| MuxResponse::Info(Ok(text))),
        word().prop_map(|text| MuxResponse::Info(Err(text))),
        word().prop_map(MuxResponse::Failure),
        any::<(u32, u32)>()
            .prop_map(|(session, status)| MuxResponse::ExitMessage { session, status }),
        any::<u32>().prop_map(|pid| MuxResponse::Alive { pid }),
        any::<u32>().prop_map(|session| MuxResponse::SessionOpened { session }),
        any::<u32>().prop_map(|port| MuxResponse::RemotePort { port }),
        any::<u32>().prop_map(|session| MuxResponse::TtyAllocFail { session }),
    ]
}

proptest! {
    #[test]
    fn requests_come_back_as_they_were(id: u32, request in request()) {
        prop_assert_eq!(MuxRequest::decode(&request.encode(id)), Ok((id, request)));
    }

    #[test]
    fn responses_come_back_as_they_were(id: u32, response in response()) {
        let unasked =
            matches!(response, MuxResponse::ExitMessage { .. } | MuxResponse::TtyAllocFail { .. });
        let id = (!unasked).then_some(id);
        prop_assert_eq!(MuxResponse::decode(&response.encode(id.unwrap_or(7))), Ok((id, response)));
    }

    #[test]
    fn greetings_come_back_as_they_were(version: u32, extensions in
        proptest::collection::vec((word(), bytes()), 0..5))
    {
        let hello = Hello { version, extensions };
        prop_assert_eq!(Hello::decode(&hello.encode()), Ok(hello));
    }

    #[test]
    fn a_message_cut_short_is_none(id: u32, request in request(), response in response()) {
        for whole in [request.encode(id), response.encode(id)] {
            for end in 0..8.min(whole.len()) {
                prop_assert!(MuxRequest::decode(&whole[..end]).is_err());
                prop_assert!(MuxResponse::decode(&whole[..end]).is_err());
            }
        }
    }

    #[test]
    fn junk_is_a_message_or_none(kind in prop_oneof![
        Just(HELLO), NEW_SESSION..=PROXY, OK..=PROXY_BEGINS, any::<u32>(),
    ], junk in proptest::collection::vec(any::<u8>(), 0..200)) {
        let body = [&kind.to_be_bytes(), junk.as_slice()].concat();
        let _ = Hello::decode(&body);
        let _ = MuxResponse::decode(&body);
        if let Ok((id, request)) = MuxRequest::decode(&body)
            && request != MuxRequest::InvalidForward
        {
            // A decoded message keeps its meaning when it is encoded again, except for an empty
            // address.
            let again = MuxRequest::decode(&request.encode(id)).map(|(_, again)| again.kind());
            prop_assert_eq!(again, Ok(request.kind()));
        }
    }
}

#[test]
fn forwards_are_numbers_and_words_as_openssh_has_them() {
    let forward = Forward {
        listen: Listen::Tcp { host: Some(String::new()), port: 80 },
        connect: Connect::Path("/s".to_owned()),
    };
    let bytes = MuxRequest::OpenForward(ForwardDirection::Remote, forward).encode(9);
    let wanted = [
        &[0x10, 0, 0, 6, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 1, b'*', 0, 0, 0, 80][..],
        &[0, 0, 0, 2, b'/', b's', 0xff, 0xff, 0xff, 0xfe],
    ];
    assert_eq!(bytes, wanted.concat());
}

#[test]
fn a_session_is_numbers_and_words_as_openssh_has_them() {
    let session = NewSession {
        want_tty: true,
        want_x11: false,
        want_agent: false,
        subsystem: true,
        escape_char: NO_ESCAPE,
        term: "vt".to_owned(),
        command: b"c".to_vec(),
        env: vec![b"A=b".to_vec()],
    };
    let bytes = MuxRequest::NewSession(session).encode(1);
    let wanted = [
        &[0x10, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0][..],
        &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff],
        &[0, 0, 0, 2, b'v', b't', 0, 0, 0, 1, b'c', 0, 0, 0, 3, b'A', b'=', b'b'],
    ];
    assert_eq!(bytes, wanted.concat());
}

fn raw_forward(way: u32, listen: (&str, u32), connect: (&str, u32)) -> Vec<u8> {
    let mut out = Writer::new(OPEN_FORWARD);
    out.number(1);
    out.number(way);
    for (host, port) in [listen, connect] {
        out.bytes(host.as_bytes());
        out.number(port);
    }
    out.0
}

#[test]
fn forwards_that_cannot_be_are_told_from_bytes_that_are_none() {
    for (way, listen, connect) in [
        (9, ("", 80), ("h", 1)),
        (LOCAL, ("", 80), ("h", 0)),
        (LOCAL, ("", 80), ("", 1)),
        (REMOTE, ("", 80), ("", 0)),
        (DYNAMIC, ("/s", PATH), ("", 0)),
    ] {
        let read = MuxRequest::decode(&raw_forward(way, listen, connect));
        assert_eq!(read, Ok((1, MuxRequest::InvalidForward)), "{way} {listen:?} {connect:?}");
    }
    for (listen, connect) in [(("", 65536), ("h", 1)), (("", 1), ("h", u32::MAX))] {
        assert_eq!(MuxRequest::decode(&raw_forward(LOCAL, listen, connect)), Err(Malformed));
    }
    let dynamic = MuxRequest::decode(&raw_forward(DYNAMIC, ("", 80), ("", 0)));
    assert!(matches!(dynamic, Ok((1, MuxRequest::OpenForward(ForwardDirection::Dynamic, forward)))
        if forward.connect == Connect::Socks));
}

#[test]
fn a_zero_byte_ends_no_word() {
    let mut session = Writer::new(NEW_SESSION);
    session.number(0);
    session.bytes(b"");
    (0..4).for_each(|_| session.number(0));
    session.number(NO_ESCAPE);
    session.bytes(b"vt100");
    session.bytes(b"id\0rm");
    assert_eq!(MuxRequest::decode(&session.0), Err(Malformed));
}

#[test]
fn of_extensions_and_variables_so_many_are_kept() {
    let extensions = vec![("x".to_owned(), Vec::new()); 10 * MAX_EXTENSIONS];
    let hello = Hello { version: VERSION, extensions };
    assert_eq!(Hello::decode(&hello.encode()).unwrap().extensions.len(), MAX_EXTENSIONS);
    let session = NewSession {
        want_tty: false,
        want_x11: false,
        want_agent: false,
        subsystem: false,
        escape_char: NO_ESCAPE,
        term: String::new(),
        command: Vec::new(),
        env: vec![b"A=b".to_vec(); 2 * MAX_VARIABLES],
    };
    let (_, decoded) = MuxRequest::decode(&MuxRequest::NewSession(session).encode(1)).unwrap();
    let MuxRequest::NewSession(session) = decoded else { panic!("{decoded:?}") };
    assert_eq!(session.env.len(), MAX_VARIABLES);
}
