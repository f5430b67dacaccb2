// The frame of every program here: VARIANT ITEMS WARMUPS COUNTED on the command line, one JSON line on standard output.
'use strict';
const assert = require('node:assert');

const SHORTEST_WARMUP_MS = 1000;

// The seconds of one round.
async function timed(runRound, expected) {
  const start = performance.now();
  const result = await runRound();
  const seconds = (performance.now() - start) / 1e3;
  assert.equal(result, expected);
  return seconds;
}

class Rounds {
  constructor(items, warmups, counted) {
    Object.assign(this, { items, warmups, counted, figures: {} });
  }

  // Items per second.
  async rate(runRound, expected) {
    await this.repeat(async () => ({ value: this.items / (await timed(runRound, expected)) }));
  }

  async seconds(runRound, expected) {
    await this.repeat(async () => ({ value: await timed(runRound, expected) }));
  }

  // One call at a time: median and 99th percentile in microseconds.
  async latency(call) {
    await this.repeat(async () => {
      const microseconds = [];
      for (let x = 0; x < this.items; x++) {
        const start = performance.now();
        const result = await call(x);
        microseconds.push((performance.now() - start) * 1e3);
        assert.equal(result, x + 1);
      }
      microseconds.sort((a, b) => a - b);
      return { value: microseconds[this.items >> 1], p99: microseconds[Math.floor((this.items * 99) / 100)] };
    });
  }

  async speedUp(plainLoop, onTwoWorkers) {
    await this.repeat(async () => {
      let start = performance.now();
      const expected = plainLoop();
      const plain = (performance.now() - start) / 1e3;
      start = performance.now();
      const result = await onTwoWorkers();
      const onTwo = (performance.now() - start) / 1e3;
      assert.equal(result, expected);
      return { value: plain / onTwo, 'plain loop s': plain, '2 workers s': onTwo };
    });
  }

  record(figures) {
    for (const [name, value] of Object.entries(figures)) (this.figures[name] ??= []).push(value);
  }

  // Runs the rounds, each of which returns its figures.
  async repeat(runRound) {
    const start = performance.now();
    for (let round = 0; round < this.warmups || (this.warmups > 0 && performance.now() - start < SHORTEST_WARMUP_MS); round++) await runRound();
    for (let round = 0; round < this.counted; round++) this.record(await runRound());
  }
}

exports.trivialSum = (items) => (items * (items + 1)) / 2;

exports.main = async (variants) => {
  const [variant, ...sizes] = process.argv.slice(2);
  const rounds = new Rounds(...sizes.map(Number));
  await variants[variant](rounds);
  console.log(JSON.stringify(rounds.figures));
};
