import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNear, loaded, type PlannedScenario, problemsOf } from './checks.ts';
import { valueAt } from './objects.ts';
import {
  addressRef,
  bound,
  clientRef,
  durationMs,
  objectRef,
  outcomeRef,
  targetRef,
  within,
} from './refs.ts';
import { Settled } from './settled.ts';
import { difference } from './tables.ts';
import { Vocabulary } from './vocabulary.ts';
import { words } from './words.ts';

const objects = [
  { text: 'Service "demo/web"', want: ['Service', 'demo/web', null] },
  { text: 'Pod "web"', want: ['Pod', 'default/web', null] },
  { text: 'Node "node01"', want: ['Node', 'node01', null] },
  { text: 'IPAddress "10.96.0.1"', want: ['IPAddress', '10.96.0.1', null] },
  { text: 'PersistentVolume "pv"', want: ['PersistentVolume', 'pv', null] },
  { text: 'Widget "w"', want: ['Widget', 'default/w', null] },
  { text: 'container "app" of Pod "demo/web"', want: ['Pod', 'demo/web', 'app'] },
];
for (const { text, want } of objects) {
  test(`object: ${text}`, () => {
    const { kind, key, container } = objectRef(text);
    assert.deepEqual([kind, key, container], want);
  });
}

const clients = [
  { text: 'Pod "demo/client"', want: 'pod/demo/client' },
  { text: 'Deployment "web"', want: 'deploy/default/web' },
  { text: 'Node "node01"', want: 'node/node01' },
  { text: 'host "laptop"', want: 'host/laptop' },
];
for (const { text, want } of clients) {
  test(`client: ${text}`, () => assert.equal(clientRef(text).who, want));
}
test('an unknown kind of client is refused', () => {
  assert.throws(() => clientRef('Secret "x"'), { code: 'usage' });
});

test('targets: a name, a protocol, a port of something', () => {
  assert.deepEqual(targetRef('"web:80"'), {
    kind: 'name',
    where: 'web:80',
    proto: 6,
    sourcePort: null,
    text: '"web:80"',
  });
  assert.equal(targetRef('"web:53" over UDP from port 5000').sourcePort, 5000);
  assert.throws(() => targetRef('"web:53" from port 70000'), { code: 'usage' });
  assert.equal(targetRef('"web:53" over UDP').proto, 17);
  const port = targetRef('port 53/UDP of Service "demo/dns"');
  assert.deepEqual(port, {
    kind: 'port',
    port: 53,
    who: 'svc/demo/dns',
    proto: 17,
    sourcePort: null,
    text: port.text,
  });
});

const outcomes = [
  { text: 'is answered', want: 'answered' },
  { text: 'are answered by Pod "demo/web"', want: 'answered' },
  { text: 'is refused', want: 'refused' },
  { text: 'times out', want: 'timeout' },
  { text: 'is unreachable', want: 'unreachable' },
  { text: 'is lost', want: 'lost' },
  { text: 'is closed', want: 'closed' },
  { text: 'are reset', want: 'reset' },
  { text: 'fails to resolve', want: 'fails-to-resolve' },
];
for (const { text, want } of outcomes) {
  test(`outcome: ${text}`, () => assert.equal(outcomeRef(text).kind, want));
}

const bounds = [
  { text: 'no', yes: [0], no: [1] },
  { text: '3', yes: [3], no: [2, 4] },
  { text: 'at least 2', yes: [2, 9], no: [1] },
  { text: 'at most 2', yes: [0, 2], no: [3] },
];
for (const { text, yes, no } of bounds) {
  test(`bound: ${text}`, () => {
    for (const n of yes) assert.ok(within(bound(text), n));
    for (const n of no) assert.ok(!within(bound(text), n));
  });
}

test('durations are milliseconds', () => {
  assert.equal(durationMs('30 seconds'), 30_000);
  assert.equal(durationMs('1 minute'), 60_000);
  assert.equal(durationMs('250 milliseconds'), 250);
});

test('addresses: literal with and without port, of something', () => {
  assert.deepEqual(addressRef('"10.1.0.40"'), {
    kind: 'literal',
    address: '10.1.0.40',
    port: null,
  });
  assert.deepEqual(addressRef('"10.1.0.40:80"'), {
    kind: 'literal',
    address: '10.1.0.40',
    port: 80,
  });
  assert.equal(addressRef('the gateway of Node "n"').kind, 'gateway');
});

test('paths reach into lists, labels and quoted keys', () => {
  const object = { spec: { ports: [{ port: 80 }] }, metadata: { annotations: { 'a.b/c': 'x' } } };
  assert.equal(valueAt(object, 'spec.ports[0].port'), 80);
  assert.equal(valueAt(object, 'metadata.annotations["a.b/c"]'), 'x');
  assert.equal(valueAt(object, 'spec.type'), undefined);
});

test('a command line is split at blanks outside of quotes', () => {
  assert.deepEqual(words(`kubectl get svc -l 'app in (a, b)' "x y"`), [
    'kubectl',
    'get',
    'svc',
    '-l',
    'app in (a, b)',
    'x y',
  ]);
});

test('differences count repeated lines', () => {
  assert.deepEqual(difference(['a', 'a', 'b'], ['a', 'c']), { missing: ['a', 'b'], extra: ['c'] });
});

const misspelt = ['Gven', 'Givne', 'Wen', 'Thn', 'then', 'GIVEN'];
for (const word of misspelt) {
  test(`"${word}" is nearly a keyword`, () => {
    assert.ok(['Given', 'When', 'Then'].some((keyword) => isNear(word, keyword)));
  });
}
for (const word of ['Given', 'The', 'Every', 'Giving', 'and']) {
  test(`"${word}" is no misspelt keyword`, () => {
    assert.ok(!['Given', 'When', 'Then', 'And', 'But'].some((keyword) => isNear(word, keyword)));
  });
}

function planned(
  steps: readonly { readonly text: string; readonly type: string }[],
  description = '',
): PlannedScenario {
  const location = { line: 2, column: 3 };
  const scenario = { id: 's', name: 'x', description, location, steps: [] };
  return {
    pickle: {
      uri: 'a.feature',
      name: 'x',
      steps: steps.map((step) => ({ ...step, astNodeIds: [] })),
    },
    gherkinDocument: { feature: { children: [{ scenario }] } },
    location,
  };
}
const good = [
  { text: 'the cluster "x"', type: 'Context' },
  { text: 'the connection is answered', type: 'Outcome' },
];
const checks = [
  { name: 'a scenario with a Then runs', given: planned(good), matches: 1, says: null },
  { name: 'no steps', given: planned([]), matches: 1, says: /has no steps/ },
  { name: 'no Then', given: planned(good.slice(0, 1)), matches: 1, says: /it has no Then/ },
  { name: 'an undefined step', given: planned(good), matches: 0, says: /no step says/ },
  { name: 'an ambiguous step', given: planned(good), matches: 2, says: /2 steps say/ },
  {
    name: 'a misspelt keyword',
    given: planned(good, '    Gven a cluster'),
    matches: 1,
    says: /"Gven" is no keyword/,
  },
];
for (const { name, given, matches, says } of checks) {
  test(`features are refused before they run: ${name}`, () => {
    const definition = { pattern: 'x', matches: () => true };
    loaded.vocabulary = new Vocabulary(Array<typeof definition>(matches).fill(definition));
    const [problem] = problemsOf(given);
    if (says === null) assert.equal(problem, undefined);
    else assert.match(problem?.message ?? '', says);
  });
}

test('a state that follows others is kept from the second time on, a first one at once', () => {
  const settled = new Settled();
  let made = 0;
  const cluster = { fork: () => cluster } as never;
  const make = (): never => {
    made++;
    return cluster;
  };
  settled.get('a', true, make);
  settled.get('a', true, make);
  assert.equal(made, 1);
  for (let i = 0; i < 3; i++) settled.get('a+b', false, make);
  assert.equal(made, 3);
});
