// What `svcspec serve --dns` is measured against, each the same way: a bare datagram echo, written as the server's own socket
// is, and a real CoreDNS with a zone file on one core. Starts the peer, runs the command behind it, and ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { udpSocket } from '../src/serve/dns-udp.ts';

const [peer, ...command] = process.argv.slice(2);
const corednsPort = 5399;
const startMs = 10_000;

/** The command runs beside this process, which must go on answering. */
function run(port: number, end: () => void): void {
  const [program = '', ...args] = command;
  const env = { ...process.env, SVCSPEC_DNS_PORT: String(port) };
  const child = spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('exit', (status) => {
    end();
    process.exitCode = status ?? 1;
  });
}

function echo(): void {
  const socket = udpSocket(4);
  socket.on('message', (message, { address, port }) => socket.send(message, port, address));
  socket.bind(0, '127.0.0.1', () => run(socket.address().port, () => socket.close()));
}

function coredns(): void {
  const folder = mkdtempSync(join(tmpdir(), 'coredns-'));
  const zone = '@ 30 IN SOA ns hm 1 7200 1800 86400 30\nweb.demo.svc 30 IN A 10.96.7.7\n';
  writeFileSync(join(folder, 'zone'), zone);
  const corefile = `.:${corednsPort} {\n  errors\n  file ${join(folder, 'zone')} cluster.local\n  cache 30\n}\n`;
  writeFileSync(join(folder, 'Corefile'), corefile);
  const env = { ...process.env, GOMAXPROCS: '1' };
  const server = spawn('coredns', ['-conf', join(folder, 'Corefile')], { env, stdio: 'ignore' });
  const end = () => {
    server.kill();
    rmSync(folder, { recursive: true });
  };
  server.on('error', () => process.exit(3));
  whenItAnswers(server, () => run(corednsPort, end));
}

function whenItAnswers(server: ChildProcess, then: () => void): void {
  const socket = createSocket('udp4');
  const started = performance.now();
  const bytes = Buffer.from('1267010000010000000000000000020001', 'hex');
  const timer = setInterval(() => {
    if (performance.now() - started > startMs) server.kill();
    socket.send(bytes, corednsPort, '127.0.0.1');
  }, 50);
  socket.on('error', () => {});
  socket.once('message', () => {
    clearInterval(timer);
    socket.close();
    then();
  });
}

if (peer === 'coredns') coredns();
else echo();
