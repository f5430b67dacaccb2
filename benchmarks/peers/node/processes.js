// Trivial calls on two forked children.
'use strict';
const { Pool } = require('./pool.js');
const { main, trivialSum } = require('./rounds.js');

const AHEAD = 128; // On each of two children: 256 in all, as in our own case.

async function mapSum(pool, items, limit) {
  let next = 0;
  let sum = 0;
  const lane = async () => {
    while (next < items) {
      const result = await pool.call(next++);
      sum += result; // Not in one expression: it would read the sum before it waits.
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return sum;
}

main({
  roundtrip: async (rounds) => {
    const pool = new Pool('add-one', 1);
    await rounds.latency((x) => pool.call(x));
    pool.end();
  },
  throughput: async (rounds) => {
    const pool = new Pool('add-one', AHEAD);
    await rounds.rate(() => mapSum(pool, rounds.items, 2 * AHEAD), trivialSum(rounds.items));
    pool.end();
  },
});
