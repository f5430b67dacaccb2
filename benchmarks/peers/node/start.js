// From the program's start to the results of two calls on two new children.
'use strict';
const assert = require('node:assert');
const { Pool } = require('./pool.js');
const { main } = require('./rounds.js');

main({
  fork: async (rounds) => {
    const pool = new Pool('add-one', 1);
    const [first, second] = await Promise.all([pool.call(0), pool.call(1)]);
    assert.equal(first + second, 3);
    rounds.record({ value: performance.timeOrigin + performance.now() - Number(process.env.BENCHMARK_STARTED_AT) });
    pool.end();
  },
});
