//! Banners have bounds, and the clock stands still during a question.

use std::time::Duration;

use super::*;
use crate::client::handshake::banners::{MAX_BANNER, MAX_BANNERS, MAX_TAKEN, MAX_TAKEN_BYTES};

#[test]
fn banners_are_shown_safely_and_only_so_many() {
    let mut banners = Banners::default();
    assert_eq!(banners.next("one\ntwo\x1b[2J\n").unwrap(), "one\ntwo\\x1b[2J\n");
    let shown = (0..1000).filter(|_| banners.next("x").is_some()).count();
    assert_eq!(shown, MAX_BANNERS - 1);
}

#[test]
fn banners_have_a_size_in_all() {
    let mut banners = Banners::default();
    let long = "x".repeat(MAX_BANNER / 2 + 1000);
    assert_eq!(banners.next(&long).unwrap(), long);
    let rest = banners.next(&long).unwrap();
    assert!(rest.len() <= MAX_BANNER / 2 && rest.ends_with("\u{2026}\n"), "{}", rest.len());
    assert!(banners.next("x").is_none());
}

#[test]
fn banners_without_end_are_known_by_their_number_and_by_their_bytes() {
    for (banner, most) in [("", MAX_TAKEN), (&*"x".repeat(1 << 20), MAX_TAKEN_BYTES >> 20)] {
        let mut banners = Banners::default();
        let taken = (0..=MAX_TAKEN).take_while(|_| {
            banners.next(banner);
            !banners.is_endless()
        });
        assert_eq!(taken.count(), most);
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_stands_still_during_a_question() {
    let shared = ConnectionState::default();
    let pass = |seconds| tokio::time::advance(Duration::from_secs(seconds));
    pass(5).await;
    assert_eq!(shared.paused(), Duration::ZERO);
    shared.pause();
    pass(5).await;
    assert_eq!(shared.paused(), Duration::from_secs(5));
    shared.resume();
    pass(5).await;
    assert_eq!(shared.paused(), Duration::from_secs(5));
    shared.pause();
    pass(2).await;
    shared.resume();
    assert_eq!(shared.paused(), Duration::from_secs(7));
}
