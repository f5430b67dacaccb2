// Two forked children, each call an IPC message there and back; a child is given the next call when it has fewer than `ahead` under way.
'use strict';
const { fork } = require('node:child_process');
const path = require('node:path');

class Pool {
  #children;
  #waiting = [];
  #calls = new Map();
  #nextId = 0;

  constructor(work, ahead) {
    this.#children = [0, 1].map(() => {
      const child = fork(path.join(__dirname, 'child.js'), [work]);
      const worker = { child, free: ahead };
      child.on('message', ([id, result]) => {
        worker.free++;
        const resolve = this.#calls.get(id);
        this.#calls.delete(id);
        this.#give();
        resolve(result);
      });
      return worker;
    });
  }

  call(x) {
    return new Promise((resolve) => {
      this.#calls.set(++this.#nextId, resolve);
      this.#waiting.push([this.#nextId, x]);
      this.#give();
    });
  }

  end() {
    for (const { child } of this.#children) child.disconnect();
  }

  #give() {
    while (this.#waiting.length > 0) {
      const [first, second] = this.#children;
      const worker = first.free >= second.free ? first : second;
      if (worker.free === 0) return;
      worker.free--;
      worker.child.send(this.#waiting.shift());
    }
  }
}

exports.Pool = Pool;
