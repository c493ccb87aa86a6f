//! Findings to test with.

use std::time::Duration;

use super::findings::{
    BenchEnd, BenchFindings, BenchMode, BenchProgram, BenchRun, Direction, EchoSeries, SetupTimes,
    StartSeries, TransferSeries, TwoAtOnce,
};

/// A run of 64 MiB in this many milliseconds, on the clock and of a processor.
pub fn run(wall_ms: u64, cpu_ms: u64) -> BenchRun {
    let (wall, cpu) = (Duration::from_millis(wall_ms), Duration::from_millis(cpu_ms));
    BenchRun { bytes: 64 << 20, start: None, wall, cpu }
}

/// A server a millisecond away; 64 MiB in 200 ms down and 400 ms up, ssh half as fast.
pub fn findings() -> BenchFindings {
    let cipher = "aes128-gcm@openssh.com";
    let series = |program, direction, runs: &[BenchRun]| TransferSeries {
        program,
        cipher: cipher.to_owned(),
        direction,
        runs: runs.to_vec(),
    };
    let (tessh, ssh) = (BenchProgram::Tessh, BenchProgram::Ssh);
    let ms = Duration::from_millis;
    BenchFindings {
        login: "anna@web1".to_owned(),
        server: "SSH-2.0-OpenSSH_9.2p1".to_owned(),
        kex: "curve25519-sha256".to_owned(),
        mode: BenchMode::Processes,
        programs: vec![(tessh, "0.1.0".to_owned()), (ssh, "OpenSSH_9.2p1".to_owned())],
        without_ssh: None,
        ciphers: vec![cipher.to_owned()],
        is_search: false,
        setups: vec![SetupTimes {
            name_lookup: Some(ms(2)),
            tcp: Some(ms(1)),
            greeting: Some(ms(5)),
            key_exchange: Some(ms(7)),
            authentication: Some(ms(20)),
            channel: Some(ms(1)),
            first_output: Some(ms(3)),
        }],
        round_trips: vec![ms(1); 3],
        starts: vec![
            StartSeries { program: tessh, runs: vec![run(50, 10); 3] },
            StartSeries { program: ssh, runs: vec![run(100, 20); 3] },
        ],
        transfers: vec![
            series(tessh, Direction::Download, &[run(250, 100), run(240, 110), run(260, 90)]),
            series(ssh, Direction::Download, &[run(500, 220)]),
            series(tessh, Direction::Upload, &[run(450, 110)]),
            series(ssh, Direction::Upload, &[run(900, 220)]),
        ],
        two_at_once: vec![TwoAtOnce {
            direction: Direction::Download,
            bytes: 64 << 20,
            wall: ms(250),
        }],
        echoes: vec![
            EchoSeries { program: tessh, samples: vec![ms(2), ms(3), ms(4)] },
            EchoSeries { program: ssh, samples: vec![ms(4)] },
        ],
        receive_window: 8 << 20,
        cpu_available: None,
        notes: Vec::new(),
        elapsed: ms(4000),
        end: BenchEnd::Done,
    }
}
