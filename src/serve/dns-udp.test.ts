// The UDP socket of `svcspec serve` alone: what it sends when, with answers made up here.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { serveDatagrams, udpSocket } from './dns-udp.ts';

const host = '127.0.0.1';

/** A server whose answers are the questions, each due after as many milliseconds as its second byte says. */
async function echoing() {
  const server = udpSocket(4);
  let asked = 0;
  serveDatagrams(server, {
    ask: (message) => {
      asked++;
      return { replies: [message], elapsedMs: message[1] ?? 0, why: '' };
    },
  });
  await new Promise<void>((resolve) => server.bind(0, host, resolve));
  return { server, port: server.address().port, asked: () => asked };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('serve over UDP: what comes together is answered in its order, to whoever asked; what costs time later', async () => {
  const { server, port } = await echoing();
  const clients = [createSocket('udp4'), createSocket('udp4')];
  const heard: (readonly number[])[] = [];
  for (const [i, client] of clients.entries()) {
    client.on('message', (reply) => heard.push([i, ...reply]));
    client.send(Buffer.from([1, 60]), port, host);
    for (let n = 2; n < 50; n++) client.send(Buffer.from([n, 0]), port, host);
  }
  for (let ms = 0; heard.length < 98 && ms < 5_000; ms += 10) await pause(10);
  for (const client of clients) client.close();
  server.close();
  const usual = Array.from({ length: 48 }, (_, n) => n + 2);
  for (const i of [0, 1]) {
    const own = heard.filter(([client]) => client === i).map(([, n]) => n);
    assert.deepEqual(own, [...usual, 1]);
  }
});

test('serve over UDP: a reply that is due when the socket is closed is lost without a word', async () => {
  const { server, port, asked } = await echoing();
  const client = createSocket('udp4');
  client.send(Buffer.from([1, 20]), port, host);
  while (asked() === 0) await pause(1);
  server.once('message', () => server.close());
  client.send(Buffer.from([2, 0]), port, host);
  await new Promise((resolve) => server.once('close', resolve));
  await pause(50);
  client.close();
  assert.equal(asked(), 2);
});
