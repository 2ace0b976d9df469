// Run by a test inside a network namespace: one end of a real TCP connection.
//   serve ADDRESS PORT NAME [ADDRESS PORT NAME ...]   answers each connection with "NAME (ADDRESS:PORT) PEER"
//   dial ADDRESS PORT [ADDRESS PORT ...]              prints a line each: that answer, "refused" or "timeout"
import { createConnection, createServer } from 'node:net';

/** Well above a round trip through namespaces, well below a SYN's second retry. */
const timeoutMs = 700;

function serve(address: string, port: number, name: string): void {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const at = `${socket.localAddress}:${socket.localPort}`;
    socket.end(`${name} (${at}) ${socket.remoteAddress}`);
  });
  server.listen(port, address, () => console.log('ready'));
}

function dial(address: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = createConnection({ host: address, port });
    socket.setTimeout(timeoutMs, () => {
      socket.destroy();
      resolve('timeout');
    });
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' ? 'refused' : `error ${error.code}`);
    });
  });
}

const [verb, ...rest] = process.argv.slice(2);
if (verb === 'serve') {
  for (let i = 0; i + 2 < rest.length; i += 3) {
    serve(rest[i] ?? '', Number(rest[i + 1]), rest[i + 2] ?? '');
  }
}
if (verb === 'dial') {
  const dials: Promise<string>[] = [];
  for (let i = 0; i + 1 < rest.length; i += 2) dials.push(dial(rest[i] ?? '', Number(rest[i + 1])));
  for (const line of await Promise.all(dials)) console.log(line);
}
