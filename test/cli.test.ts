// The command line as scripts see it: exit statuses, what goes to which stream, standard input, reproducible bytes.
// One table, spawning the built command; what the commands compute is tested in their rooms.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type RunCommandOptions, run } from '../src/cli/commands/run.ts';
import { root } from './pictures.ts';

const main = join(root, 'dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'svcspec-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const service = (name: string, namespace: string) => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace}, labels: { tier: ${name} } }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;
const pod = (name: string, namespace: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: web } }
spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
`;
const feature = (then: string) => `Feature: shop
  Scenario: one
    Given the cluster "shop"
    ${then}
`;
const files: Readonly<Record<string, string>> = {
  'scenarios/shop/web.yaml': ['a', 'b', 'c'].map((name) => pod(name, 'default')).join('---\n'),
  'scenarios/shop/service.yaml': service('web', 'default'),
  'scenarios/shop/deep/other.yaml': service('other', 'far'),
  'more.yaml': [service('more', 'far'), service('most', 'far')].join('---\n'),
  'flows.yaml': '- { id: x, from: pod/default/a, to: "web:80", count: 2 }\n',
  'wrong-flows.yaml': '- { id: x, form: pod/default/a, to: "web:80" }\n',
  'broken.yaml': `${service('web', 'default')}prots: []\n`,
  'good.feature': feature('Then Service "web" has 3 endpoints'),
  'own.feature': feature('Then Service "more" has no endpoints').replace('"shop"', '"mine/k8s"'),
  'six.yaml':
    'apiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nmetadata: { name: six }\nspec:\n  networking: { podSubnet: "fd00:10:244::/56", serviceSubnet: "fd00:10:96::/112" }\n  nodes: [{ name: n1, internalIP: "fd00:4::102" }]\n',
  'mine/k8s/more.yaml': service('more', 'default'),
  'failing.feature': feature('Then Service "web" has 2 endpoints'),
  'outline.feature': `Feature: shop
  Scenario Outline: <n>
    Given the cluster "shop"
    Then Service "web" has <n> endpoints
    Examples:
      | n |
      | 3 |
      | 2 |
`,
  'undefined.feature': feature('Then nobody knows this step'),
  'background.feature': `Feature: shop
  Background:
    Given nobody knows this step
${['one', 'two'].map((name) => `  Scenario: ${name}\n    Then Service "web" has 3 endpoints\n`).join('')}`,
  'ingress.yaml':
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: in }\nspec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }\n',
  'sleeping.txt': 'apply -f ingress.yaml\nsleep 1m30s\nkubectl get svc web\n',
  'script.txt': '# away with it\nkubectl delete svc web\n\nget svc web\nget pods\n',
  'package.json': '{}\n',
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

interface Done {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function svcspec(args: readonly string[], stdin = ''): Promise<Done> {
  return new Promise((resolve) => {
    // CI and FORCE_COLOR as continuous integration sets them: neither makes a pipe a terminal.
    const env = { ...process.env, NO_COLOR: '', CI: 'true', FORCE_COLOR: '1' };
    const options = { cwd: folder, maxBuffer: 2 ** 26, env };
    const child = execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ status: typeof code === 'number' ? code : -1, stdout, stderr });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });
}

const shop = ['-q', '-f', 'scenarios/shop'];
const dial = ['--from', 'pod/default/a', '--to'];
const node01 = [...shop, '--node', 'node01'];
const ipvsadm = [...node01, '--mode', 'ipvs', '--format', 'ipvsadm'];

/** kubeadm's ConfigMap with one directive. */
const corefile = (line: string, ignore = '') => `apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system, annotations: { svcspec.dev/ignore: "${ignore}" } }
data:
  Corefile: |
    .:53 {
      ${line}
    }
`;

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly status: 0 | 1 | 2 | 6;
  readonly stdout?: RegExp;
  /** Absent: nothing. */
  readonly stderr?: RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'steps lag',
    args: ['steps', 'lag'],
    status: 0,
    stdout: /^Time and faults\n\n {2}\{component\} lag\(s\) by \{duration\}\n {6}event: it hears/,
  },
  {
    name: 'steps -o json',
    args: ['steps', '-o', 'json'],
    status: 0,
    stdout: /^\{\n {2}"steps": \[[\s\S]*"pattern": "I apply:",\n {6}"kind": "event"/,
  },
  {
    name: 'init where a file is',
    args: ['init', 'more.yaml'],
    status: 2,
    stderr: /^error\[usage\]: cannot write "[^"]*more\.yaml[^"]*": (ENOTDIR|EEXIST|ENOENT)\n/,
  },
  // the program
  { name: 'without a command', args: [], status: 2, stderr: /Usage: svcspec/ },
  { name: '--help', args: ['--help'], status: 0, stdout: /Usage: svcspec[\s\S]*\n {2}trace / },
  {
    name: '--help names later commands in one line',
    args: ['--help'],
    status: 0,
    stdout: /\n {2}exec [\s\S]*\n\nNot yet: describe, matrix, [^\n]*\n$/,
  },
  {
    name: '--help lists no later command',
    args: ['--help'],
    status: 0,
    stdout: /^(?![\s\S]*\n {2}matrix)/,
  },
  { name: '--version', args: ['--version'], status: 0, stdout: /^\d+\.\d+\.\d+\n$/ },
  { name: '-V', args: ['-V'], status: 0, stdout: /^\d+\.\d+\.\d+\n$/ },
  {
    name: 'an unknown command with its nearest name',
    args: ['trcae'],
    status: 2,
    stderr: /unknown command 'trcae'[\s\S]*Did you mean trace\?/,
  },
  {
    name: 'an unknown option',
    args: ['trace', '--form', 'a'],
    status: 2,
    stderr: /Did you mean --from/,
  },
  // trace
  {
    name: 'trace answered',
    args: ['trace', ...shop, ...dial, 'web:80'],
    status: 0,
    stdout: /^answered by pod\/default\//,
  },
  {
    name: 'trace --expect not met, notices on standard error',
    args: ['trace', '-f', 'scenarios/shop', '-R', ...dial, 'web:80', '--expect', 'refused'],
    status: 1,
    stdout: /^answered/,
    stderr: /^Namespace "far" is in no manifest: created\n$/,
  },
  {
    name: 'trace exits 0 whatever the fate',
    args: ['trace', ...shop, ...dial, 'nope:80'],
    status: 0,
    stdout: /^failed to resolve "nope": nxdomain/,
  },
  {
    name: 'trace --expect of no outcome',
    args: ['trace', ...shop, ...dial, 'web:80', '--expect', 'lost'],
    status: 2,
    stderr: /unknown outcome "lost"\nhelp: answered, /,
  },
  {
    name: 'trace --flows',
    args: ['trace', ...shop, '--flows', 'flows.yaml', '-o', 'json'],
    status: 0,
    stdout: /"id": "x"/,
  },
  {
    name: 'trace --flows with a mistake',
    args: ['trace', ...shop, '--flows', 'wrong-flows.yaml'],
    status: 2,
    stderr: /wrong-flows\.yaml:1:1/,
  },
  {
    name: 'trace without ends',
    args: ['trace', ...shop],
    status: 2,
    stderr: /--from WHO and --to/,
  },
  {
    name: 'trace without input',
    args: ['trace', ...dial, 'web:80'],
    status: 2,
    stderr: /-f PATH is needed/,
  },
  {
    name: 'trace from nobody',
    args: ['trace', ...shop, '--from', 'pod/default/z', '--to', 'web:80'],
    status: 2,
    stderr: /there is no Pod "default\/z"\nhelp: Pods in "default": a, b, c/,
  },
  {
    name: 'trace -o svg is of a later version',
    args: ['trace', ...shop, ...dial, 'web:80', '-o', 'svg'],
    status: 2,
    stderr: /later version/,
  },
  {
    name: 'a mistake in a manifest with its place',
    args: ['trace', '-f', 'broken.yaml', ...dial, 'web:80'],
    status: 2,
    stderr: /error\[unknown-field\][\s\S]*broken\.yaml:5:1\n[\s\S]*\^/,
  },
  // check
  { name: 'check', args: ['check', ...shop], status: 0, stdout: /^0 errors, 0 warnings, \d+ note/ },
  {
    name: 'check says what shows its notes',
    args: ['check', '-f', '-'],
    stdin: pod('a', 'default').replace('image:', 'command: [curl, "http://a.com"], image:'),
    status: 0,
    stdout: /^0 errors, 0 warnings, 1 note \(-v shows them\)\n$/,
  },
  {
    name: 'check a Corefile that CoreDNS refuses',
    args: ['check', '-f', '-'],
    stdin: corefile('erors'),
    status: 1,
    stdout: /^error\[corefile-invalid\]: \/etc\/coredns\/Corefile:2 - .*'erors'\n *--> STDIN:7:7\n/,
  },
  {
    name: 'check --fail-on warning',
    args: ['check', '-q', '-f', '-', '--fail-on', 'warning'],
    stdin: corefile('health\n      ready'),
    status: 1,
    stdout:
      /^warning\[corefile-cluster-zone\][\s\S]*\n0 errors, 1 warning, \d+ notes?( \(-v shows them\))?\n$/,
  },
  {
    name: 'check: a muted finding fails nothing',
    args: ['check', '-q', '-f', '-', '--fail-on', 'warning'],
    stdin: corefile('health\n      ready', 'corefile-cluster-zone'),
    status: 0,
    stdout: /^0 errors, 0 warnings, \d+ notes?( \(-v shows them\))?, 1 muted\n$/,
  },
  {
    name: 'check --fail-on something else',
    args: ['check', ...shop, '--fail-on', 'note'],
    status: 2,
    stderr: /unknown severity "note"/,
  },
  {
    name: 'check -o sarif',
    args: ['check', ...shop, '-o', 'sarif'],
    status: 2,
    stderr: /-o sarif of check belongs to a later version/,
  },
  // resolve
  {
    name: 'resolve',
    args: ['resolve', ...shop, '--from', 'pod/default/a', 'web', 'A'],
    status: 0,
    stdout: /; answered: 10\./,
  },
  {
    name: 'resolve --expect not met',
    args: ['resolve', ...shop, '--from', 'pod/default/a', 'nope', '--expect', 'answered'],
    status: 1,
    stdout: /; nxdomain: no DNS server knows the name "nope": Services in namespace .*\n$/,
  },
  {
    name: 'resolve an unknown record type',
    args: ['resolve', ...shop, '--from', 'pod/default/a', 'web', 'AA'],
    status: 2,
    stderr: /unknown record type "AA"/,
  },
  // rules
  {
    name: 'rules',
    args: ['rules', ...shop, '--node', 'node01'],
    status: 0,
    stdout: /-A KUBE-SERVICES .*default\/web/,
  },
  {
    name: 'rules of an unknown owner',
    args: ['rules', ...shop, '--node', 'node01', '--owner', 'me'],
    status: 2,
    stderr: /unknown owner "me"\nhelp: kube-proxy, kubelet, cni/,
  },
  {
    name: 'rules without a node where there are several',
    args: ['rules', ...shop],
    status: 2,
    stderr: /--node NAME is needed\nhelp: nodes: control-plane, node01, node02/,
  },
  {
    name: 'rules of an unknown mode',
    args: ['rules', ...shop, '--node', 'node01', '--mode', 'ebpf'],
    status: 2,
    stderr: /unknown proxy mode "ebpf"/,
  },
  {
    name: 'rules --input of a tool that the mode does not feed',
    args: ['rules', ...shop, '--node', 'node01', '--format', 'ipvsadm', '--input'],
    status: 2,
    stderr: /in iptables mode feeds nothing to ipvsadm/,
  },
  {
    name: 'rules --input in another family is named after its own tool',
    args: ['rules', ...node01, '--mode', 'nftables', '--format', 'ip6tables-save', '--input'],
    status: 2,
    stderr: /in nftables mode feeds nothing to ip6tables-restore/,
  },
  {
    name: 'rules --input of an owner that feeds nothing',
    args: ['rules', ...node01, '--owner', 'cni', '--input'],
    status: 2,
    stderr: /cni feeds nothing to iptables-restore here/,
  },
  {
    name: 'rules of the owner of all virtual servers',
    args: ['rules', ...ipvsadm, '--owner', 'kube-proxy'],
    status: 0,
    stdout: /^TCP {2}10\.96\.0\.1:443 rr$/m,
  },
  {
    name: 'rules of an owner of no virtual server',
    args: ['rules', ...ipvsadm, '--owner', 'kubelet'],
    status: 0,
    stdout: /^IP Virtual Server.*\nProt .*\n {2}-> Remote.*\n$/,
  },
  {
    name: 'rules in a format that has none of kube-proxy says which has',
    args: ['rules', '-f', 'scenarios/shop', '--node', 'node01', '--mode', 'nftables'],
    status: 0,
    stdout: /KUBE-FIREWALL/,
    stderr: /^kube-proxy runs in nftables mode: its rules are in --format nft$/m,
  },
  {
    name: 'rules of another owner do not',
    args: [
      'rules',
      '-f',
      'scenarios/shop',
      ...['--node', 'node01', '--mode', 'nftables'],
      '--owner',
      'kubelet',
    ],
    status: 0,
    stdout: /KUBE-FIREWALL/,
    stderr: /^(?!.*kube-proxy runs in)/s,
  },
  // --mode
  {
    name: 'trace in another mode',
    args: ['trace', ...shop, ...dial, 'web:80', '--mode', 'nftables', '-o', 'json'],
    status: 0,
    stdout: /"proxyMode": "nftables"/,
  },
  {
    name: 'resolve in another mode',
    args: ['resolve', ...shop, '--from', 'pod/default/a', 'web', 'A', '--mode', 'ipvs'],
    status: 0,
    stdout: /^; answered: 10\./m,
  },
  {
    name: 'exec in another mode',
    args: ['exec', ...shop, '--mode', 'ipvs', 'node/node01', '--', 'ipvsadm', '-Ln'],
    status: 0,
    stdout: /^TCP {2}10\.96\.0\.1:443 rr$/m,
  },
  {
    name: 'kubectl in another mode',
    args: [
      'kubectl',
      ...shop,
      '--mode',
      'ipvs',
      '--',
      'exec',
      'a',
      '--',
      'ping',
      '-c1',
      '10.96.0.1',
    ],
    status: 1,
    stdout: /From 10\.96\.0\.1 icmp_seq=1 Destination Port Unreachable/,
    stderr: /exit code 1/,
  },
  {
    name: 'a mode that there is not',
    args: ['trace', ...shop, ...dial, 'web:80', '--mode', 'ebpf'],
    status: 2,
    stderr: /unknown proxy mode "ebpf"\nhelp: iptables, ipvs, nftables, userspace/,
  },
  {
    name: 'a mode that the version lacks',
    args: ['trace', ...shop, ...dial, 'web:80', '--mode', 'userspace'],
    status: 2,
    stderr: /Invalid value: "userspace": must be iptables, ipvs, nftables or blank/,
  },
  // get
  {
    name: 'get of several files, -n and -l',
    args: ['get', 'svc', ...shop, '-f', 'more.yaml', '-n', 'far', '-l', 'tier=more', '-o', 'name'],
    status: 0,
    stdout: /^service\/more\n$/,
  },
  {
    name: 'get -A -R -o wide',
    args: ['get', 'svc', ...shop, '-R', '-A', '-o', 'wide'],
    status: 0,
    stdout: /^NAMESPACE +NAME .* SELECTOR\n[\s\S]*\ndefault +web [\s\S]*\nfar +other .* app=web\n/,
  },
  {
    name: 'get from standard input',
    args: ['get', 'svc', 'piped', '-q', '-f', '-', '-o', 'yaml'],
    stdin: service('piped', 'default'),
    status: 0,
    stdout: /^apiVersion: v1\nkind: Service\n/,
  },
  {
    name: 'get one that does not exist',
    args: ['get', 'svc', 'nope', ...shop],
    status: 1,
    stderr: /^Error from server \(NotFound\): services "nope" not found\n$/,
  },
  {
    name: 'get one that exists and one that does not, as JSON',
    args: ['get', 'svc', 'web', 'nope', ...shop, '-o', 'json'],
    status: 1,
    stdout: /"kind": "List"/,
    stderr: /^Error from server \(NotFound\): services "nope" not found\n$/,
  },
  {
    name: 'get -o of another kind',
    args: ['get', 'svc', ...shop, '-o', 'xml'],
    status: 2,
    stderr: /unknown output format "xml"/,
  },
  // kubectl
  {
    name: 'kubectl exits as kubectl does',
    args: ['kubectl', ...shop, '--', 'get', 'svc', 'nope'],
    status: 1,
    stderr: /^Error from server \(NotFound\): services "nope" not found\n$/,
  },
  {
    name: 'kubectl with its own options, without --',
    args: ['kubectl', ...shop, 'get', 'svc', 'web', '-o', 'name', '-n', 'default'],
    status: 0,
    stdout: /^service\/web\n$/,
  },
  {
    name: 'kubectl apply -f - reads standard input',
    args: ['kubectl', ...shop, '--', 'apply', '-f', '-'],
    stdin: service('new', 'default'),
    status: 0,
    stdout: /^service\/new created\n$/,
  },
  {
    name: 'kubectl --script runs up to the first line that fails',
    args: ['kubectl', ...shop, '--script', 'script.txt'],
    status: 1,
    stdout: /^service "web" deleted from default namespace\n$/,
    stderr: /^Error from server \(NotFound\): services "web" not found\n$/,
  },
  {
    name: 'kubectl says once what a command wrote that is not simulated, and scripts sleep',
    args: ['kubectl', '-v', '-f', 'scenarios/shop', '--script', 'sleeping.txt'],
    status: 0,
    stdout: /created\n.*\nweb .* 90s\n$/s,
    stderr:
      /^\$ apply -f ingress.yaml\ningress.yaml:2: Ingress "default\/in" is stored, but not simulated: .*\n\$ sleep 1m30s\n\$ kubectl get svc web\n$/,
  },
  {
    name: 'kubectl -q gives no notices',
    args: ['kubectl', '-q', ...shop, '--', 'apply', '-f', 'ingress.yaml'],
    status: 0,
    stdout: /created\n$/,
    stderr: /^$/,
  },
  {
    name: 'kubectl refuses what is not modelled',
    args: ['kubectl', ...shop, '--', 'diff', '-f', 'more.yaml'],
    status: 2,
    stderr: /kubectl diff is not modelled/,
  },
  {
    name: 'kubectl without a command line',
    args: ['kubectl', ...shop],
    status: 2,
    stderr: /kubectl needs a command line/,
  },
  // exec
  {
    name: 'exec',
    args: ['exec', ...shop, 'default/a', '--', 'hostname'],
    status: 0,
    stdout: /^a\n$/,
  },
  {
    name: "exec takes kubectl's TYPE/NAME with -n",
    args: ['exec', ...shop, '-n', 'default', 'pod/a', '--', 'hostname'],
    status: 0,
    stdout: /^a\n$/,
  },
  {
    name: 'exec takes WHO',
    args: ['exec', ...shop, 'pod/default/a', '--', 'hostname'],
    status: 0,
    stdout: /^a\n$/,
  },
  {
    name: 'exec refuses two namespaces',
    args: ['exec', ...shop, '-n', 'far', 'default/a', '--', 'hostname'],
    status: 2,
    stderr: /is not in namespace "far"/,
  },
  {
    name: 'exec exits as the program did',
    args: ['exec', ...shop, 'default/a', '--', 'curl', '-s', 'http://nope/'],
    status: 6,
  },
  {
    name: 'exec without a command',
    args: ['exec', ...shop, 'default/a'],
    status: 2,
    stderr: /a command is needed/,
  },
  // run
  {
    name: "run with a folder of the user's own",
    args: ['run', 'own.feature', '--no-report'],
    status: 0,
    stdout: /1 scenario \(1 passed\)/,
  },
  {
    name: 'rules of the other family are said to stand elsewhere',
    args: ['rules', '-f', 'six.yaml'],
    status: 0,
    stdout: /^# Generated by iptables-save/,
    stderr: /^the cluster has IPv6 alone: its rules are in --format ip6tables-save\n$/,
  },
  {
    name: 'run of manifests instead of features: how a feature names them',
    args: ['run', 'mine/k8s/', '--no-report'],
    status: 2,
    stderr:
      /no scenario in mine\/k8s\/\nhelp: mine\/k8s\/ holds manifests: a feature names manifests in its Background: Given the cluster "mine\/k8s"\n/,
  },
  {
    name: 'run without features: how a feature names manifests',
    args: ['run', '--no-report'],
    status: 2,
    stderr: /no feature file or folder "features"\nhelp: .*Given the cluster "FOLDER"\n/,
  },
  {
    name: 'a folder of manifests with a misspelt name',
    args: ['get', 'svc', '-f', 'scenarios/shopp'],
    status: 2,
    stderr: /"scenarios\/shopp" does not exist\nhelp: did you mean "scenarios\/shop"\?\n/,
  },
  {
    name: 'a folder of manifests in a folder that is not there',
    args: ['get', 'svc', '-f', 'scenario/shop'],
    status: 2,
    stderr: /"scenario\/shop" does not exist\nhelp: did you mean "scenarios"\?\n/,
  },
  {
    name: 'run',
    args: ['run', 'good.feature', '--no-report'],
    status: 0,
    stdout: /1 scenario \(1 passed\)/,
  },
  {
    name: 'run with a scenario that fails',
    args: ['run', 'failing.feature', '--no-report'],
    status: 1,
    stdout: /1 scenario \(0 passed, 1 failed\)/,
  },
  {
    name: 'run names the row of an outline that fails, and writes what --format asks for',
    args: ['run', 'outline.feature', '--no-report', '--format', 'json:outline.json'],
    status: 1,
    stdout: /replay: +npx svcspec run outline\.feature:8 --seed 1\n/,
  },
  {
    name: 'run replays one row of an outline',
    args: ['run', 'outline.feature:8', '--no-report'],
    status: 1,
    stdout: /1 scenario \(0 passed, 1 failed\)/,
  },
  {
    name: 'run with a shard of nothing',
    args: ['run', 'good.feature', '--shard', '1/1', '--tags', '@nope', '--no-report'],
    status: 2,
    stderr: /no scenario in good\.feature that --tags "@nope" chooses/,
  },
  {
    name: 'run with an empty shard of something',
    args: ['run', 'good.feature', '--shard', '2/2', '--no-report'],
    status: 0,
    stdout: /0 scenarios/,
  },
  {
    name: 'run with an undefined step',
    args: ['run', 'undefined.feature', '--report', 'unusable', '--format', 'json:unusable.json'],
    status: 2,
    stderr: /undefined\.feature:4:5/,
  },
  {
    name: 'run with an undefined step in a Background, which is said once',
    args: ['run', 'background.feature', '--no-report'],
    status: 2,
    stderr: /^(?!.*no step says.*no step says).*background\.feature:3:5/s,
  },
  {
    name: 'run without features',
    args: ['run', 'nothing.feature'],
    status: 2,
    stderr: /there is no feature file or folder "nothing\.feature"/,
  },
];

const unusable: readonly (readonly [readonly string[], RegExp])[] = [
  [['run', 'good.feature', '--no-report', '--format', 'nope'], /error\[usage\].*formatter nope/],
  [['run', 'good.feature', '--no-report', '--tags', '@a and'], /error\[usage\]: --tags: Tag expr/],
  [['run', 'good.feature', '--no-report', '--name', '('], /error\[usage\]: --name "\("/],
  [['run', 'good.feature', '--import', 'nope.mjs'], /there is no module "nope\.mjs"/],
  [['run', 'good.feature', '--report', 'more.yaml'], /error\[usage\]: cannot write reports to/],
  [['run', 'good.feature', '--report', '/proc/x'], /error\[usage\]: cannot write reports to/],
  [['trace', ...shop, '--flows', 'flows.yaml', '--count', '2'], /either --flows or --count/],
  [['run', 'good.feature', '--explore', '0'], /must be a whole number from 1/],
  [['run', 'good.feature', '--explore-for', 'soon'], /error\[usage\]: .*soon/],
  [['run', 'good.feature', '--schedule', 'x'], /"x" is no schedule/],
  [['run', 'good.feature', '--schedule', '1:a=1'], /is no schedule/],
  [['run', 'good.feature', '--schedule', '1:', '--explore', '3'], /either --schedule or --explore/],
  [['run', 'good.feature', '--backend', 'kernel', '--explore', '3'], /in the simulation/],
  [
    ['steps', 'rainbow'],
    /error\[usage\]: no step tells of "rainbow"\nhelp: svcspec steps without words/,
  ],
  [['steps', '-o', 'yaml'], /output format "yaml"/],
  [['steps', '--import', 'nowhere.js'], /there is no module "nowhere.js" to import/],
  [['serve', ...shop], /error\[usage\]: --dns ADDRESS:PORT is needed/],
  [['serve', ...shop, '--dns', 'localhost:53'], /"localhost:53" is no address to listen on/],
  [['serve', ...shop, '--dns', '192.0.2.1:0'], /192\.0\.2\.1:0: this machine has no such address/],
  [['serve', ...shop, '--dns', '127.0.0.1:0', '--from', 'pod/x/y'], /there is no Pod "x\/y"/],
  [['serve', ...shop, '--dns', '127.0.0.1:0', '-q', '--', 'no-such-tool'], /cannot run "no-such/],
];
const usage: readonly Row[] = unusable.map(([args, stderr]) => {
  return { name: args.join(' '), args, status: 2, stderr };
});

const laterCommands = ['describe', 'matrix', 'diff', 'mutate', 'conformance'];
const later: readonly Row[] = [
  ...laterCommands.map((name) => [name, '-f', 'x', '--any']),
  ['serve', ...shop, '--dns', '127.0.0.1:0', '--api', '127.0.0.1:0'],
  ['serve', ...shop, '--dns', '127.0.0.1:0', '--web'],
].map((args) => {
  return { name: args.join(' '), args, status: 2, stderr: /belongs to a later version/ };
});

describe('cli', { concurrency: 4 }, () => {
  for (const { name, args, stdin, status, stdout, stderr } of [...rows, ...usage, ...later]) {
    test(`cli: ${name} exits ${status}`, async () => {
      const done = await svcspec(args, stdin);
      assert.equal(done.status, status, `${done.stdout}${done.stderr}`);
      if (stdout === undefined) assert.equal(done.stdout, '');
      else assert.match(done.stdout, stdout);
      if (stderr === undefined) assert.equal(done.stderr, '');
      else assert.match(done.stderr, stderr);
      assert.doesNotMatch(done.stderr, /\n {4}at |internal error/);
      assert.ok(!`${done.stdout}${done.stderr}`.includes('\x1b'));
    });
  }

  const repeated: readonly (readonly string[])[] = [
    ['trace', ...shop, ...dial, 'web:80', '--count', '40', '-o', 'json'],
    ['rules', ...shop, '--node', 'node01'],
    ['get', 'all', ...shop, '-A', '-o', 'yaml'],
    ['resolve', ...shop, '--from', 'pod/default/a', 'web', '-o', 'json'],
  ];
  for (const args of repeated) {
    test(`cli: ${args[0]} prints the same bytes for the same seed`, async () => {
      const seeds = args[0] === 'trace' ? ['7', '7', '8'] : ['7', '7'];
      const [one, two, other] = await Promise.all(
        seeds.map((seed) => svcspec([...args, '--seed', seed])),
      );
      assert.equal(one?.status, 0);
      assert.equal(one?.stdout, two?.stdout);
      assert.notEqual(one?.stdout, other?.stdout);
    });
  }
});

const usual = { seed: 1, tags: '', name: [], order: 'defined', shard: '', format: [], import: [] };
const laterOptions: readonly Record<string, unknown>[] = [{ watch: true }, { coverage: true }];
for (const option of laterOptions) {
  test(`cli: run refuses ${JSON.stringify(option)} as of a later version`, async () => {
    const silent = { out: assert.fail, err: assert.fail, columns: null, color: false };
    const options = { ...usual, backend: 'sim', ...option } as unknown as RunCommandOptions;
    await assert.rejects(run([], options, { ...silent, errColor: false }), {
      code: 'not-modelled',
    });
  });
}

test('cli: nothing is left behind where the input was unusable', () => {
  const left = readdirSync(folder).filter((name) => /^unusable|partial/.test(name));
  assert.deepEqual(left, []);
  assert.ok(existsSync(join(folder, 'outline.json')), readdirSync(folder).join(' '));
});

const windows = process.platform === 'win32' && 'there is no sh';
test('cli: a reader that stops reading is no error', { skip: windows }, () => {
  const many = ['trace', ...shop, ...dial, 'web:80', '--count', '200', '-o', 'json'].join(' ');
  const line = `{ "${process.execPath}" "${main}" ${many}; echo "status $?" >&2; } | head -1`;
  const done = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  assert.deepEqual([done.stdout, done.stderr], ['{\n', 'status 0\n']);
});

const noTerminal =
  spawnSync('script', ['-qec', 'true', '/dev/null']).status !== 0 && 'script(1) is missing';
test('cli: a terminal gets colours unless NO_COLOR or --no-color', { skip: noTerminal }, () => {
  const good = ['trace', ...shop, ...dial, 'web:80'].join(' ');
  const colored = (args: string, noColor: string) => {
    const env = { ...process.env, NO_COLOR: noColor, TERM: 'xterm' };
    const command = ['-qec', `"${process.execPath}" "${main}" ${args}`, '/dev/null'];
    const done = spawnSync('script', command, {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env,
    });
    return done.stdout.includes('\x1b[');
  };
  assert.ok(colored(good, ''));
  for (const [args, noColor, want] of [
    ['matrix', '', true],
    ['matrix', '1', false],
    ['matrix --no-color', '', false],
    [`${good} --no-color`, '', false],
  ] as const) {
    assert.equal(colored(args, noColor), want, args);
  }
});
