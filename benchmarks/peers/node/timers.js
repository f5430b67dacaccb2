// Very many timers that come due within one second. They count whole milliseconds.
'use strict';
const { main } = require('./rounds.js');

const fireAll = (items) =>
  new Promise((resolve) => {
    const late = new Float64Array(items);
    let fired = 0;
    let random = 1;
    const begin = performance.now() + Math.max(1000, items * 2e-3);
    for (let i = 0; i < items; i++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const due = begin + ((random >>> 8) % 1_000_000) / 1e3;
      setTimeout(() => {
        late[fired++] = performance.now() - due;
        if (fired === items) resolve(late);
      }, due - performance.now());
    }
  });

const timeout = (rounds) =>
  rounds.repeat(async () => {
    const { items } = rounds;
    const before = process.cpuUsage();
    const late = await fireAll(items);
    const { user, system } = process.cpuUsage(before);
    late.sort();
    return { value: (user + system) / items, 'p99 late ms': late[Math.floor(items / 100) * 99], 'most late ms': late[items - 1] };
  });

main({ timeout });
