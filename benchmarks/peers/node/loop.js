// A hundred async functions that give way to each other.
'use strict';
const { main } = require('./rounds.js');

const TASKS = 100;

const ways = {
  microtask: async (times) => {
    let done = 0;
    for (; done < times; done++) await null;
    return done;
  },
  immediate: async (times) => {
    let done = 0;
    for (; done < times; done++) await new Promise(setImmediate);
    return done;
  },
};

const measure = (giveWay) => (rounds) => {
  const times = Math.floor(rounds.items / TASKS);
  return rounds.rate(async () => {
    const counts = await Promise.all(Array.from({ length: TASKS }, () => giveWay(times)));
    return counts.reduce((total, count) => total + count, 0);
  }, times * TASKS);
};

main({ microtask: measure(ways.microtask), immediate: measure(ways.immediate) });
