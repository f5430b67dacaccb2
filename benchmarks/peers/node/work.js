// Primes by trial division, one chunk an item.
'use strict';
const CHUNK_WIDTH = 15_625;

function isPrime(number) {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
}

exports.countPrimes = (chunk) => {
  const first = chunk * CHUNK_WIDTH;
  let count = 0;
  for (let number = Math.max(first, 2); number < first + CHUNK_WIDTH; number++) if (isPrime(number)) count++;
  return count;
};
