// One rule from its words: everything after `-A CHAIN`. Takes the printed form and the written ones of iptables-restore
// input (bare addresses, --or-mark, `-m tcp` before `-p tcp`). Models iptables/xshared.c do_parse and libxt_*.c.
import { type Family, familyOf, parseAddr } from '../../net/addr.ts';
import { type Cidr, parseCidr, single } from '../../net/cidr.ts';
import { ICMP, ICMPV6, type Proto, parseProto } from '../../net/packet.ts';
import type { AddrType, CtState, Match, Rule } from '../rule.ts';
import { parseTarget } from './parse-target.ts';
import { portNumber, type Words, wordNumber } from './parse-words.ts';
import { stateOrder, wholeMask } from './words.table.ts';

interface Reading extends Words {
  negated: boolean;
  proto: Proto | null;
  readonly header: Map<'src' | 'dst' | 'in' | 'out' | 'proto', Match>;
  readonly extensions: Match[];
  module: string | null;
}

/** The rule that the words say. Throws Error for what is not modelled; origin 0. */
export function parseRule(words: readonly string[], family: Family): Rule {
  let at = 0;
  const reading: Reading = {
    family,
    value: (option) => {
      const word = words[at++];
      if (word === undefined) throw new Error(`${option} needs a value`);
      return word;
    },
    peek: () => words[at],
    negated: false,
    proto: null,
    header: new Map(),
    extensions: [],
    module: null,
  };
  let target: Rule['target'] = { kind: 'none' };
  while (reading.peek() !== undefined) {
    const word = reading.value('');
    if (word === '!') reading.negated = true;
    else if (word === '-j' || word === '-g') {
      target = parseTarget(word, reading);
    } else {
      readOption(reading, word);
      reading.negated = false;
    }
  }
  if (reading.extensions.some(isBareIpvs)) throw new Error('IPVS: At least one option is required');
  const header = (['src', 'dst', 'in', 'out', 'proto'] as const).flatMap((place) => {
    const match = reading.header.get(place);
    return match === undefined ? [] : [match];
  });
  return { matches: [...header, ...reading.extensions], target, origin: 0 };
}

function isBareIpvs(match: Match): boolean {
  if (match.kind !== 'ipvs') return false;
  return match.vaddr === null && match.vproto === null && match.vport === null;
}

function readOption(reading: Reading, word: string): void {
  switch (word) {
    case '-s':
    case '-d': {
      const side = word === '-s' ? 'src' : 'dst';
      const range = parseRange(reading.value(word), reading.family);
      if (range.bits === 0 && !reading.negated) return;
      const { negated } = reading;
      reading.header.set(side, { kind: 'address', side, negated, ...range });
      return;
    }
    case '-i':
    case '-o': {
      const side = word === '-i' ? 'in' : 'out';
      const { negated } = reading;
      reading.header.set(side, { kind: 'interface', side, negated, name: reading.value(word) });
      return;
    }
    case '-p': {
      const proto = protoOf(reading.value(word));
      if (!reading.negated) reading.proto = proto;
      reading.header.set('proto', { kind: 'protocol', negated: reading.negated, proto });
      return;
    }
    case '-m':
      openModule(reading, reading.value(word));
      return;
    case '--sport':
    case '--dport':
      readPort(reading, word);
      return;
    default:
      readModuleOption(reading, word);
  }
}

const addrTypes = ['LOCAL', 'UNICAST', 'BROADCAST', 'MULTICAST'] as const;

function parseAddrType(text: string): AddrType {
  const type = addrTypes.find((one) => one === text);
  if (type !== undefined) return type;
  throw new Error(`address type ${text} is not modelled: one of ${addrTypes.join(', ')}`);
}

/** Address or range, host bits cut. */
function parseRange(text: string, family: Family): Cidr {
  const at = parseAddr(text);
  const range = at === undefined ? parseCidr(text) : single(at);
  if (range === undefined) throw new Error(`"${text}" is no address or range`);
  if (familyOf(range.low) !== family) throw new Error(`"${text}" is not of IPv${family}`);
  return range;
}

function protoOf(word: string): Proto {
  const numbers: Readonly<Record<string, Proto>> = { 6: 6, 17: 17, 132: 132, 1: 1, 58: 58 };
  const named = word === 'icmp' ? ICMP : word === 'ipv6-icmp' || word === 'icmpv6' ? ICMPV6 : null;
  const proto = named ?? parseProto(word) ?? numbers[word];
  if (proto === undefined) throw new Error(`protocol "${word}" is not modelled`);
  return proto;
}

const modules = [
  'comment',
  'mark',
  'conntrack',
  'addrtype',
  'statistic',
  'recent',
  'physdev',
  'nfacct',
  'set',
  'ipvs',
  'multiport',
  'state',
];

function openModule(reading: Reading, name: string): void {
  reading.module = name;
  const proto = parseProto(name);
  if (proto !== undefined) {
    reading.proto = proto;
    const last = reading.extensions.at(-1);
    if (last?.kind === 'port' && last.proto === proto) return; // the tool joins them
    const any = { kind: 'port', proto, side: null, negated: false, low: 0, high: 65535 } as const;
    reading.extensions.push(any);
  } else if (name === 'recent') {
    const list = 'DEFAULT';
    reading.extensions.push({ kind: 'recent', list, op: 'rcheck', seconds: null, reap: false });
  } else if (name === 'ipvs') {
    reading.extensions.push({ kind: 'ipvs', vaddr: null, vproto: null, vport: null });
  } else if (!modules.includes(name)) throw new Error(`match "-m ${name}" is not modelled`);
}

function readPort(reading: Reading, word: '--sport' | '--dport'): void {
  const { proto, negated, extensions } = reading;
  if (proto === null) throw new Error(`${word} needs -p tcp, udp or sctp before it`);
  const side = word === '--sport' ? 'src' : 'dst';
  const [low, high] = portRange(reading.value(word));
  const last = extensions.at(-1);
  const isOpen = last?.kind === 'port' && last.proto === proto;
  if (isOpen && last.side === null) extensions.pop();
  if (low === 0 && high === 65535) {
    extensions.push({ kind: 'port', proto, side: null, negated: false, low, high });
    return;
  }
  const match: Match = { kind: 'port', proto, side, negated, low, high };
  // The tool prints the source port first.
  if (isOpen && last.side === 'dst' && side === 'src') extensions.splice(-1, 0, match);
  else extensions.push(match);
}

function portRange(text: string): readonly [number, number] {
  const [low, high, more] = text.split(':');
  if (more !== undefined) throw new Error(`"${text}" is no port range`);
  const from = low === '' ? 0 : portNumber(low ?? '');
  return [from, high === undefined ? from : high === '' ? 65535 : portNumber(high)];
}

type RecentMatch = Extract<Match, { kind: 'recent' }>;

function readModuleOption(reading: Reading, word: string): void {
  if (reading.module === 'recent') {
    readRecent(reading, word);
    return;
  }
  if (reading.module === 'ipvs') {
    readIpvs(reading, word);
    return;
  }
  const match = moduleMatch(reading, word);
  if (match !== null) reading.extensions.push(match);
}

function readRecent(reading: Reading, word: string): void {
  if (reading.negated) throw new Error('-m recent with ! is not modelled');
  const before = reading.extensions.pop() as RecentMatch;
  const with_ = (more: Partial<RecentMatch>) => reading.extensions.push({ ...before, ...more });
  switch (word) {
    case '--rcheck':
      return void with_({ op: 'rcheck' });
    case '--set':
      return void with_({ op: 'set' });
    case '--seconds':
      return void with_({ seconds: wordNumber(reading.value(word)) });
    case '--reap':
      return void with_({ reap: true });
    case '--name':
      return void with_({ list: reading.value(word) });
    case '--rsource':
      return void with_({});
    case '--mask': {
      const mask = reading.value(word);
      if (mask !== wholeMask[reading.family]) throw new Error(`--mask ${mask} is not modelled`);
      return void with_({});
    }
    default:
      throw new Error(`option "${word}" of -m recent is not modelled`);
  }
}

type IpvsMatch = Extract<Match, { kind: 'ipvs' }>;

function readIpvs(reading: Reading, word: string): void {
  const { negated, family } = reading;
  const before = reading.extensions.pop() as IpvsMatch;
  const with_ = (more: Partial<IpvsMatch>) => reading.extensions.push({ ...before, ...more });
  switch (word) {
    case '--vaddr':
      return void with_({ vaddr: { negated, range: parseRange(reading.value(word), family) } });
    case '--vproto':
      return void with_({ vproto: { negated, proto: protoOf(reading.value(word)) } });
    case '--vport':
      return void with_({ vport: { negated, port: portNumber(reading.value(word)) } });
    default:
      throw new Error(`option "${word}" of -m ipvs is not modelled`);
  }
}

/** The match that one option of the open module makes; null: the option says nothing by itself. */
function moduleMatch(reading: Reading, word: string): Match | null {
  const { negated } = reading;
  switch (`${reading.module ?? ''} ${word}`) {
    case 'comment --comment':
      return { kind: 'comment', text: reading.value(word) };
    case 'mark --mark': {
      const [value, mask] = reading.value(word).split('/');
      const all = mask === undefined ? 0xffffffff : wordNumber(mask);
      return { kind: 'mark', negated, value: wordNumber(value ?? ''), mask: all };
    }
    case 'conntrack --ctstate':
      return { kind: 'conntrack', negated, states: parseStates(reading.value(word)) };
    case 'state --state': {
      const states = parseStates(reading.value(word));
      return { kind: 'conntrack', negated, states, module: 'state' };
    }
    case 'addrtype --src-type':
    case 'addrtype --dst-type': {
      const type = parseAddrType(reading.value(word));
      return { kind: 'addrtype', side: word === '--src-type' ? 'src' : 'dst', negated, type };
    }
    case 'addrtype --limit-iface-in':
    case 'addrtype --limit-iface-out': {
      const before = reading.extensions.pop();
      if (before?.kind !== 'addrtype' || negated) throw new Error(`${word} needs a type before it`);
      return { ...before, limit: word === '--limit-iface-in' ? 'in' : 'out' };
    }
    case 'statistic --mode': {
      const mode = reading.value(word);
      if (mode !== 'random') throw new Error(`--mode ${mode} is not modelled: random only`);
      return null;
    }
    case 'statistic --probability': {
      if (negated) throw new Error('! --probability is not modelled');
      return { kind: 'random', below: parseProbability(reading.value(word)) };
    }
    case 'physdev --physdev-is-bridged':
      return { kind: 'physdev', negated, test: 'is-bridged' };
    case 'physdev --physdev-is-in':
      return { kind: 'physdev', negated, test: 'is-in' };
    case 'physdev --physdev-is-out':
      return { kind: 'physdev', negated, test: 'is-out' };
    case 'nfacct --nfacct-name':
      return { kind: 'nfacct', name: reading.value(word) };
    case 'set --match-set': {
      const set = reading.value(word);
      return { kind: 'set', set, negated, flags: parseFlags(reading.value(word)) };
    }
    case 'multiport --sports':
    case 'multiport --dports': {
      const ports = reading.value(word).split(',').map(portNumber);
      return { kind: 'multiport', side: word === '--sports' ? 'src' : 'dst', negated, ports };
    }
    default: {
      const module = reading.module === null ? '' : ` of -m ${reading.module}`;
      throw new Error(`option "${word}"${module} is not modelled`);
    }
  }
}

function parseStates(text: string): readonly CtState[] {
  const words = text.split(',');
  const unknown = words.find((word) => !stateOrder.some((state) => state === word));
  if (unknown !== undefined) throw new Error(`state "${unknown}" is unknown`);
  return stateOrder.filter((state) => words.includes(state));
}

function parseFlags(text: string): readonly ('src' | 'dst')[] {
  const flags = text.split(',');
  if (flags.length > flagsMax) throw new Error(`Can't be more src/dst options than ${flagsMax}.`);
  return flags.map((flag) => {
    if (flag !== 'src' && flag !== 'dst') throw new Error(`"${flag}" is neither src nor dst`);
    return flag;
  });
}

/** IPSET_DIM_MAX. */
const flagsMax = 6;

/** Of 2^31, rounded as the tool does. */
function parseProbability(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) > 1)
    throw new Error(`"${text}" is no probability`);
  return Math.round(Number(text) * 2 ** 31);
}
