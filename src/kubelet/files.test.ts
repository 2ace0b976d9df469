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
    metadata: { name: 'web-1', namespace: 'demo' },
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
}[] = [
  {
    name: 'E1 ClusterFirst',
    spec: {},
    want: `${cluster} lan\nnameserver 10.96.0.10\noptions ndots:5\n`,
  },
  {
    name: 'E1 ClusterFirst with hostNetwork is Default',
    spec: { hostNetwork: true },
    want: 'search lan\nnameserver 8.8.8.8\noptions timeout:3\n',
  },
  {
    name: 'E1 ClusterFirstWithHostNet',
    spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
    want: `${cluster} lan\nnameserver 10.96.0.10\noptions ndots:5\n`,
  },
  {
    name: 'E1 Default: of an option that is written twice the last one',
    spec: { dnsPolicy: 'Default' },
    want: 'search lan\nnameserver 8.8.8.8\noptions timeout:3\n',
  },
  {
    name: 'E1 None with dnsConfig',
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
    name: 'E1 dnsConfig adds to ClusterFirst, what is there already once',
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
    name: 'three name servers at most',
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
    name: '32 search domains at most',
    spec: { dnsPolicy: 'None', dnsConfig: { searches: domains(33) } },
    want: `search ${domains(32).join(' ')}\n`,
    messages: [
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${domains(32).join(' ')}`,
    ],
  },
  {
    name: '2048 characters of search line at most, a domain of 254 never',
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

for (const { name, spec, want, messages = [] } of policies) {
  test(`resolv.conf: ${name}`, () => {
    const got = resolvConfOf(pod(spec), facts);
    assert.equal(formatResolvConf(got.conf), want);
    assert.deepEqual(got.messages, messages);
  });
}

const long = 'n'.repeat(63);
const names: readonly {
  readonly name: string;
  readonly spec: Partial<PodSpec>;
  readonly minor?: number;
  readonly hostname: string;
  /** The line of its address; null: there is none. */
  readonly hosts: string | null;
}[] = [
  { name: 'the name of the Pod', spec: {}, hostname: 'web-1', hosts: '10.244.0.5\tweb-1' },
  {
    name: 'hostname and subdomain',
    spec: { hostname: 'a', subdomain: 'b' },
    hostname: 'a',
    hosts: '10.244.0.5\ta.b.demo.svc.cluster.local\ta',
  },
  {
    name: 'setHostnameAsFQDN',
    spec: { hostname: 'a', subdomain: 'b', setHostnameAsFQDN: true },
    hostname: 'a.b.demo.svc.cluster.local',
    hosts: '10.244.0.5\ta.b.demo.svc.cluster.local\ta',
  },
  {
    name: 'setHostnameAsFQDN without subdomain is the short name',
    spec: { setHostnameAsFQDN: true },
    hostname: 'web-1',
    hosts: '10.244.0.5\tweb-1',
  },
  {
    name: 'hostnameOverride is dropped by 1.34',
    spec: { hostnameOverride: 'other.example' },
    hostname: 'web-1',
    hosts: '10.244.0.5\tweb-1',
  },
  {
    name: 'hostnameOverride in 1.35 has no domain',
    spec: { hostnameOverride: 'other.example', subdomain: 'b' },
    minor: 35,
    hostname: 'other.example',
    hosts: '10.244.0.5\tother.example',
  },
  { name: 'hostNetwork: the node', spec: { hostNetwork: true }, hostname: 'node01', hosts: null },
];

for (const { name, spec, minor = 34, hostname, hosts } of names) {
  test(`hostname: ${name}`, () => {
    const files = filesOf(pod(spec), ['10.244.0.5'], { ...facts, minor });
    assert.equal(files.hostname, hostname);
    const line = files.hosts.split('\n').find((text) => text.startsWith('10.244.0.5')) ?? null;
    assert.equal(line, hosts);
  });
}

test('hostname: 63 characters at most, no dash or dot at their end', () => {
  const named = (name: string) => ({ ...pod({}), metadata: { name, namespace: 'demo' } });
  assert.equal(filesOf(named(`${long}tail`), [], facts).hostname, long);
  assert.equal(filesOf(named(`${'n'.repeat(62)}-tail`), [], facts).hostname, 'n'.repeat(62));
});

test('hostname: a whole name of more than 64 characters starts no Pod', () => {
  const spec = { hostname: 'h'.repeat(40), subdomain: 'sub', setHostnameAsFQDN: true };
  const fqdn = `${'h'.repeat(40)}.sub.demo.svc.cluster.local`;
  assert.equal(
    hostnameError(pod(spec), 'cluster.local', 34),
    `failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (64 characters is the max, 67 characters requested)`,
  );
  assert.equal(hostnameError(pod({ ...spec, hostname: 'h' }), 'cluster.local', 34), undefined);
});

test('hosts: the whole file, with aliases, and under hostNetwork', () => {
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
