// One message to one upstream and what comes back, with the errors that Go's net package and miekg/dns have for what
// fails (CoreDNS plugin/pkg/proxy/connect.go). A reply over UDP that does not fit the client's buffer, or that breaks
// off, counts as truncated.
import { type Addr, familyOf, formatAddr, formatEndpoint, isLoopback } from '../../../net/addr.ts';
import { type Proto, UDP } from '../../../net/packet.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { decode } from '../../message/decode.ts';
import type { Message } from '../../message/message.ts';
import type { DnsEnvironment, Turn } from '../../plugin.ts';
import type { Upstream } from './upstreams.ts';

/** From then on the error of a question is no error of miekg/dns any more, and never taken for a cut reply. */
const wrapsSince = '1.12.4';

/** What comes of one message. */
export type Result = ReturnType<Turn['exchange']>;

/** The reply, or the error as CoreDNS logs it. */
export function heard(
  result: Result,
  proto: Proto,
  to: Upstream,
  environment: DnsEnvironment,
  sizeMax: number,
  version: CoreDnsVersion,
): Message | string {
  const transport = proto === UDP ? 'udp' : 'tcp';
  const ends = `${localEnd(environment, to.addr, result.port)}->${to.text}`;
  const inDial = proto !== UDP && result.phase !== 'reply';
  switch (result.kind) {
    case 'timeout':
      return inDial && result.phase === 'connect'
        ? `dial tcp ${to.text}: i/o timeout`
        : `read ${transport} ${ends}: i/o timeout`;
    case 'refused':
      if (inDial) return `dial tcp ${to.text}: connect: connection refused`;
      return proto === UDP
        ? `read udp ${ends}: read: connection refused`
        : `read tcp ${ends}: read: connection reset by peer`;
    case 'unreachable':
      return `dial ${transport} ${to.text}: connect: network is unreachable`;
    case 'reply':
      return read(result.message, proto, sizeMax, version);
  }
}

/** "10.244.0.2:41523"; without the port where nobody knows it. */
function localEnd(environment: DnsEnvironment, to: Addr, port: number | undefined): string {
  const family = familyOf(to);
  const own = isLoopback(to) ? to : environment.localAddrs.find((one) => familyOf(one) === family);
  if (own === undefined) return '';
  const addr = isLoopback(to) ? (family === 4 ? 0x7f000001 : 1n) : own;
  return port === undefined ? formatAddr(addr) : formatEndpoint(addr, port);
}

function read(
  bytes: Uint8Array,
  proto: Proto,
  sizeMax: number,
  version: CoreDnsVersion,
): Message | string {
  const isUdp = proto === UDP;
  const decoded = decode(isUdp && bytes.length > sizeMax ? bytes.slice(0, sizeMax) : bytes);
  switch (decoded.kind) {
    case 'message':
      return decoded.message;
    case 'short':
      return 'dns: short read';
    case 'malformed': {
      const { header, counts, questions, reason } = decoded;
      const inQuestion = questions.length < counts.questions && reason.startsWith('buffer');
      if (inQuestion && atLeast(version, wrapsSince)) return `bad question name: dns: ${reason}`;
      if (!isUdp || !/^(?:overflow|buffer)/.test(reason)) return `dns: ${reason}`;
      const none = { answers: [], authority: [], additional: [], edns: null };
      return { ...header, tc: true, questions, ...none };
    }
  }
}
