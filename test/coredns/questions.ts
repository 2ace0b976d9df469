// Questions about a picture: every name that its objects may have, near misses of each, odd spellings, and the types.
// All of it follows from the objects and a number, so that the same list is asked again.
import type { PlainObject } from '../object-api.ts';

export interface Ask {
  readonly name: string;
  readonly type: string;
}

const types = [
  ...['A', 'AAAA', 'SRV', 'CNAME', 'TXT', 'PTR', 'MX', 'NS', 'SOA', 'ANY', 'HTTPS', 'SVCB', 'DS'],
  ...['NAPTR', 'CAA', 'DNSKEY', 'AXFR', 'IXFR'],
];

interface SliceLike {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly hostname?: string;
    readonly targetRef?: { readonly name: string };
    readonly zone?: string;
  }[];
  readonly ports?: readonly { readonly name?: string }[];
}

const ofKind = (objects: readonly object[], kind: string) =>
  (objects as readonly PlainObject[]).filter((one) => one.kind === kind);

/** A number that is spread over 32 bits by the text. */
export function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function dashed(ip: string): readonly string[] {
  const text = ip.replaceAll(/[.:]/g, '-');
  return ip.includes(':') ? [text, `${text}0`] : [text];
}

function endpointLabels(slices: readonly SliceLike[]): readonly string[] {
  const endpoints = slices.flatMap((one) => one.endpoints ?? []);
  return endpoints
    .slice(0, 8)
    .flatMap(({ addresses, hostname, targetRef }) => [
      ...addresses.flatMap(dashed),
      ...(hostname === undefined ? [] : [hostname]),
      ...(targetRef === undefined ? [] : [targetRef.name.slice(0, 63)]),
    ]);
}

/** What stands left of a Service's name: endpoints, ports and protocols, and what looks like them. */
function below(slices: readonly SliceLike[], portNames: readonly string[]): readonly string[] {
  const labels = endpointLabels(slices);
  const pairs = [...portNames, 'nosuch', '80'].flatMap((port) =>
    ['tcp', 'udp', 'sctp'].map((protocol) => [port, protocol] as const),
  );
  return [
    ...[...labels, 'nosuch', '*', 'any', '_tcp', '_http', '_', '-'].map((label) => `${label}.`),
    ...pairs.flatMap(([port, protocol]) => [`_${port}._${protocol}.`, `${port}.${protocol}.`]),
    ...['_tcp._http.', '__http._tcp.', '_.tcp.', '_http._.', '*._tcp.', '_http.*.', 'any.any.'],
    ...['_http.tcp.', 'http._tcp.', 'one.east-1.', 'one.east-2.', '10-9-1-2.east-1.', 'one.east.'],
    ...['a._http._tcp.', 'eu-1a.pin._zone.', 'eu-1b.prefer._zone.', 'eu.1c.pin._zone.', 'a.b.'],
    ...[
      'nope.pin._zone.',
      'nope.prefer._zone.',
      'eu-1a.take._zone.',
      'pin._zone.',
      'eu-1d.pin._zone.',
    ],
    ...labels.slice(0, 2).flatMap((one) => [`_http._tcp.${one}.`, `${one}.x.`, `x.${one}.`]),
  ];
}

function serviceNames(objects: readonly object[], zone: string): readonly string[] {
  const slices = ofKind(objects, 'EndpointSlice');
  return [...ofKind(objects, 'Service'), ...ofKind(objects, 'ServiceImport')].flatMap((service) => {
    const { name, namespace = '' } = service.metadata;
    const spec = service['spec'] as SliceLike;
    const own = slices.filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.name.startsWith(`${name}-`),
    ) as unknown as readonly SliceLike[];
    const portNames = [spec, ...own].flatMap((one) =>
      (one.ports ?? []).flatMap((p) => p.name ?? []),
    );
    const base = `${name}.${namespace}.svc.${zone}`;
    return [
      base,
      `${name}.${namespace}.pod.${zone}`,
      `${name}.nosuch.svc.${zone}`,
      `${name}.${namespace}.${zone}`,
      `_http._tcp.${name}.${namespace}.${zone}`,
      `x.${name}.${namespace}.${zone}`,
      ...endpointLabels(own)
        .slice(0, 3)
        .map((one) => `${one}.${name}.${namespace}.${zone}`),
      `${name}x.${namespace}.svc.${zone}`,
      ...below(own, [...new Set(portNames)].slice(0, 6)).map((left) => left + base),
    ];
  });
}

const oddPods = [
  ...['1-2-3', '1-2-3-4-5', '--1', '1--2', 'fd00--1', '256-1-1-1', '01-2-3-4', '1-2-3-4-'],
  ...[
    '-1-2-3',
    '--',
    '---',
    '1-2-3-x',
    '--ffff-10-0-0-1',
    'fe80--1',
    '1-2-3-4',
    'a-b-c-d',
    '0-0-0-0',
  ],
  ...['1-2-3-4-5-6-7-8', '1-2-3-4-5-6-7-8-9', '2001-db8-0-0-1--1', 'nosuch', '*', '10-1-0--29'],
];

function podNames(objects: readonly object[], zone: string): readonly string[] {
  const ips = ofKind(objects, 'Pod').flatMap(
    (one) => (one['status'] as { readonly podIP?: string }).podIP ?? [],
  );
  const labels = [...ips.flatMap(dashed), ...oddPods];
  return labels.flatMap((label) => [
    `${label}.demo.pod.${zone}`,
    ...['prod', 'gone', 'nosuch'].map((ns) => `${label}.${ns}.pod.${zone}`),
    `x.${label}.demo.pod.${zone}`,
    `x.y.${label}.demo.pod.${zone}`,
    `x.y.z.${label}.demo.pod.${zone}`,
  ]);
}

/** The zone itself, what CoreDNS names of its own, and what is no object's name. */
function ownNames(objects: readonly object[], zone: string): readonly string[] {
  const spaces = ofKind(objects, 'Namespace').map(({ metadata }) => metadata.name);
  const dot = zone === '.' ? '' : zone;
  return [
    zone,
    ...['svc', 'pod', 'foo', 'dns', 'ns.dns', 'apex.dns', 'x.ns.dns', 'dns-version'].map(
      (left) => `${left}.${dot}`,
    ),
    ...[
      'x.dns-version',
      'svc.svc',
      'pod.pod',
      'svc.pod',
      '*',
      'nosuch.svc',
      '*.svc',
      'any.svc',
    ].map((left) => `${left}.${dot}`),
    ...['hostmaster', 'db.example.org', 'ns.dns.cluster.local', 'a\\.b.demo.svc', '\\000.svc'].map(
      (left) => `${left}.${dot}`,
    ),
    ...['ns1.dns', 'ns2.dns', 'x.ns1.dns', 'edge', 'ns.edge', 'ns1.ns.edge', 'x.edge'].map(
      (left) => `${left}.${dot}`,
    ),
    `ns.dns.${dot}${dot}`,
    `web.demo.svc.${dot}${dot}`,
    ...[...spaces, 'nosuch', 'gone'].flatMap((space) => [
      `${space}.svc.${dot}`,
      `${space}.pod.${dot}`,
      `${space}.${dot}`,
      `*.${space}.svc.${dot}`,
    ]),
  ];
}

function reverseOf(ip: string): string {
  if (!ip.includes(':')) return `${ip.split('.').reverse().join('.')}.in-addr.arpa.`;
  const [left = '', right] = ip.toLowerCase().split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const tail = right === undefined ? [] : groups(right);
  const head = groups(left);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const hex = [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('');
  return `${[...hex].reverse().join('.')}.ip6.arpa.`;
}

function reverseNames(objects: readonly object[]): readonly string[] {
  const all = ofKind(objects, 'Service').flatMap((one) => {
    const spec = one['spec'] as { clusterIPs?: readonly string[]; externalIPs?: readonly string[] };
    return [...(spec.clusterIPs ?? []), ...(spec.externalIPs ?? [])];
  });
  const endpoints = ofKind(objects, 'EndpointSlice').flatMap((one) =>
    ((one as unknown as SliceLike).endpoints ?? []).slice(0, 6).flatMap((e) => e.addresses),
  );
  const others = [
    '10.1.0.99',
    '10.96.0.2',
    '8.8.8.8',
    '192.0.2.1',
    'fd00::1',
    '127.0.0.1',
    '203.0.113.7',
  ];
  const ips = [...new Set([...all, ...endpoints, ...others])].filter((ip) =>
    /^[\da-fA-F.:]*[.:]/.test(ip),
  );
  return ips
    .filter((ip) => !ip.startsWith('::ffff'))
    .flatMap((ip) => {
      const name = reverseOf(ip);
      const fewer = name.slice(name.indexOf('.') + 1);
      return [name, fewer, `x.${name}`, `1.${name}`, fewer.slice(fewer.indexOf('.') + 1)];
    });
}

const strange = [
  ...[
    'in-addr.arpa.',
    'ip6.arpa.',
    'arpa.',
    'svc.in-addr.arpa.',
    'pod.ip6.arpa.',
    'x.in-addr.arpa.',
  ],
  ...[
    'ns.dns.in-addr.arpa.',
    'dns-version.in-addr.arpa.',
    'web.demo.svc.in-addr.arpa.',
    '.',
    'local.',
  ],
  ...[
    '10.in-addr.arpa.',
    '0.10.in-addr.arpa.',
    '256.1.1.10.in-addr.arpa.',
    '01.0.96.10.in-addr.arpa.',
  ],
  ...[
    'example.org.',
    'db.example.org.',
    'alias.example.org.',
    'Gone.Example.org.',
    'xcluster.local.',
  ],
  ...['1.0.96.10.IN-ADDR.ARPA.', '7.7.96.10.in-addr.arpa.cluster.local.', '::1.in-addr.arpa.'],
];

/** Upper case, or every other letter, for some. */
function spelt(name: string): string {
  const way = hashOf(`case ${name}`) % 8;
  if (way === 0) return name.toUpperCase();
  if (way !== 1) return name;
  return [...name].map((c, i) => (i % 2 === 0 ? c.toUpperCase() : c)).join('');
}

/** Each name with A, some more types of its own, and all types for one in twenty. */
export function questionsFor(objects: readonly object[], zones: readonly string[]): readonly Ask[] {
  const names = new Set([
    ...zones.flatMap((zone) => [
      ...serviceNames(objects, zone),
      ...podNames(objects, zone),
      ...ownNames(objects, zone),
    ]),
    ...reverseNames(objects),
    ...strange,
  ]);
  return [...names]
    .map((name) => name.replace(/(?<!^)\.\.+$/, '.'))
    .filter((name) => name.split('.').every((label) => label.length <= 63))
    .flatMap((name) => {
      const hash = hashOf(name);
      const own = name.endsWith('arpa.') ? 'PTR' : 'SRV';
      const chosen =
        hash % 20 === 0 || labelsIn(name) < 4
          ? types
          : ['A', own, ...[0, 1].map((i) => types[((hash >>> 4) + 5 * i) % types.length] ?? 'A')];
      return [...new Set(chosen)].map((type) => ({ name: spelt(name), type }));
    });
}

function labelsIn(name: string): number {
  return name.split('.').length - 1;
}
