mod echo;
mod rounds;
mod switches;
mod timers;

use rounds::Rounds;

/// Takes VARIANT ITEMS WARMUPS COUNTED and prints one JSON line; a server takes its VARIANT only and serves.
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let measure = match arguments[1].as_str() {
        "echo" => return echo::serve(),
        "loop-sleeping" => timers::sleeping,
        "loop-switches" => switches::switches,
        "loop-timers" => timers::timers,
        other => panic!("no such variant: {other}"),
    };
    let mut rounds = Rounds::new(&arguments[2..]);
    measure(&mut rounds);
    println!("{}", rounds.to_json());
}
