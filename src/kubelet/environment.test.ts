// The environment of a container from its sources: references, what is missing, names that are none, and resources.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, Container, EnvFromSource, EnvVar, Lister, Pod } from '../api/types.ts';
import { argvOf, containerEnvironment, merged } from './environment.ts';

function object(kind: string, name: string, rest: object): AnyObject {
  return { apiVersion: 'v1', kind, metadata: { namespace: 'demo', name }, ...rest };
}

const stored: readonly AnyObject[] = [
  object('ConfigMap', 'settings', { data: { COLOUR: 'red', '1st': 'one', 'a.b': 'dots' } }),
  object('Secret', 'keys', { data: { TOKEN: 'c2VzYW0=' } }),
  object('Node', 'node01', {
    status: { allocatable: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi' } },
  }),
];
const lister: Lister = {
  get: (kind, key) => {
    const name = key.slice(key.indexOf('/') + 1);
    return stored.find((one) => one.kind === kind && one.metadata.name === name) as never;
  },
  list: () => [],
};

const resources = {
  limits: { cpu: '1500m', memory: '64Mi' },
  requests: { cpu: '250m', memory: '32Mi' },
};

function made(env: readonly EnvVar[], envFrom: readonly EnvFromSource[] = [], minor = 34) {
  const container: Container = { name: 'web', env, envFrom, resources };
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'demo', uid: 'u1', labels: { app: 'web' } },
    spec: {
      nodeName: 'node01',
      serviceAccountName: 'default',
      containers: [container, { name: 'bare' }],
    },
  };
  const facts = { lister, pod, hostname: 'web-1', podIPs: ['10.244.0.5', 'fd00::5'], minor };
  return containerEnvironment(container, { ...facts, hostIPs: ['192.168.4.101'] });
}

/** The variable V, or the reason and message why there is no environment. */
function variableFrom(valueFrom: EnvVar['valueFrom']): string | undefined {
  const got = made([{ name: 'V', ...(valueFrom === undefined ? {} : { valueFrom }) }]);
  if (got.kind === 'error') return `${got.reason}: ${got.message}`;
  return got.environment.own['V'];
}

const refs: readonly {
  readonly name: string;
  readonly from: EnvVar['valueFrom'];
  readonly want: string | undefined;
}[] = [
  ...(
    [
      ['metadata.name', 'web-1'],
      ['metadata.namespace', 'demo'],
      ['metadata.uid', 'u1'],
      ["metadata.labels['app']", 'web'],
      ["metadata.annotations['none']", ''],
      ['spec.nodeName', 'node01'],
      ['spec.serviceAccountName', 'default'],
      ['status.hostIP', '192.168.4.101'],
      ['status.hostIPs', '192.168.4.101'],
      ['status.podIP', '10.244.0.5'],
      ['status.podIPs', '10.244.0.5,fd00::5'],
      ['status.phase', 'CreateContainerConfigError: field label not supported: status.phase'],
    ] as const
  ).map(([fieldPath, want]) => ({ name: fieldPath, from: { fieldRef: { fieldPath } }, want })),
  ...(
    [
      ['limits.cpu', undefined, '2'],
      ['limits.cpu', '1m', '1500'],
      ['limits.memory', undefined, '67108864'],
      ['limits.memory', '1Mi', '64'],
      ['limits.memory', '60Mi', '2'],
      ['requests.cpu', '1m', '250'],
      ['requests.cpu', undefined, '1'],
      ['requests.memory', '1Ki', '32768'],
      ['limits.ephemeral-storage', '1Gi', '100'],
      ['requests.ephemeral-storage', undefined, '0'],
      [
        'limits.gpu',
        undefined,
        'CreateContainerConfigError: unsupported container resource : limits.gpu',
      ],
    ] as const
  ).map(([resource, divisor, want]) => ({
    name: `${resource} by ${divisor ?? '1'}`,
    from: { resourceFieldRef: { resource, ...(divisor === undefined ? {} : { divisor }) } },
    want,
  })),
  {
    name: 'limits.cpu of a container without: the node has so many',
    from: { resourceFieldRef: { resource: 'limits.cpu', containerName: 'bare' } },
    want: '4',
  },
  {
    name: 'a resource of no container',
    from: { resourceFieldRef: { resource: 'limits.cpu', containerName: 'none' } },
    want: 'CreateContainerConfigError: container none not found',
  },
  {
    name: 'a key of a ConfigMap',
    from: { configMapKeyRef: { name: 'settings', key: 'COLOUR' } },
    want: 'red',
  },
  {
    name: 'a ConfigMap that is not there',
    from: { configMapKeyRef: { name: 'none', key: 'a' } },
    want: 'CreateContainerConfigError: configmap "none" not found',
  },
  {
    name: 'a key that is not there',
    from: { configMapKeyRef: { name: 'settings', key: 'none' } },
    want: "CreateContainerConfigError: couldn't find key none in ConfigMap demo/settings",
  },
  {
    name: 'a key that need not be there',
    from: { configMapKeyRef: { name: 'settings', key: 'none', optional: true } },
    want: undefined,
  },
  {
    name: 'a key of a Secret',
    from: { secretKeyRef: { name: 'keys', key: 'TOKEN' } },
    want: 'sesam',
  },
  {
    name: 'a Secret that is not there',
    from: { secretKeyRef: { name: 'none', key: 'a' } },
    want: 'CreateContainerConfigError: secret "none" not found',
  },
  {
    name: 'a key that a Secret lacks',
    from: { secretKeyRef: { name: 'keys', key: 'none' } },
    want: "CreateContainerConfigError: couldn't find key none in Secret demo/keys",
  },
];

for (const { name, from, want } of refs) {
  test(`env: ${name}`, () => assert.equal(variableFrom(from), want));
}

test('env: envFrom with a prefix, and what need not be there', () => {
  const got = made(
    [],
    [
      { prefix: 'P_', configMapRef: { name: 'settings' } },
      { secretRef: { name: 'keys' } },
      { configMapRef: { name: 'none', optional: true } },
    ],
  );
  assert.deepEqual(got.kind === 'environment' ? [got.environment.own, got.skipped] : got, [
    { HOSTNAME: 'web-1', P_COLOUR: 'red', P_1st: 'one', 'P_a.b': 'dots', TOKEN: 'sesam' },
    [],
  ]);
});

test('env: keys that are no names were skipped up to 1.31', () => {
  const source = [{ configMapRef: { name: 'settings' } }];
  const [old, now] = [made([], source, 31), made([], source, 32)];
  assert.ok(old.kind === 'environment' && now.kind === 'environment');
  assert.deepEqual(old.skipped, [
    'Keys [1st] from the EnvFrom configMap demo/settings were skipped since they are considered invalid environment variable names.',
  ]);
  assert.equal(old.environment.own['1st'], undefined);
  assert.equal(old.environment.own['a.b'], 'dots');
  assert.equal(now.environment.own['1st'], 'one');
});

test('env: references see what stands above them, and not the host name that the runtime adds', () => {
  const got = made([
    { name: 'A', value: '1' },
    { name: 'B', value: '$(A)$(C)$(HOSTNAME) $$(A)' },
    { name: 'C', value: '3' },
  ]);
  assert.ok(got.kind === 'environment');
  assert.equal(got.environment.own['B'], '1$(C)$(HOSTNAME) $(A)');
  const container: Container = { name: 'web', command: ['echo', '$(C) $(HOSTNAME)'] };
  assert.deepEqual(argvOf(container, got.environment), ['echo', '3 $(HOSTNAME)']);
});

test('env: F3: own variables win over those of Services, and refer to them', () => {
  const services = [
    object('Service', 'db', { spec: { clusterIP: '10.96.0.2', ports: [{ port: 5432 }] } }),
  ];
  const found: Lister = {
    get: () => undefined,
    list: (kind: string) => (kind === 'Service' ? services : []) as never,
  };
  const env = [
    { name: 'DB_PORT', value: '$(DB_SERVICE_PORT)' },
    { name: 'DB_URL', value: 'pg://$(DB_SERVICE_HOST):$(DB_PORT) $$(DB_PORT)' },
  ];
  const container: Container = { name: 'web', env };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'demo' },
    spec: { containers: [container] },
  } as const;
  const facts = { lister: found, pod, hostname: 'web-1', podIPs: [], hostIPs: [], minor: 34 };
  const got = containerEnvironment(container, facts);
  assert.ok(got.kind === 'environment');
  const all = merged(got.environment);
  assert.equal(all['DB_PORT'], '5432');
  assert.equal(all['DB_URL'], 'pg://10.96.0.2:5432 $(DB_PORT)');
  assert.equal(all['DB_PORT_5432_TCP'], 'tcp://10.96.0.2:5432');
});
