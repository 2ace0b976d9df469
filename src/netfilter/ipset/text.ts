// Members of sets as text, `IP,PROTO:PORT,NET`, and the order of those of IPv4. Ports are numbers, addresses are no
// names; ranges and ICMP types are not modelled. Models lib/parse.c and lib/print.c of ipset 7.17.
import { type Addr, type Family, familyOf, formatAddr, parseAddr } from '../../net/addr.ts';
import { parseCidr, single } from '../../net/cidr.ts';
import { parseProto, protoName } from '../../net/packet.ts';
import type { Member } from './members.ts';
import {
  ipMember,
  ipPortIpMember,
  ipPortMember,
  ipPortNetMember,
  netMember,
  portMember,
  type SetType,
} from './set.ts';

/** "10.96.0.1,tcp:80,203.0.113.0/25" as the tool prints it; a network of one address has no length. */
export function memberText(type: SetType, member: Member): string {
  const { addr, bits, proto, port, second, secondBits } = member;
  if (type === 'bitmap:port') return `${port}`;
  const words = [netText(addr ?? 0, bits)];
  if (proto !== 0) words.push(`${protoName(proto)}:${port}`);
  if (second !== null) words.push(netText(second, secondBits));
  return words.join(',');
}

function netText(addr: Addr, bits: number): string {
  const isWhole = bits === 0 || bits === (familyOf(addr) === 4 ? 32 : 128);
  return isWhole ? formatAddr(addr) : `${formatAddr(addr)}/${bits}`;
}

/** The member that the text names; host bits of networks are cut. Throws Error with the tool's words. */
export function parseMember(type: SetType, family: Family, text: string): Member {
  const [first = '', second, third, ...more] = text.split(',');
  refuseMore(type, text, [second, third, ...more]);
  switch (type) {
    case 'bitmap:port': {
      const [, proto = 'tcp', port = first] = /^(tcp|udp):(.*)$/.exec(first) ?? [];
      return portMember(portNumber(port, proto));
    }
    case 'hash:ip':
      return ipMember(address(first, family));
    case 'hash:net':
      return netMember(network(first, family));
    case 'hash:ip,port': {
      const [proto, port] = protoPort(second, text);
      return ipPortMember(address(first, family), proto, port);
    }
    case 'hash:ip,port,ip': {
      const [proto, port] = protoPort(second, text);
      const last = address(present(third, 'Third', text), family);
      return ipPortIpMember(address(first, family), proto, port, last);
    }
    case 'hash:ip,port,net': {
      const [proto, port] = protoPort(second, text);
      const last = network(present(third, 'Third', text), family);
      return ipPortNetMember(address(first, family), proto, port, last);
    }
  }
}

/** How many parts behind the first a member has, in the tool's words. */
const separators: Readonly<Record<SetType, 0 | 1 | 2>> = {
  'hash:ip': 0,
  'hash:net': 0,
  'bitmap:port': 0,
  'hash:ip,port': 1,
  'hash:ip,port,ip': 2,
  'hash:ip,port,net': 2,
};
const tooMany = ['Elem separator', 'Two elem separators', 'Three elem separators'];
const supported = ['none', 'one', 'two'];

function refuseMore(type: SetType, text: string, behind: readonly (string | undefined)[]): void {
  const most = separators[type];
  if (behind[most] === undefined) return;
  throw new Error(
    `Syntax error: ${tooMany[most]} in ${text}, but settype ${type} supports ${supported[most]}.`,
  );
}

function present(word: string | undefined, place: string, text: string): string {
  if (word === undefined) {
    throw new Error(`Syntax error: ${place} element is missing from ${text}.`);
  }
  return word;
}

function address(text: string, family: Family): Addr {
  const addr = parseAddr(text);
  if (addr === undefined || familyOf(addr) !== family) {
    throw new Error(`Syntax error: cannot parse ${text}: resolving to IPv${family} address failed`);
  }
  return addr;
}

function network(text: string, family: Family) {
  const addr = parseAddr(text);
  const [base = '', bits = ''] = text.split('/');
  const most = family === 4 ? 32 : 128;
  if (/^\d+$/.test(bits) && Number(bits) > most) {
    throw new Error(`Syntax error: '${bits}' is out of range 0-${most}`);
  }
  const net = addr === undefined ? parseCidr(text) : single(addr);
  if (net === undefined || familyOf(net.low) !== family) {
    throw new Error(`Syntax error: cannot parse ${base}: resolving to IPv${family} address failed`);
  }
  if (net.bits === 0)
    throw new Error('The value of the CIDR parameter of the IP address is invalid');
  return net;
}

function protoPort(word: string | undefined, text: string) {
  const [left = '', right] = present(word, 'Second', text).split(':');
  const proto = right === undefined ? 6 : parseProto(left);
  if (proto === undefined) throw new Error(`Syntax error: cannot parse '${left}' as a protocol`);
  return [proto, portNumber(right ?? left, protoName(proto))] as const;
}

/** Names of ports are not modelled. */
function portNumber(text: string, proto: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`Syntax error: '${text}' is invalid as number`);
  const port = Number(text);
  if (port <= 65535) return port;
  const lines = [
    `Syntax error: '${text}' is out of range 0-65535`,
    `Syntax error: '${proto}' is invalid as number`,
    `cannot parse '${text}' as a ${proto} port`,
  ];
  throw new Error(lines.join('\n'));
}

/** The order of `ipset -sorted` for IPv4 and ports, by number: address, longer prefixes first, protocol, port, then the
 * last part. order.ts has that of texts, which is the same for these and slower. */
export function compareMembers(a: Member, b: Member): number {
  return (
    compareNets(a.addr, a.bits, b.addr, b.bits) ||
    a.proto - b.proto ||
    a.port - b.port ||
    compareNets(a.second, a.secondBits, b.second, b.secondBits)
  );
}

function compareNets(a: Addr | null, aBits: number, b: Addr | null, bBits: number): number {
  const [x, y] = [a ?? 0, b ?? 0];
  return x < y ? -1 : x > y ? 1 : bBits - aBits;
}
