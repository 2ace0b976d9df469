// One TCP connection of a DNS client as miekg/dns serves it (server.go serveTCPConn): one message after the other, each
// answered before the next is read, so replies come in the order of their queries; 3 s for the first message, 10 s of
// idleness after each (CoreDNS core/dnsserver/server.go). A client that takes nothing for 5 s is cut off.
import type { Socket } from 'node:net';
import { TCP } from '../net/packet.ts';
import type { Peer } from '../node/program.ts';
import { peerAddr } from './address.ts';
import { FrameReader, framed } from './frames.ts';
import type { LiveCluster } from './live-cluster.ts';

const readTimeoutMs = 3_000;
const idleTimeoutMs = 10_000;
const writeTimeoutMs = 5_000;

export function serveConnection(socket: Socket, live: LiveCluster): void {
  const client: Peer = {
    addr: peerAddr(socket.remoteAddress ?? ''),
    port: socket.remotePort ?? 0,
    proto: TCP,
  };
  const frames = new FrameReader();
  const waiting: Uint8Array[] = [];
  let [busy, ended] = [false, false];
  let deadline = setTimeout(() => socket.destroy(), readTimeoutMs);
  const next = (): void => {
    while (!busy) {
      const message = waiting.shift();
      if (message === undefined) break;
      const { replies, elapsedMs } = live.ask(message, client);
      if (elapsedMs < 1) write(replies);
      else {
        busy = true;
        setTimeout(() => {
          busy = false;
          write(replies);
          next();
        }, elapsedMs);
      }
    }
    if (busy || waiting.length > 0) socket.pause();
    else if (ended) socket.end();
    else socket.resume();
  };
  const write = (replies: readonly Uint8Array[]): void => {
    if (socket.destroyed) return;
    let flowing = true;
    for (const reply of replies) flowing = socket.write(framed(reply));
    again(idleTimeoutMs);
    if (flowing) return;
    busy = true;
    again(writeTimeoutMs);
    socket.once('drain', () => {
      busy = false;
      again(idleTimeoutMs);
      next();
    });
  };
  const again = (ms: number): void => {
    clearTimeout(deadline);
    deadline = setTimeout(() => socket.destroy(), ms);
  };
  socket.setNoDelay(true);
  socket.on('data', (segment: Buffer) => {
    const messages = frames.push(segment);
    if (messages.length > 0) again(idleTimeoutMs);
    waiting.push(...messages);
    next();
  });
  socket.on('end', () => {
    ended = true;
    next();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearTimeout(deadline));
}
