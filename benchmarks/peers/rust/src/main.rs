mod echo;

/// Takes VARIANT, and where it measures ITEMS WARMUPS COUNTED.
fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("echo") => echo::serve(),
        other => panic!("no such variant: {other:?}"),
    }
}
