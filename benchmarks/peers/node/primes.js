// Primes: a plain loop against two forked children.
'use strict';
const { Pool } = require('./pool.js');
const { main } = require('./rounds.js');
const { countPrimes } = require('./work.js');

main({
  fork: async (rounds) => {
    const pool = new Pool('primes', 1);
    const chunks = Array.from({ length: rounds.items }, (_, chunk) => chunk);
    const sum = (counts) => counts.reduce((total, count) => total + count, 0);
    await rounds.speedUp(
      () => sum(chunks.map(countPrimes)),
      async () => sum(await Promise.all(chunks.map((chunk) => pool.call(chunk)))));
    pool.end();
  },
});
