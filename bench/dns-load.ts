// Asks a DNS server on 127.0.0.1 as fast as it answers, and prints answers per second: with dnsperf where it is, else with a
// socket of its own that keeps a hundred queries on their way. The port is SVCSPEC_DNS_PORT.
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '../src/dns/message/encode.ts';
import { query } from '../src/dns/message/message.ts';

const port = Number(process.env['SVCSPEC_DNS_PORT']);
const name = process.env['SVCSPEC_DNS_NAME'] ?? 'web.demo.svc.cluster.local.';
const seconds = 2;
const underWay = 100;

function byDnsperf(): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'dns-load-'));
  const file = join(folder, 'queries');
  writeFileSync(file, `${name} A\n`);
  const argv = ['-s', '127.0.0.1', '-p', String(port), '-d', file, '-l', String(seconds)];
  const { stdout, error } = spawnSync('dnsperf', [...argv, '-q', String(underWay)], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  if (error !== undefined) return null;
  return Number(/Queries per second:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0);
}

/** A lost datagram is not sent again: the others keep going. */
function bySocket(done: (perSecond: number) => void): void {
  const bytes = Buffer.from(encode(query(4711, name, 1)));
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  let answers = 0;
  socket.on('message', () => {
    answers++;
    socket.send(bytes, port, '127.0.0.1');
  });
  socket.bind(0, '127.0.0.1', () => {
    for (let i = 0; i < underWay; i++) socket.send(bytes, port, '127.0.0.1');
    setTimeout(() => {
      socket.close();
      done(answers / seconds);
    }, seconds * 1000);
  });
}

const measured = byDnsperf();
const say = (tool: string, perSecond: number) => {
  process.stdout.write(`${JSON.stringify({ tool, perSecond: Math.round(perSecond) })}\n`);
};
if (measured === null) bySocket((perSecond) => say('own socket', perSecond));
else say('dnsperf', measured);
