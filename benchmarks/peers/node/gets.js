// Many slow GETs at once, from the server that the session names.
'use strict';
const http = require('node:http');
const { main } = require('./rounds.js');

const IN_FLIGHT = 500;
const PAGE_BYTES = 1024;
const url = process.env.BENCHMARK_URL;

const getByHttp = (agent) =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (response) => {
        let length = 0;
        response.on('data', (data) => (length += data.length));
        response.on('end', () => resolve(length));
      })
      .on('error', reject);
  });

const getByFetch = async () => (await (await fetch(url)).arrayBuffer()).byteLength;

const getAll = async (items, get) => {
  let asked = 0;
  const askOn = async () => {
    let total = 0;
    while (asked++ < items) total += await get();
    return total;
  };
  const totals = await Promise.all(Array.from({ length: IN_FLIGHT }, askOn));
  return totals.reduce((sum, total) => sum + total, 0);
};

main({
  http: (rounds) =>
    rounds.seconds(async () => {
      const agent = new http.Agent({ keepAlive: true });
      const total = await getAll(rounds.items, () => getByHttp(agent));
      agent.destroy();
      return total;
    }, rounds.items * PAGE_BYTES),
  // Its connections cannot be closed between the rounds: they are kept.
  fetch: (rounds) => rounds.seconds(() => getAll(rounds.items, getByFetch), rounds.items * PAGE_BYTES),
});
