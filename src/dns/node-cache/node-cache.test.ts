// node-cache: its flags, the Corefile it writes, its rules; texts from kubernetes/dns cmd/node-cache.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../../net/addr.ts';
import { saveText } from '../../netfilter/iptables-text/print.ts';
import { composeRules } from '../../netfilter/ruleset.ts';
import { nodeCacheCorefile, upstreamVariable } from './corefile.ts';
import { coreDnsIn, type NodeCacheFlags, parseFlags, runsNodeCache } from './flags.ts';
import { nodeCacheLayer } from './rules.ts';

function flagsOf(...args: string[]): NodeCacheFlags {
  const flags = parseFlags(args);
  if (typeof flags === 'string') throw new Error(flags);
  return flags;
}

const usual = flagsOf('-localip', '169.254.20.10,10.96.0.10', '-conf', '/etc/Corefile');

test('flags: one or two dashes, values after a blank or an equals sign, defaults', () => {
  assert.deepEqual(usual.localIPs, [addr('169.254.20.10'), addr('10.96.0.10')]);
  assert.deepEqual(
    [usual.interfaceName, usual.upstreamService, usual.healthPort, usual.setsRules],
    ['nodelocaldns', 'kube-dns', 8080, true],
  );
  const other = flagsOf(
    '--localip=fd00::a',
    '-setupiptables=false',
    '--skipteardown',
    'rest',
    '-x',
  );
  assert.deepEqual(
    [other.setsRules, other.keepsAll, other.corefile],
    [false, true, '/etc/Corefile'],
  );
});

const refused: readonly (readonly [string, string])[] = [
  ['', '[FATAL] Error parsing flags - invalid localip specified - "", Exiting\n'],
  [
    '-localip 10.0.0',
    '[FATAL] Error parsing flags - invalid localip specified - "10.0.0", Exiting\n',
  ],
  [
    '-localip 10.0.0.1,fd00::1',
    '[FATAL] Error parsing flags - unexpected IP Family for localIP - "fd00::1", want IPv6=false, Exiting\n',
  ],
  ['-nope', 'flag provided but not defined: -nope\n'],
  ['-localip', 'flag needs an argument: -localip\n'],
  ['-skipteardown=maybe', 'invalid boolean value "maybe" for -skipteardown: parse error\n'],
  [
    '-localip 10.0.0.1 -health-port x',
    '[FATAL] Error parsing flags - invalid healthcheck port specified - "x", Exiting\n',
  ],
];
for (const [args, text] of refused) {
  test(`flags refused: ${args === '' ? 'none' : args}`, () => {
    assert.equal(parseFlags(args === '' ? [] : args.split(' ')), text);
  });
}

const images: readonly (readonly [string, boolean, string])[] = [
  ['registry.k8s.io/dns/k8s-dns-node-cache:1.26.7', true, '1.13.1'],
  ['registry.k8s.io/dns/k8s-dns-node-cache:1.26.5', true, '1.12.2'],
  ['registry.k8s.io/dns/k8s-dns-node-cache:1.23.1', true, '1.10.0'],
  ['k8s.gcr.io/dns/k8s-dns-node-cache:1.22.13', true, '1.7.0'],
  ['k8s-dns-node-cache', true, '1.13.1'],
  ['k8s-dns-node-cache:latest@sha256:00', true, '1.13.1'],
  ['coredns/coredns:1.11.1', false, '1.13.1'],
];
for (const [image, runs, version] of images) {
  test(`the CoreDNS in ${image}`, () => {
    assert.equal(runsNodeCache(image), runs);
    if (runs) assert.equal(coreDnsIn(image), version);
  });
}

const base = `.:53 {
    bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
    forward . __PILLAR__UPSTREAM__SERVERS__ {
            force_tcp
    }
}
cluster.local:53 {
    forward . __PILLAR__CLUSTER__DNS__
}
`;

test('the Corefile: addresses, the upstream Service, resolv.conf', () => {
  assert.equal(
    nodeCacheCorefile(base, usual, '10.96.7.7', {}),
    `.:53 {
    bind 169.254.20.10 10.96.0.10 
    forward . /etc/resolv.conf {
            force_tcp
    }
}
cluster.local:53 {
    forward . 10.96.7.7
}
`,
  );
});

test("the Corefile: servers of one's own are asked over UDP, stub domains get blocks", () => {
  const text = nodeCacheCorefile(base, usual, null, {
    stubDomains: '{"corp.example": ["10.0.0.53", "10.0.1.53"]}',
    upstreamNameservers: '["9.9.9.9"]',
  });
  assert.match(text, /\n {4}forward \. 9\.9\.9\.9\n}/);
  assert.match(text, /forward \. <nil>\n/);
  assert.ok(
    text.endsWith(`
corp.example:53 {
    errors
    cache 30
    bind 169.254.20.10 10.96.0.10
    forward . 10.0.0.53 10.0.1.53
}
`),
  );
});

test('the Corefile: a ConfigMap kube-dns that is no JSON counts as absent', () => {
  const broken = { stubDomains: '{', upstreamNameservers: '3' };
  assert.equal(
    nodeCacheCorefile(base, usual, '10.96.7.7', broken),
    nodeCacheCorefile(base, usual, '10.96.7.7', {}),
  );
  assert.equal(upstreamVariable('kube-dns-upstream'), 'KUBE_DNS_UPSTREAM_SERVICE_HOST');
});

test('the rules of one address, each put on top of those before it', () => {
  const layer = nodeCacheLayer(flagsOf('-localip', '169.254.20.10'), 4);
  assert.ok(layer !== undefined);
  const rules = saveText(composeRules(4, [layer])).split('\n');
  assert.deepEqual(
    rules.filter((line) => line.startsWith('-A')),
    [
      '-A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -j NOTRACK',
      '-A PREROUTING -d 169.254.20.10/32 -p tcp -m tcp --dport 53 -j NOTRACK',
      '-A OUTPUT -s 169.254.20.10/32 -p tcp -m tcp --sport 8080 -j NOTRACK',
      '-A OUTPUT -d 169.254.20.10/32 -p tcp -m tcp --dport 8080 -j NOTRACK',
      '-A OUTPUT -d 169.254.20.10/32 -p udp -m udp --dport 53 -j NOTRACK',
      '-A OUTPUT -d 169.254.20.10/32 -p tcp -m tcp --dport 53 -j NOTRACK',
      '-A OUTPUT -s 169.254.20.10/32 -p udp -m udp --sport 53 -j NOTRACK',
      '-A OUTPUT -s 169.254.20.10/32 -p tcp -m tcp --sport 53 -j NOTRACK',
      '-A INPUT -d 169.254.20.10/32 -p udp -m udp --dport 53 -j ACCEPT',
      '-A INPUT -d 169.254.20.10/32 -p tcp -m tcp --dport 53 -j ACCEPT',
      '-A OUTPUT -s 169.254.20.10/32 -p udp -m udp --sport 53 -j ACCEPT',
      '-A OUTPUT -s 169.254.20.10/32 -p tcp -m tcp --sport 53 -j ACCEPT',
    ],
  );
  assert.equal(nodeCacheLayer(usual, 6), undefined);
  assert.equal(nodeCacheLayer(flagsOf('-localip=10.0.0.1', '-setupiptables=f'), 4), undefined);
});
