// The command line of node-cache, the CoreDNS of NodeLocal DNSCache (kubernetes/dns cmd/node-cache/main.go), and which
// CoreDNS release an image of it is built with. Not here: what it does with them (corefile.ts, rules.ts).
import { type Addr, familyOf, parseAddr } from '../../net/addr.ts';
import type { CoreDnsVersion } from '../kubeadm/version.ts';

export interface NodeCacheFlags {
  readonly localIPs: readonly Addr[];
  /** As written, for the Corefile. */
  readonly localIPText: string;
  readonly interfaceName: string;
  readonly upstreamService: string;
  readonly baseCorefile: string;
  readonly corefile: string;
  /** Folder of the ConfigMap kube-dns; "" : /etc/kube-dns where it is mounted. */
  readonly kubeDnsPath: string;
  readonly dnsPort: number;
  readonly healthPort: number;
  readonly setsInterface: boolean;
  readonly setsRules: boolean;
  readonly keepsAll: boolean;
}

/** Flags with their defaults; those of CoreDNS itself and those that change nothing here among them. */
const defaults = {
  localip: '',
  setupinterface: 'true',
  interfacename: 'nodelocaldns',
  syncinterval: '60',
  'metrics-listen-address': '0.0.0.0:9353',
  setupiptables: 'true',
  setupebtables: 'false',
  basecorefile: '/etc/coredns/Corefile.base',
  corefile: '/etc/Corefile',
  kubednscm: '',
  upstreamsvc: 'kube-dns',
  'health-port': '8080',
  skipteardown: 'false',
  reloadwithsignal: 'false',
  conf: '',
  'dns.port': '53',
  p: '53',
  pidfile: '',
  quiet: 'false',
} as const;

type Name = keyof typeof defaults;
const switches: ReadonlySet<string> = new Set<Name>([
  'setupinterface',
  'setupiptables',
  'setupebtables',
  'skipteardown',
  'reloadwithsignal',
  'quiet',
]);

const yes = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const no = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** The flags of `args`, or the text that the process ends with. */
export function parseFlags(args: readonly string[]): NodeCacheFlags | string {
  const values: Record<string, string> = { ...defaults };
  for (let i = 0; i < args.length; i++) {
    const [, name = '', , given] = /^--?([^=]+)(=(.*))?$/.exec(args[i] ?? '') ?? [];
    if (name === '') break; // Go's flag package stops at the first word that is no flag
    if (!Object.hasOwn(defaults, name)) return `flag provided but not defined: -${name}\n`;
    if (switches.has(name)) {
      const text = given ?? 'true';
      if (![...yes, ...no].includes(text)) {
        return `invalid boolean value "${text}" for -${name}: parse error\n`;
      }
      values[name] = String(yes.includes(text));
      continue;
    }
    const value = given ?? args[++i];
    if (value === undefined) return `flag needs an argument: -${name}\n`;
    values[name] = value;
  }
  return checked(values as Record<Name, string>);
}

function checked(values: Readonly<Record<Name, string>>): NodeCacheFlags | string {
  const localIPs: Addr[] = [];
  for (const text of values.localip.split(',')) {
    const ip = parseAddr(text);
    if (ip === undefined) return fatal(`invalid localip specified - "${text}"`);
    localIPs.push(ip);
  }
  const isIPv6 = familyOf(localIPs[0] as Addr) === 6;
  const other = localIPs.findIndex((ip) => (familyOf(ip) === 6) !== isIPv6);
  if (other >= 0) {
    const text = values.localip.split(',')[other];
    return fatal(`unexpected IP Family for localIP - "${text}", want IPv6=${isIPv6}`);
  }
  const port = values['dns.port'] === defaults['dns.port'] ? values.p : values['dns.port'];
  if (!isNumber(port)) return fatal(`invalid port specified - "${port}"`);
  const health = values['health-port'];
  if (!isNumber(health)) return fatal(`invalid healthcheck port specified - "${health}"`);
  return {
    localIPs,
    localIPText: values.localip,
    interfaceName: values.interfacename,
    upstreamService: values.upstreamsvc,
    baseCorefile: values.basecorefile,
    corefile: values.conf === '' ? values.corefile : values.conf,
    kubeDnsPath: values.kubednscm,
    dnsPort: Number(port),
    healthPort: Number(health),
    setsInterface: values.setupinterface === 'true',
    setsRules: values.setupiptables === 'true',
    keepsAll: values.skipteardown === 'true',
  };
}

function isNumber(text: string): boolean {
  return /^[-+]?\d+$/.test(text);
}

function fatal(text: string): string {
  return `[FATAL] Error parsing flags - ${text}, Exiting\n`;
}

/** Whether the image is node-cache. */
export function runsNodeCache(image: string | undefined): boolean {
  return imageForm.test(image ?? '');
}

const imageForm = /(^|\/)k8s-dns-node-cache(-amd64)?(:([^@]+))?(@|$)/;

/** github.com/coredns/coredns in go.mod of each tag of kubernetes/dns; newest first. */
const builtWith: readonly {
  readonly since: readonly number[];
  readonly version: CoreDnsVersion;
}[] = [
  { since: [1, 26, 6], version: '1.13.1' },
  { since: [1, 26, 5], version: '1.12.2' },
  { since: [1, 24, 0], version: '1.11.3' },
  { since: [1, 22, 14], version: '1.10.0' },
  { since: [0, 0, 0], version: '1.7.0' },
];

/** The CoreDNS release inside an image; of a tag that says no version, the newest. */
export function coreDnsIn(image: string | undefined): CoreDnsVersion {
  const tag = imageForm.exec(image ?? '')?.[4] ?? '';
  const numbers = /^v?(\d+)\.(\d+)\.(\d+)/.exec(tag)?.slice(1).map(Number) ?? null;
  const row = builtWith.find(({ since }) => numbers === null || reaches(numbers, since));
  return row?.version ?? '1.7.0';
}

function reaches(numbers: readonly number[], since: readonly number[]): boolean {
  for (const [i, wanted] of since.entries()) {
    const own = numbers[i] ?? 0;
    if (own !== wanted) return own > wanted;
  }
  return true;
}

/** The plugins that its main.go imports; another directive has no action. */
export const compiledIn: ReadonlySet<string> = new Set([
  'bind',
  'bufsize',
  'cache',
  'debug',
  'dns64',
  'errors',
  'forward',
  'health',
  'hosts',
  'loadbalance',
  'log',
  'loop',
  'pprof',
  'prometheus',
  'reload',
  'rewrite',
  'template',
  'timeouts',
  'trace',
  'whoami',
]);
