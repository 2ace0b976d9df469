// Which room may import which: the table of docs/architecture.md as data. A room is a folder under src/; `npm` lists
// packages, `node` allows node's own modules. Every room may import src/api/input-error.ts, its own files and tests all.

export interface Room {
  readonly imports: readonly string[];
  readonly npm?: readonly string[];
  readonly node?: boolean;
}

const core = [
  'sim',
  'net',
  'api',
  'apiserver',
  'controllers',
  'kubelet',
  'netfilter',
  'proxy',
  'cni',
];
const engine = [
  ...core,
  'proxy/*',
  'cloud',
  'dns',
  'dns/*',
  'dns/plugin/*',
  'node',
  'fabric',
  'programs',
];
const outer = ['cluster', 'input', 'manifest', 'analysis', 'report', 'harness', 'serve'];

export const rooms: Readonly<Record<string, Room>> = {
  sim: { imports: [], npm: ['pure-rand'] },
  net: { imports: [], npm: ['ip-num'] },
  api: { imports: ['net'] },
  apiserver: { imports: ['api', 'net', 'sim'] },
  controllers: { imports: ['apiserver', 'api', 'net', 'sim'] },
  // netfilter: the kubelet's own few chains.
  kubelet: { imports: ['apiserver', 'api', 'net', 'netfilter', 'sim'] },
  netfilter: { imports: ['net', 'sim'] },
  proxy: { imports: ['api', 'net', 'netfilter', 'sim'], npm: ['@noble/hashes'] },
  'proxy/*': { imports: ['proxy', 'netfilter', 'net', 'api', 'sim'] },
  cni: { imports: ['api', 'net', 'netfilter', 'sim'], npm: ['@noble/hashes'] },
  cloud: { imports: ['api', 'net', 'sim', 'netfilter'] },
  // Its plugins: the registry alone. node: a DNS server is a ServerProgram.
  dns: { imports: ['net', 'sim', 'api', 'node', 'dns/plugin/*'], npm: ['@noble/hashes'] },
  'dns/plugin/*': { imports: ['dns', 'net', 'sim', 'api'] },
  // netfilter: the rules that keep conntrack away from its addresses.
  'dns/node-cache': { imports: ['dns', 'net', 'sim', 'netfilter'] },
  node: { imports: ['net', 'netfilter', 'sim'] },
  fabric: { imports: ['net', 'node', 'netfilter', 'sim'] },
  programs: { imports: ['api', 'net', 'sim', 'dns', 'node'] },
  cluster: { imports: engine },
  manifest: { imports: ['api', 'net'], npm: ['yaml'] },
  input: { imports: ['manifest', 'api', 'sim'], node: true },
  // dns: a Corefile is judged before anything runs by it.
  analysis: { imports: ['cluster', 'manifest', 'api', 'dns', 'net', 'netfilter', 'node', 'sim'] },
  report: { imports: ['analysis', 'api', 'net', 'cluster'], npm: ['picocolors', 'cli-table3'] },
  harness: {
    imports: [
      'harness/kernel',
      'cluster',
      'input',
      'manifest',
      'analysis',
      'report',
      'programs',
      'api',
      'net',
      'sim',
    ],
    npm: ['@cucumber/cucumber'],
    node: true,
  },
  // Builds what the fabric holds out of the running kernel's namespaces.
  'harness/kernel': {
    imports: ['cluster', 'fabric', 'netfilter', 'node', 'net', 'sim'],
    node: true,
  },
  serve: {
    imports: ['cluster', 'input', 'analysis', 'dns', 'programs', 'net', 'node'],
    node: true,
  },
  cli: {
    imports: [...outer, 'programs', 'api', 'net', 'sim'],
    npm: ['commander', 'picocolors', 'cli-table3'],
    node: true,
  },
  index: { imports: ['cluster', 'input', 'manifest', 'analysis', 'api'] },
};

/** Rooms that may know the outside world; all others are the synchronous, closed core. */
export const outerRooms: readonly string[] = [
  'input',
  'harness',
  'harness/kernel',
  'serve',
  'cli',
  'report',
  'index',
];
