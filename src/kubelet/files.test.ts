// What a pod reads: resolv.conf by dnsPolicy and dnsConfig with its limits, hosts file and hostname.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '../api/types.ts';
import { addr } from '../net/addr.ts';
import { formatResolvConf } from '../net/resolv-conf.ts';
import { type DnsFacts, filesOf, hostnameError, resolvConfOf } from './files.ts';

const facts: DnsFacts = {
  clusterDNS: [addr('10.96.0.10')],
  dnsDomain: 'cluster.local',
  nodeResolvConf:
    'domain ignored\nsearch lan. .\nnameserver 8.8.8.8\noptions timeout:2 timeout:3\n',
  minor: 34,
};

function pod(spec: Partial<PodSpec>): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'demo', uid: 'u1' },
    spec: { nodeName: 'node01', containers: [{ name: 'web' }], ...spec },
  };
}

const cluster = 'search demo.svc.cluster.local svc.cluster.local cluster.local';
const domains = (count: number, length = 6) =>
  Array.from({ length: count }, (_, i) => `d${i}`.padEnd(length, 'x'));

const policies: readonly {
  readonly name: string;
  readonly spec: Partial<PodSpec>;
  readonly want: string;
  readonly messages?: readonly string[];
  readonly with?: Partial<DnsFacts>;
}[] = [
  {
    name: 'E1: ClusterFirst',
    spec: {},
    want: `${cluster} lan\nnameserver 10.96.0.10\noptions ndots:5\n`,
  },
  {
    name: 'E1: ClusterFirst with hostNetwork is Default',
    spec: { hostNetwork: true },
    want: 'search lan\nnameserver 8.8.8.8\noptions timeout:3\n',
  },
  {
    name: 'E1: ClusterFirstWithHostNet',
    spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
    want: `${cluster} lan\nnameserver 10.96.0.10\noptions ndots:5\n`,
  },
  {
    name: 'E1: Default: of an option that is written twice the last one',
    spec: { dnsPolicy: 'Default' },
    want: 'search lan\nnameserver 8.8.8.8\noptions timeout:3\n',
  },
  {
    name: 'E1: None has nothing but dnsConfig, E2: whose empty values are bare names',
    spec: {
      dnsPolicy: 'None',
      dnsConfig: {
        nameservers: ['1.1.1.1'],
        searches: ['x'],
        options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }, { name: 'rotate', value: '' }],
      },
    },
    want: 'search x\nnameserver 1.1.1.1\noptions ndots:2 edns0 rotate\n',
  },
  {
    name: 'E1: domains of the node that the cluster has too stand once',
    spec: {},
    with: { nodeResolvConf: 'search a cluster.local lan\nsearch cluster.local lan.\n' },
    want: `${cluster} lan\nnameserver 10.96.0.10\noptions ndots:5\n`,
  },
  {
    name: 'E1: Default keeps what the node has twice',
    spec: { dnsPolicy: 'Default' },
    with: {
      nodeResolvConf: '#nameserver 1.1.1.1\nnameserver 8.8.8.8\nnameserver 8.8.8.8\nsearch a a',
    },
    want: 'search a a\nnameserver 8.8.8.8\nnameserver 8.8.8.8\n',
  },
  {
    name: 'E1: and dnsConfig, though empty, makes it one',
    spec: { dnsPolicy: 'Default', dnsConfig: {} },
    with: { nodeResolvConf: 'nameserver 8.8.8.8\nnameserver 8.8.8.8\nsearch a a\n' },
    want: 'search a\nnameserver 8.8.8.8\n',
  },
  {
    name: 'E1: no clusterDNS: Default, with an event that names ClusterFirst',
    spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
    with: { clusterDNS: [] },
    want: 'search lan\nnameserver 8.8.8.8\noptions timeout:3\n',
    messages: [
      'pod: "web-1_demo(u1)". kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.',
    ],
  },
  {
    name: 'E1: no clusterDNS is nothing to a Pod with hostNetwork and ClusterFirst',
    spec: { hostNetwork: true },
    with: { clusterDNS: [] },
    want: 'search lan\nnameserver 8.8.8.8\noptions timeout:3\n',
  },
  {
    name: "E1: without a cluster domain the search list is the node's",
    spec: {},
    with: { dnsDomain: '', nodeResolvConf: 'search a a' },
    want: 'search a a\nnameserver 10.96.0.10\noptions ndots:5\n',
  },
  {
    name: 'E1: resolvConf "": Default asks the machine itself and searches the root',
    spec: { dnsPolicy: 'Default' },
    with: { nodeResolvConf: null },
    want: 'search .\nnameserver 127.0.0.1\n',
  },
  {
    name: 'E1: resolvConf "": ClusterFirst has the domains of the cluster alone',
    spec: {},
    with: { nodeResolvConf: null },
    want: `${cluster}\nnameserver 10.96.0.10\noptions ndots:5\n`,
  },
  {
    name: 'E2: options override by name, with a value, without one, and keep their place',
    spec: {
      dnsPolicy: 'Default',
      dnsConfig: {
        options: [{ name: 'timeout' }, { name: 'attempts', value: '1' }, { name: 'rotate' }],
      },
    },
    with: { nodeResolvConf: 'options timeout:2 rotate\noptions edns0 timeout:3\n' },
    want: 'options timeout rotate edns0 attempts:1\n',
  },
  {
    name: 'E2: domains of dnsConfig keep their dot, and are another than without it',
    spec: { dnsConfig: { searches: ['lan.', 'lan'] } },
    want: `${cluster} lan lan.\nnameserver 10.96.0.10\noptions ndots:5\n`,
  },
  {
    name: 'E2: both limits are told, name servers first',
    spec: {
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '::1'], searches: domains(33) },
    },
    want: `search ${domains(32).join(' ')}\nnameserver 1.1.1.1\nnameserver 1.1.1.2\nnameserver 1.1.1.3\n`,
    messages: [
      'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 1.1.1.1 1.1.1.2 1.1.1.3',
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${domains(32).join(' ')}`,
    ],
  },
  {
    name: 'E2: 33 domains of which one is too long: the 33rd is gone before',
    spec: {
      dnsPolicy: 'None',
      dnsConfig: { searches: [...domains(1, 254), ...domains(32)] },
    },
    want: `search ${domains(31).join(' ')}\n`,
    messages: [
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${domains(31).join(' ')}`,
    ],
  },
  {
    name: 'E2: 2048 characters and a domain of 253 are right',
    spec: {
      dnsPolicy: 'None',
      dnsConfig: { searches: ['x'.repeat(253), ...domains(9, 198), 'y'] },
    },
    want: `search ${['x'.repeat(253), ...domains(9, 198), 'y'].join(' ')}\n`,
  },
  {
    name: 'E3: search, nameserver, options, and no line for what is empty',
    spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } },
    want: 'nameserver 1.1.1.1\n',
  },
  {
    name: 'E2: dnsConfig adds to ClusterFirst, what is there already once',
    spec: {
      dnsConfig: {
        nameservers: ['10.96.0.10', '1.1.1.1'],
        searches: ['lan', 'corp'],
        options: [{ name: 'ndots', value: '1' }],
      },
    },
    want: `${cluster} lan corp\nnameserver 10.96.0.10\nnameserver 1.1.1.1\noptions ndots:1\n`,
  },
  {
    name: 'E2: three name servers at most',
    spec: {
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] },
    },
    want: 'nameserver 1.1.1.1\nnameserver 1.1.1.2\nnameserver 1.1.1.3\n',
    messages: [
      'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 1.1.1.1 1.1.1.2 1.1.1.3',
    ],
  },
  {
    name: 'E2: 32 search domains at most',
    spec: { dnsPolicy: 'None', dnsConfig: { searches: domains(33) } },
    want: `search ${domains(32).join(' ')}\n`,
    messages: [
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${domains(32).join(' ')}`,
    ],
  },
  {
    name: 'E2: 2048 characters of search line at most, a domain of 254 never',
    spec: {
      dnsPolicy: 'None',
      dnsConfig: { searches: [...domains(1, 254), ...domains(12, 200)] },
    },
    want: `search ${domains(10, 200).join(' ')}\n`,
    messages: [
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${domains(10, 200).join(' ')}`,
    ],
  },
];

for (const { name, spec, want, messages = [], with: other = {} } of policies) {
  test(`resolv.conf: ${name}`, () => {
    const got = resolvConfOf(pod(spec), { ...facts, ...other });
    assert.equal(formatResolvConf(got.conf), want);
    assert.deepEqual(
      got.events.map(({ message }) => message),
      messages,
    );
  });
}

test('resolv.conf: E1: no clusterDNS is an event of the node too', () => {
  const { events } = resolvConfOf(pod({}), { ...facts, clusterDNS: [] });
  assert.deepEqual(
    events.map(({ reason, nodeMessage }) => `${reason}: ${nodeMessage}`),
    [
      'MissingClusterDNS: kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.',
    ],
  );
});

const long = 'n'.repeat(63);
const names: readonly {
  readonly name: string;
  readonly spec: Partial<PodSpec>;
  readonly minor?: number;
  readonly hostname: string;
  /** The line of its address; null: there is none. */
  readonly hosts: string | null;
}[] = [
  { name: 'E5: the name of the Pod', spec: {}, hostname: 'web-1', hosts: '10.244.0.5\tweb-1' },
  {
    name: 'E5: hostname and subdomain',
    spec: { hostname: 'a', subdomain: 'b' },
    hostname: 'a',
    hosts: '10.244.0.5\ta.b.demo.svc.cluster.local\ta',
  },
  {
    name: 'E5: setHostnameAsFQDN',
    spec: { hostname: 'a', subdomain: 'b', setHostnameAsFQDN: true },
    hostname: 'a.b.demo.svc.cluster.local',
    hosts: '10.244.0.5\ta.b.demo.svc.cluster.local\ta',
  },
  {
    name: 'E5: setHostnameAsFQDN without subdomain is the short name',
    spec: { setHostnameAsFQDN: true },
    hostname: 'web-1',
    hosts: '10.244.0.5\tweb-1',
  },
  {
    name: 'E5: hostnameOverride is dropped by 1.34',
    spec: { hostnameOverride: 'other.example' },
    hostname: 'web-1',
    hosts: '10.244.0.5\tweb-1',
  },
  {
    name: 'E5: hostnameOverride in 1.35 has no domain',
    spec: { hostnameOverride: 'other.example', subdomain: 'b' },
    minor: 35,
    hostname: 'other.example',
    hosts: '10.244.0.5\tother.example',
  },
  {
    name: 'E5: a whole name of 64 characters is right',
    spec: { hostname: 'h'.repeat(37), subdomain: 'sub', setHostnameAsFQDN: true },
    hostname: `${'h'.repeat(37)}.sub.demo.svc.cluster.local`,
    hosts: `10.244.0.5\t${'h'.repeat(37)}.sub.demo.svc.cluster.local\t${'h'.repeat(37)}`,
  },
  {
    name: 'E5: hostnameOverride is cut to 63 characters, and then at its dot',
    spec: { hostnameOverride: `${'n'.repeat(62)}.example` },
    minor: 35,
    hostname: 'n'.repeat(62),
    hosts: `10.244.0.5\t${'n'.repeat(62)}`,
  },
  {
    name: 'E5: hostNetwork: the node',
    spec: { hostNetwork: true },
    hostname: 'node01',
    hosts: null,
  },
  {
    name: 'E5: hostNetwork: the node, whatever the Pod says of itself',
    spec: { hostNetwork: true, hostname: 'a', subdomain: 'b', setHostnameAsFQDN: true },
    minor: 35,
    hostname: 'node01',
    hosts: null,
  },
];

for (const { name, spec, minor = 34, hostname, hosts } of names) {
  test(`hostname: ${name}`, () => {
    const files = filesOf(pod(spec), ['10.244.0.5'], { ...facts, minor });
    assert.equal(files.hostname, hostname);
    const line = files.hosts.split('\n').find((text) => text.startsWith('10.244.0.5')) ?? null;
    assert.equal(line, hosts);
  });
}

test('hostname: E5: 63 characters at most, no dash or dot at their end', () => {
  const named = (name: string) => ({ ...pod({}), metadata: { name, namespace: 'demo' } });
  assert.equal(filesOf(named(`${long}tail`), [], facts).hostname, long);
  assert.equal(filesOf(named(`${'n'.repeat(62)}-tail`), [], facts).hostname, 'n'.repeat(62));
});

test('hostname: E5: a whole name of more than 64 characters starts no Pod', () => {
  const spec = { hostname: 'h'.repeat(40), subdomain: 'sub', setHostnameAsFQDN: true };
  const fqdn = `${'h'.repeat(40)}.sub.demo.svc.cluster.local`;
  assert.equal(
    hostnameError(pod(spec), 'cluster.local', 34),
    `failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (64 characters is the max, 67 characters requested)`,
  );
  assert.equal(hostnameError(pod({ ...spec, hostname: 'h' }), 'cluster.local', 34), undefined);
});

test('hosts: E4: both addresses have the whole name, and an alias may have no name', () => {
  const spec = { hostname: 'a', subdomain: 'b', hostAliases: [{ ip: '10.1.2.3' }] };
  const { hosts } = filesOf(pod(spec), ['10.244.0.5', 'fd00::5'], facts);
  assert.equal(
    hosts.slice(hosts.indexOf('10.244.0.5')),
    '10.244.0.5\ta.b.demo.svc.cluster.local\ta\nfd00::5\ta.b.demo.svc.cluster.local\ta\n\n# Entries added by HostAliases.\n10.1.2.3\t\n',
  );
});

test('hosts: E4: the whole file, with aliases, and under hostNetwork', () => {
  const hostAliases = [
    { ip: '10.1.2.3', hostnames: ['foo.remote', 'bar.remote'] },
    { ip: '127.0.0.1', hostnames: ['x.local'] },
  ];
  const aliases =
    '\n# Entries added by HostAliases.\n10.1.2.3\tfoo.remote\tbar.remote\n127.0.0.1\tx.local\n';
  assert.equal(
    filesOf(pod({ hostAliases }), ['10.244.0.5', 'fd00::5'], facts).hosts,
    `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n10.244.0.5\tweb-1\nfd00::5\tweb-1\n${aliases}`,
  );
  assert.equal(
    filesOf(pod({ hostAliases, hostNetwork: true }), [], facts).hosts,
    `# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n${aliases}`,
  );
});
