//! Throughput, set-up, echo and memory against other clients (to be written).
fn main() {}
