// ip of iproute2: `ip addr [show] [dev NAME]`, `-4`, `-6`, `-br`. Devices, their addresses and whether they are up; link
// addresses are made of the device's name and owner, so they are stable but nobody's. Nothing else of iproute2.
import { type Addr, familyOf, formatAddr } from '../net/addr.ts';
import type { Command } from './process.ts';

/** A network device as ip shows it. */
export interface DeviceView {
  readonly name: string;
  /** loopback, a port on a wire, a bridge, or a dummy that takes no part in anything. */
  readonly kind: 'loopback' | 'port' | 'bridge' | 'dummy';
  readonly addresses: readonly { readonly address: Addr; readonly bits: number }[];
}

const usage = 'Usage: ip [ -4 | -6 | -br ] addr [ show ] [ dev NAME ]\n';

export const ip: Command = (argv, context) => {
  const options = argv.slice(1).filter((word) => word.startsWith('-'));
  const [object = '', ...rest] = argv.slice(1).filter((word) => !word.startsWith('-'));
  const words = rest.filter((word) => !['show', 'list', 'ls', 'dev'].includes(word));
  const isKnown = options.every((one) => /^-(?:4|6|br|brief|c=never|color=never)$/.test(one));
  if (!/^a(?:d|dd|ddr|ddre|ddres|ddress)?$/.test(object) || !isKnown || words.length > 1) {
    return { stdout: '', stderr: `ip: not modelled: ${argv.join(' ')}\n${usage}`, exitCode: 255 };
  }
  const [only] = words;
  const devices = context.devices?.() ?? [];
  const indexed = devices.map((device, i) => ({ device, index: i + 1 }));
  const chosen = indexed.filter(({ device }) => only === undefined || device.name === only);
  if (only !== undefined && chosen.length === 0) {
    return { stdout: '', stderr: `Device "${only}" does not exist.\n`, exitCode: 1 };
  }
  const family = options.includes('-4') ? 4 : options.includes('-6') ? 6 : null;
  const isBrief = options.some((one) => one.startsWith('-br'));
  const text = chosen
    .map(({ device, index }) => ({ device: ofFamily(device, family), index }))
    .filter(({ device }) => family === null || device.addresses.length > 0)
    .map(({ device, index }) => (isBrief ? brief(device) : block(device, index, context.machine)));
  return { stdout: text.join(''), stderr: '', exitCode: 0 };
};

function ofFamily(device: DeviceView, family: 4 | 6 | null): DeviceView {
  if (family === null) return device;
  const addresses = device.addresses.filter(({ address }) => familyOf(address) === family);
  return { ...device, addresses };
}

const looks = {
  loopback: {
    flags: 'LOOPBACK,UP,LOWER_UP',
    link: 'mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000',
    state: 'UNKNOWN',
  },
  port: {
    flags: 'BROADCAST,MULTICAST,UP,LOWER_UP',
    link: 'mtu 1500 qdisc noqueue state UP group default ',
    state: 'UP',
  },
  bridge: {
    flags: 'BROADCAST,MULTICAST,UP,LOWER_UP',
    link: 'mtu 1500 qdisc noqueue state UP group default qlen 1000',
    state: 'UP',
  },
  dummy: {
    flags: 'BROADCAST,NOARP',
    link: 'mtu 1500 qdisc noop state DOWN group default ',
    state: 'DOWN',
  },
} as const;

function block(device: DeviceView, index: number, machine: string): string {
  const { flags, link } = looks[device.kind];
  const mac =
    device.kind === 'loopback'
      ? 'link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00'
      : `link/ether ${linkAddress(`${machine} ${device.name}`)} brd ff:ff:ff:ff:ff:ff`;
  const addresses = device.addresses.map((own) => addressLines(own, device));
  return `${index}: ${device.name}: <${flags}> ${link}\n    ${mac}\n${addresses.join('')}`;
}

function addressLines(
  { address, bits }: DeviceView['addresses'][number],
  { name, kind }: DeviceView,
): string {
  const word = familyOf(address) === 4 ? 'inet' : 'inet6';
  const scope = kind === 'loopback' ? 'host' : 'global';
  const broadcast = kind === 'loopback' || kind === 'dummy' ? '' : broadcastOf(address, bits);
  const label = word === 'inet' ? ` ${name}` : ' ';
  return `    ${word} ${formatAddr(address)}/${bits}${broadcast} scope ${scope}${label}\n       valid_lft forever preferred_lft forever\n`;
}

function broadcastOf(address: Addr, bits: number): string {
  if (typeof address !== 'number' || bits >= 31) return '';
  const size = 2 ** (32 - bits);
  return ` brd ${formatAddr(Math.floor(address / size) * size + size - 1)}`;
}

function brief({ name, kind, addresses }: DeviceView): string {
  const list = addresses.map(({ address, bits }) => `${formatAddr(address)}/${bits} `).join('');
  return `${name.padEnd(16)} ${looks[kind].state.padEnd(14)} ${list}\n`;
}

/** Locally administered, from FNV-1a of the name. */
function linkAddress(text: string): string {
  let hash = 0x811c9dc5;
  const bytes: number[] = [];
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    bytes.push((hash >>> 8) & 0xff);
  }
  return ['02', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
