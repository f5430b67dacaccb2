// Very many async functions asleep at once.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { main } = require('./rounds.js');

// Not getrusage's figure: that begins with the parent's.
const peakMemory = () => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;

const sleepOnce = async (milliseconds) => {
  await sleep(milliseconds);
};

const promises = (rounds) =>
  rounds.repeat(async () => {
    const milliseconds = Math.max(3, Math.floor(rounds.items / 100_000)) * 1000;
    const before = peakMemory();
    const start = performance.now();
    const tasks = Array.from({ length: rounds.items }, () => sleepOnce(milliseconds));
    const seconds = (performance.now() - start) / 1e3;
    assert(seconds * 1e3 < milliseconds, 'the first task was due before the last was created');
    for (const task of tasks) await task;
    return { value: (peakMemory() - before) / rounds.items, 'create s': seconds };
  });

main({ promises });
