use std::fmt::Write;
use std::time::{Duration, Instant};

const SHORTEST_WARMUP: Duration = Duration::from_secs(1);

/// The frame of every measurement: the first rounds warm up, the others are counted.
pub struct Rounds {
    pub items: usize,
    warmups: usize,
    counted: usize,
    figures: Vec<(&'static str, Vec<f64>)>,
}

impl Rounds {
    pub fn new(sizes: &[String]) -> Self {
        let number = |position: usize| sizes[position].parse().expect("ITEMS WARMUPS COUNTED");
        Rounds { items: number(0), warmups: number(1), counted: number(2), figures: Vec::new() }
    }

    pub fn repeat(&mut self, round: impl Fn(usize) -> Vec<(&'static str, f64)>) {
        let start = Instant::now();
        let mut number = 0;
        while number < self.warmups || (self.warmups > 0 && start.elapsed() < SHORTEST_WARMUP) {
            round(self.items);
            number += 1;
        }
        for _ in 0..self.counted {
            for (name, value) in round(self.items) {
                match self.figures.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, values)) => values.push(value),
                    None => self.figures.push((name, vec![value])),
                }
            }
        }
    }

    /// The one line that the benchmark reads.
    pub fn to_json(&self) -> String {
        let mut line = String::from("{");
        for (position, (name, values)) in self.figures.iter().enumerate() {
            write!(line, "{}\"{name}\": {values:?}", if position > 0 { ", " } else { "" }).unwrap();
        }
        line + "}"
    }
}
