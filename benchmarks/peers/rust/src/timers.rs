use crate::rounds::Rounds;
use std::cell::Cell;
use std::fs;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::{spawn_local, yield_now, LocalSet};
use tokio::time::{sleep, sleep_until};

/// Very many tasks asleep at once.
pub fn sleeping(rounds: &mut Rounds) {
    rounds.repeat(|items| {
        on_one_thread(async {
            let span = Duration::from_secs((items as u64 / 100_000).max(3));
            let started = Rc::new(Cell::new(0));
            let (before, start) = (peak_memory(), Instant::now());
            let mut tasks = Vec::with_capacity(items);
            for _ in 0..items {
                let started = started.clone();
                tasks.push(spawn_local(async move {
                    started.set(started.get() + 1);
                    sleep(span).await;
                }));
            }
            while started.get() < items {
                yield_now().await;
            }
            let seconds = start.elapsed().as_secs_f64();
            for task in tasks {
                task.await.unwrap();
            }
            vec![("value", (peak_memory() - before) / items as f64), ("create s", seconds)]
        })
    });
}

/// Very many tasks that wait for a time within one second.
pub fn timers(rounds: &mut Rounds) {
    rounds.repeat(|items| {
        on_one_thread(async {
            let before = cpu_microseconds();
            let begin = Instant::now() + Duration::from_micros(2 * items as u64).max(Duration::from_secs(1));
            let mut random: u32 = 1;
            let mut tasks = Vec::with_capacity(items);
            for _ in 0..items {
                random = random.wrapping_mul(1664525).wrapping_add(1013904223);
                let due = begin + Duration::from_micros(((random >> 8) % 1_000_000) as u64);
                tasks.push(spawn_local(async move {
                    sleep_until(due.into()).await;
                    due.elapsed().as_secs_f64() * 1e3
                }));
            }
            let mut late = Vec::with_capacity(items);
            for task in tasks {
                late.push(task.await.unwrap());
            }
            let used = cpu_microseconds() - before;
            late.sort_by(|a, b| a.partial_cmp(b).unwrap());
            vec![("value", used / items as f64), ("p99 late ms", late[items / 100 * 99]), ("most late ms", late[items - 1])]
        })
    });
}

fn on_one_thread<T>(work: impl std::future::Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, work)
}

/// Not getrusage's figure: that begins with the parent's.
fn peak_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}

/// In steps of 10 ms.
fn cpu_microseconds() -> f64 {
    let line = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = line.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) * 10_000.0
}
