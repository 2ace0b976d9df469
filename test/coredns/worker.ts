// Runs in a network namespace of its own: the picture's API server, the world outside, and a real CoreDNS under each Corefile,
// which answers the questions. Prints one line of JSON per variant: questions and what was answered.
//   node dist/test/coredns/worker.js COREDNS OBJECTS.json VARIANT,VARIANT... EVERY
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UDP } from '../../src/net/packet.ts';
import { serveObjects } from '../object-api.ts';
import { apiPort, askAll, askWorld, corefileOf, worldPort } from './ask.ts';
import { type Ask, hashOf, questionsFor } from './questions.ts';
import { askTransfer, serialOf, transferBytes, transferLines, transfersFor } from './transfers.ts';
import { type Variant, variants } from './variants.ts';

const [, , coredns = '', objectsPath = '', names = '', every = '1'] = process.argv;
const objects = JSON.parse(readFileSync(objectsPath, 'utf8')) as readonly object[];
const folder = mkdtempSync(join(tmpdir(), 'svcspec-coredns-'));

const ip = (...words: readonly string[]): void => {
  execFileSync('ip', words);
};

/** On a busy machine CoreDNS starts before it has heard of the objects, and then says SERVFAIL where nothing is found. */
async function synced(): Promise<void> {
  const ask = { name: 'nosuch.svc.cluster.local.', type: 'A' };
  for (let i = 0; i < 100; i++) {
    const [lines] = await askAll(53, [ask]);
    if (lines?.[0]?.startsWith('SERVFAIL') !== true) return;
    await new Promise((done) => setTimeout(done, 300));
  }
}

/** Each with the serial that its zone has then. */
async function askTransfers(port: number, asks: readonly Ask[]) {
  const answers = asks.map(async (ask) => {
    const current = await serialOf(port, ask.name);
    return transferLines(await askTransfer(port, transferBytes(ask, current)));
  });
  return await Promise.all(answers);
}

async function run(variant: Variant): Promise<void> {
  const addrs = variant.localAddrs ?? [];
  const wide = (one: string) => `${one}/${one.includes(':') ? 128 : 32}`;
  for (const one of addrs) ip('addr', 'add', wide(one), 'dev', 'lo');
  const corefile = join(folder, 'Corefile');
  writeFileSync(corefile, corefileOf(variant));
  const child = spawn(coredns, ['-conf', corefile], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  let log = '';
  const started = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        log += text.toString();
        if (/^linux\//m.test(log)) done();
      });
    }
    child.on('exit', () => done());
  });
  await started;
  await synced();
  const zones = variant.zones ?? ['cluster.local.'];
  const all = variant.transfers ? transfersFor(zones) : questionsFor(objects, zones);
  const asks = all.filter(
    ({ name, type }) =>
      variant.transfers || hashOf(`${variant.name} ${name} ${type}`) % Number(every) === 0,
  );
  const ask = variant.transfers ? askTransfers : askAll;
  const answers = child.exitCode === null ? await ask(53, asks) : [];
  console.log(JSON.stringify({ variant: variant.name, asks, answers, log }));
  child.kill();
  await ended;
  for (const one of addrs) ip('addr', 'del', wide(one), 'dev', 'lo');
}

ip('link', 'set', 'lo', 'up');
const api = await serveObjects(objects, apiPort);
const world = createSocket('udp4');
world.on('message', (bytes, from) => {
  const reply = askWorld(bytes, UDP);
  if (reply !== null) world.send(reply, from.port, from.address);
});
await new Promise<void>((done) => world.bind(worldPort, '127.0.0.1', done));
try {
  for (const variant of variants.filter(({ name }) => names.split(',').includes(name))) {
    await run(variant);
  }
} finally {
  api.close();
  world.close();
  rmSync(folder, { recursive: true });
}
