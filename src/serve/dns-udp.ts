// DNS over one UDP socket. Sends without a look-up of the client's address and without a callback: node's own way costs
// more than the answer. A reply that the kernel refuses (too large for a datagram) is lost, as upstream's is.
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

export function serveDatagrams(socket: Socket, live: LiveCluster): void {
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
    const [reply] = replies;
    if (reply === undefined) return;
    if (elapsedMs < 1) socket.send(reply, port, address);
    else setTimeout(() => socket.send(reply, port, address), elapsedMs);
  });
}
