// The memory of answers against a process that has none: after every write both say the same, on both sides of a fork.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AnyObject, Kind, Kinds, Lister } from '../../../api/types.ts';
import { keyOf } from '../../../api/types.ts';
import { nowhere } from '../../../apiserver/provenance.ts';
import { Store } from '../../../apiserver/store.ts';
import { addr } from '../../../net/addr.ts';
import { replayed } from '../../../sim/choices.ts';
import { namespace, service, slice, UDP } from '../../fixture.test.ts';
import { decode } from '../../message/decode.ts';
import { encode } from '../../message/encode.ts';
import { IN, parseType, query, replyTo } from '../../message/message.ts';
import type { DnsEnvironment } from '../../plugin.ts';
import { createDnsServer, type DnsServer } from '../../server/server.ts';
import { Memory } from './memory.ts';

function listerOf(store: Store): Lister {
  return {
    get: <K extends Kind>(kind: K, key: string) =>
      store.get(kind, key)?.object as Kinds[K] | undefined,
    list: <K extends Kind>(kind: K, within?: string) =>
      store.list(kind, within) as unknown as readonly Kinds[K][],
  };
}

const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
const clusterIP = (ip: string) => ({ type: 'ClusterIP', clusterIP: ip, clusterIPs: [ip], ports });
const headless = { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'], ports };
const external = (externalName: string) => ({ type: 'ExternalName', externalName });
const objects = [
  namespace('demo'),
  namespace('prod'),
  ...[clusterIP('10.96.0.7'), clusterIP('10.96.0.8'), headless, external('far.example.org')].map(
    (spec) => service('demo/web', spec),
  ),
  ...[external('web.demo.svc.cluster.local'), headless].map((spec) => service('prod/api', spec)),
  ...[['10.1.0.1'], ['10.1.0.1', { ip: '10.1.0.2', hostname: 'one' }], []].map((addresses) =>
    slice('demo/web', addresses, ports),
  ),
  slice('kube-system/kube-dns', ['10.244.0.2']),
  ...['10.1.0.1', '10.1.0.9'].map((podIP) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'demo', name: 'client' } },
    status: { phase: 'Running', podIP },
  })),
] as unknown as readonly AnyObject[];

const zone = 'cluster.local.';
/** Few, so that most are asked again and again. */
const questions = [
  ...['web.demo.svc A', 'WEB.demo.svc A', 'web.demo.svc AAAA', '_http._tcp.web.demo.svc SRV'],
  ...['one.web.demo.svc A', 'api.prod.svc A', 'api.prod.svc CNAME', '10-1-0-1.demo.pod A'],
  ...['ns.dns A', 'demo.svc TXT'],
]
  .map((text) => text.replace(' ', `.${zone} `))
  .concat(`${zone} NS`, `${zone} SOA`, '7.0.96.10.in-addr.arpa. PTR', '1.0.1.10.in-addr.arpa. PTR');

type Operation =
  | { readonly kind: 'put' | 'remove'; readonly object: AnyObject }
  | { readonly kind: 'ask'; readonly question: string }
  | { readonly kind: 'fork' | 'unsync' | 'elsewhere' };

const ask = fc.record({
  kind: fc.constant('ask' as const),
  question: fc.constantFrom(...questions),
});
const write = fc.record({
  kind: fc.constantFrom('put' as const, 'put' as const, 'remove' as const),
  object: fc.constantFrom(...objects),
});
const rest = fc.record({
  kind: fc.constantFrom('fork' as const, 'unsync' as const, 'elsewhere' as const),
});
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: ask },
  { weight: 3, arbitrary: write },
  { weight: 1, arbitrary: rest },
);
const operations = fc.array(fc.tuple(fc.nat(1), operation), { minLength: 20, maxLength: 60 });

const corefile = `.:53 {
  kubernetes ${zone} in-addr.arpa {
    pods verified
    fallthrough in-addr.arpa
  }
  forward . 8.8.8.8
}
`;

/** One side of a fork: a store, what else answers depend on, and a server that has it all before it. */
class Side {
  readonly store: Store;
  server: DnsServer;
  #synced = true;
  #changes = 0;

  constructor(store: Store, from?: DnsServer) {
    this.store = store;
    this.server = from?.fork(this.environment()) ?? this.fresh();
  }

  environment(): DnsEnvironment {
    return {
      lister: listerOf(this.store),
      choices: replayed([]),
      localAddrs: [addr('10.244.0.2')],
      resolvConf: '',
      synced: () => this.#synced,
      serial: () => this.#changes,
      readFile: () => undefined,
      files: () => [],
      log: () => {},
    };
  }

  /** A process that remembers nothing. */
  fresh(): DnsServer {
    return createDnsServer({
      corefile,
      minor: 34,
      version: '1.8.4',
      environment: this.environment(),
    });
  }

  /** What names outside of the cluster stand for changes with every change. */
  answerOutside(bytes: Uint8Array) {
    const decoded = decode(bytes);
    if (decoded.kind !== 'message') throw new Error('bad query');
    const { message } = decoded;
    const name = message.questions[0]?.name ?? '';
    const answer = { kind: 'A', name, class: IN, ttl: 5, addr: this.#changes } as const;
    const reply = encode({ ...replyTo(message), answers: [answer] });
    return { kind: 'reply', message: reply, elapsedMs: 0 } as const;
  }

  ask(server: DnsServer, question: string): string {
    const [name = '', type = ''] = question.split(' ');
    const { reply } = server.serve(encode(query(1, name, parseType(type) ?? 0)), {
      client: { addr: addr('10.1.0.1'), port: 40_000, proto: UDP },
      nowMs: 0,
      exchange: (_proto, _to, _port, bytes) => this.answerOutside(bytes),
    });
    return reply === null ? 'silence' : Buffer.from(reply).toString('hex');
  }

  change(operation: Operation): void {
    this.#changes++;
    if (operation.kind === 'unsync') this.#synced = !this.#synced;
    if (operation.kind !== 'put' && operation.kind !== 'remove') return;
    const { kind, object } = operation;
    const key = keyOf(object);
    if (kind === 'put') this.store.put(object.kind, key, { object, from: nowhere });
    else this.store.remove(object.kind, key);
  }
}

/** Throws where a process with a memory answers otherwise than one without. */
function run(history: readonly (readonly [number, Operation])[]): void {
  const sides = [new Side(new Store())];
  for (const [at, operation] of history) {
    const side = sides[at] ?? (sides[0] as Side);
    if (operation.kind === 'ask') {
      const { question } = operation;
      const [got, want] = [side.server, side.fresh()].map((one) => side.ask(one, question));
      assert.equal(got, want, question);
    } else if (operation.kind === 'fork') {
      sides[1] = new Side(side.store.fork(), side.server);
      sides[0] = side;
    } else side.change(operation);
  }
}

const agrees = fc.property(operations, run);

test('kubernetes: what was answered before is answered again only while nothing has changed', () => {
  fc.assert(agrees, { numRuns: 60 });
});

test('kubernetes: the check above sees an answer that hangs on more than objects', (t) => {
  t.mock.method(Memory.prototype, 'spoil', () => {});
  assert.throws(() => fc.assert(agrees, { numRuns: 1000 }));
});

test('kubernetes: and one that outlives what it was made of', (t) => {
  const { recall } = Memory.prototype;
  const stale = new WeakMap<object, Map<string, unknown>>();
  t.mock.method(
    Memory.prototype,
    'recall',
    function (this: Memory<unknown>, name: string, type: number) {
      const own = stale.get(this) ?? new Map<string, unknown>();
      stale.set(this, own);
      const known = own.get(`${name} ${type}`) ?? recall.call(this, name, type);
      own.set(`${name} ${type}`, known);
      return known;
    },
  );
  assert.throws(() => fc.assert(agrees, { numRuns: 1000 }));
});
