// TCP echo: says on which port it listens and ends when standard input does.
'use strict';
const net = require('node:net');

const server = net.createServer({ noDelay: true }, (connection) => {
  connection.on('data', (data) => connection.write(data));
  connection.on('error', () => connection.destroy());
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
