use crate::rounds::Rounds;
use std::time::Instant;
use tokio::task::yield_now;

const TASKS: usize = 100;

/// Tasks on one thread that give way to each other.
pub fn switches(rounds: &mut Rounds) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    rounds.repeat(|items| {
        runtime.block_on(async {
            let start = Instant::now();
            let tasks: Vec<_> = (0..TASKS).map(|_| tokio::spawn(give_way(items / TASKS))).collect();
            let mut done = 0;
            for task in tasks {
                done += task.await.unwrap();
            }
            vec![("value", done as f64 / start.elapsed().as_secs_f64())]
        })
    });
}

async fn give_way(times: usize) -> usize {
    for _ in 0..times {
        yield_now().await;
    }
    times
}
