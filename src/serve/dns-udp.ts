// DNS over one UDP socket. Sends without a look-up of the client's address and without a callback: node's own way costs
// more than the answer. What came together is answered together: a client is woken once, not for every reply. A reply that
// the kernel refuses (too large for a datagram) is lost, as upstream's is; so is one that is due when the socket is closed.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Addr } from '../net/addr.ts';
import { UDP } from '../net/packet.ts';
import { peerAddr } from './address.ts';
import type { LiveCluster } from './live-cluster.ts';

/** Room for bursts while an answer is made; the kernel caps it (net.core.rmem_max). */
const bufferBytes = 4 * 1024 * 1024;
/** Clients whose address was read already. */
const knownMax = 4096;

export function udpSocket(family: 4 | 6): Socket {
  return createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    lookup: (host, _options, callback) => callback(null, host, family),
    recvBufferSize: bufferBytes,
  });
}

interface Reply {
  readonly bytes: Uint8Array;
  readonly port: number;
  readonly address: string;
}

export function serveDatagrams(socket: Socket, live: Pick<LiveCluster, 'ask'>): void {
  let closed = false;
  socket.once('close', () => {
    closed = true;
  });
  const send = ({ bytes, port, address }: Reply): void => {
    if (!closed) socket.send(bytes, port, address);
  };
  let due: Reply[] = [];
  const sendDue = (): void => {
    const replies = due;
    due = [];
    for (const reply of replies) send(reply);
  };
  const known = new Map<string, Addr>();
  const addrOf = (address: string): Addr => {
    let addr = known.get(address);
    if (addr === undefined) {
      if (known.size >= knownMax) known.clear();
      addr = peerAddr(address);
      known.set(address, addr);
    }
    return addr;
  };
  socket.on('message', (message: Buffer, { address, port }: RemoteInfo) => {
    const { replies, elapsedMs } = live.ask(message, { addr: addrOf(address), port, proto: UDP });
    const [bytes] = replies;
    if (bytes === undefined) return;
    const reply = { bytes, port, address };
    if (elapsedMs >= 1) {
      setTimeout(() => send(reply), elapsedMs);
      return;
    }
    if (due.length === 0) setImmediate(sendDue);
    due.push(reply);
  });
}
