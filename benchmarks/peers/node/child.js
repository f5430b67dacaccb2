// A worker: runs the named function on what it is sent.
'use strict';
const { countPrimes } = require('./work.js');

const works = { 'add-one': (x) => x + 1, primes: countPrimes };
const work = works[process.argv[2]];
process.on('message', ([id, x]) => process.send([id, work(x)]));
