// The verbs of the API as clients ask them: what comes back, and every refusal word by word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/error.ts';
import { kubectlError } from '../api/kubectl-error.ts';
import type { PatchType } from '../api/requests.ts';
import { type KindRow, scheme } from '../api/scheme.ts';
import type { AnyObject } from '../api/types.ts';
import { newServer } from './server.fixture.ts';
import type { ApiServer } from './server.ts';

function row(name: string, server?: ApiServer): KindRow {
  const found = (server?.requests.resources() ?? scheme).find(
    (one) => one.resource === name || `${one.resource}.${one.group}` === name,
  );
  assert.ok(found !== undefined, name);
  return found;
}

const services = row('services');
const configMaps = row('configmaps');
const deployments = row('deployments');

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }] },
    },
  },
};

function prepared(): ApiServer {
  const server = newServer();
  const { requests } = server;
  requests.create(services, 'default', {
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] },
  });
  requests.create(configMaps, 'default', { metadata: { name: 'c' }, data: { a: '1' } });
  requests.create(deployments, 'default', deployment);
  requests.create(row('leases'), 'default', { metadata: { name: 'l' } });
  return server;
}

const web = { namespace: 'default', name: 'web' };

function patch(type: PatchType, body: unknown, of = services) {
  return ({ requests }: ApiServer) => requests.patch(of, web, type, body);
}

const strict = { fieldValidation: 'Strict' } as const;

const refusals: readonly {
  readonly name: string;
  readonly ask: (server: ApiServer) => unknown;
  readonly code: number;
  readonly want: string;
}[] = [
  {
    name: 'get of a missing object',
    ask: ({ requests }) => requests.get(services, { namespace: 'default', name: 'x' }),
    code: 404,
    want: 'Error from server (NotFound): services "x" not found',
  },
  {
    name: 'a subresource that the kind has not',
    ask: ({ requests }) => requests.get(services, web, 'scale'),
    code: 404,
    want: 'Error from server (NotFound): the server could not find the requested resource',
  },
  {
    name: 'another namespace in the body',
    ask: ({ requests }) =>
      requests.create(services, 'default', { metadata: { name: 'x', namespace: 'kube-system' } }),
    code: 400,
    want: 'Error from server (BadRequest): the namespace of the provided object does not match the namespace sent on the request',
  },
  {
    name: 'another name in the body',
    ask: ({ requests }) => requests.update(configMaps, { name: 'c' }, { metadata: { name: 'd' } }),
    code: 400,
    want: 'Error from server (BadRequest): the name of the object (d) does not match the name on the URL (c)',
  },
  {
    name: 'another version in the body',
    ask: ({ requests }) => requests.create(deployments, 'default', { apiVersion: 'v1' }),
    code: 400,
    want: 'Error from server (BadRequest): the API version in the data (v1) does not match the expected API version (apps/v1)',
  },
  {
    name: 'A10 an unknown field, strictly',
    ask: ({ requests }) =>
      requests.create(services, 'default', { metadata: { name: 'x' }, spec: { prots: 1 } }, strict),
    code: 400,
    want: 'Error from server (BadRequest): Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.prots"',
  },
  {
    name: 'A10 a wrong type, also when nothing is checked',
    ask: ({ requests }) =>
      requests.create(
        services,
        'default',
        { metadata: { name: 'x' }, spec: { ports: [{ port: '80' }] } },
        { fieldValidation: 'Ignore' },
      ),
    code: 400,
    want: 'Error from server (BadRequest): Service in version "v1" cannot be handled as a Service: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32',
  },
  {
    name: 'A10 an unknown field in a patch',
    ask: ({ requests }) =>
      requests.patch(services, web, 'strategic', { spec: { prots: [1] } }, strict),
    code: 422,
    want: 'The request is invalid: patch: Invalid value: "map[spec:map[prots:[1]]]": strict decoding error: unknown field "spec.prots"',
  },
  {
    name: 'JSON patch: the test fails',
    ask: patch('json', [{ op: 'test', path: '/spec/type', value: 'NodePort' }]),
    code: 422,
    want: 'The request is invalid: the server rejected our request due to an error in our request',
  },
  {
    name: 'strategic merge patch: an item without its key',
    ask: patch('strategic', { spec: { ports: [{ name: 'x' }] } }),
    code: 500,
    want: 'Error from server: map: map[name:x] does not contain declared merge key: port',
  },
  {
    name: 'a stale resourceVersion in a patch',
    ask: patch('merge', { metadata: { resourceVersion: '1' } }),
    code: 409,
    want: 'Error from server (Conflict): Operation cannot be fulfilled on services "web": the object has been modified; please apply your changes to the latest version and try again',
  },
  {
    name: 'a negative scale',
    ask: ({ requests }) =>
      requests.patch(
        deployments,
        web,
        'merge',
        { spec: { replicas: -1 } },
        { subresource: 'scale' },
      ),
    code: 422,
    want: 'The Scale "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  },
  {
    name: 'a label selector that cannot be read',
    ask: ({ requests }) => requests.list(services, { labelSelector: 'app in web' }),
    code: 400,
    want: "Error from server (BadRequest): unable to parse requirement: found 'web' expected: '('",
  },
  {
    name: 'a field that cannot be selected',
    ask: ({ requests }) => requests.list(services, { fieldSelector: 'spec.ports=80' }),
    code: 400,
    want: 'Error from server (BadRequest): field label not supported: spec.ports',
  },
  {
    name: 'a field that cannot be selected, kinds without a list',
    ask: ({ requests }) => requests.list(configMaps, { fieldSelector: 'data=1' }),
    code: 400,
    want: 'Error from server (BadRequest): "data" is not a known field selector: only "metadata.name", "metadata.namespace"',
  },
  {
    name: 'delete with the uid of another object',
    ask: ({ requests }) => requests.delete(services, web, { preconditions: { uid: 'u' } }),
    code: 409,
    want: /^Error from server \(Conflict\): Operation cannot be fulfilled on Service "web": the UID in the precondition \(u\) does not match the UID in record \([-0-9a-f]+\). The object might have been deleted and then recreated$/
      .source,
  },
];

/** Requests whose body is text, or odd. */
const bodies: typeof refusals = [
  {
    name: 'A10 a field that stands in the text twice, strictly',
    ask: ({ requests }) =>
      requests.create(
        services,
        'default',
        '{"metadata":{"name":"x"},"spec":{"type":"ClusterIP","ports":[{"port":1}],"prots":1,"type":"NodePort"}}',
        strict,
      ),
    code: 400,
    want: 'Error from server (BadRequest): Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.prots", duplicate field "spec.type"',
  },
  {
    name: 'text that is no JSON',
    ask: ({ requests }) => requests.create(services, 'default', '{"metadata":'),
    code: 400,
    want: "Error from server (BadRequest): couldn't get version/kind; json parse error: unexpected end of JSON input",
  },
  {
    name: 'a body that nests without end',
    ask: ({ requests }) => {
      let spec: unknown = 1;
      for (let i = 0; i < 100_000; i++) spec = [spec];
      return requests.create(services, 'default', { metadata: { name: 'x' }, spec });
    },
    code: 400,
    want: 'Error from server (BadRequest): exceeded max depth',
  },
  {
    name: 'another kind in the body',
    ask: ({ requests }) => requests.create(services, 'default', { kind: 'Pod' }),
    code: 400,
    want: 'Error from server (BadRequest): Pod in version "v1" cannot be handled as a Service: converting (v1.Pod) to (core.Service): unknown conversion',
  },
  {
    name: 'a Secret that is no base64',
    ask: ({ requests }) =>
      requests.create(row('secrets'), 'default', { metadata: { name: 's' }, data: { a: '$' } }),
    code: 400,
    want: 'Error from server (BadRequest): Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
  },
  {
    name: 'a name that is taken',
    ask: ({ requests }) => requests.create(configMaps, 'default', { metadata: { name: 'c' } }),
    code: 409,
    want: 'Error from server (AlreadyExists): configmaps "c" already exists',
  },
  {
    name: 'a name that is taken, beside a generateName',
    ask: ({ requests }) =>
      requests.create(configMaps, 'default', { metadata: { name: 'c', generateName: 'c-' } }),
    code: 409,
    want: 'Error from server (AlreadyExists): configmaps "c" already exists, the server was not able to generate a unique name for the object',
  },
  {
    name: 'a resourceVersion of a new object',
    ask: ({ requests }) =>
      requests.create(configMaps, 'default', { metadata: { name: 'd', resourceVersion: '1' } }),
    code: 400,
    want: 'Error from server (BadRequest): resourceVersion should not be set on objects to be created',
  },
  {
    name: 'a namespace that is not there',
    ask: ({ requests }) => requests.create(configMaps, 'nope', { metadata: { name: 'd' } }),
    code: 404,
    want: 'Error from server (NotFound): namespaces "nope" not found',
  },
  {
    name: 'no name, of a kind without rules of its own',
    ask: ({ requests }) => requests.create(row('roles'), 'default', { metadata: {} }),
    code: 422,
    want: 'The Role "" is invalid: metadata.name: Required value: name or generateName is required',
  },
  {
    name: 'a replacement that names no version, of a kind that asks for it',
    ask: ({ requests }) => {
      const lease = { metadata: { name: 'l' } };
      return requests.update(row('leases'), { namespace: 'default', name: 'l' }, lease);
    },
    code: 422,
    want: 'The Lease "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  },
  {
    name: 'a patch that is no list of operations',
    ask: patch('json', { op: 'add' }),
    code: 400,
    want: 'Error from server (BadRequest): error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  },
  {
    name: 'a merge patch that is a list',
    ask: patch('merge', []),
    code: 400,
    want: 'Error from server (BadRequest): error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
  },
  {
    name: 'a merge patch with a wrong type',
    ask: patch('merge', { data: { a: 1 } }, configMaps),
    code: 404,
    want: 'Error from server (NotFound): configmaps "web" not found',
  },
  {
    name: 'a patch of another name',
    ask: patch('merge', { metadata: { name: 'other' } }),
    code: 400,
    want: 'Error from server (BadRequest): the name of the object (other) does not match the name on the URL (web)',
  },
];

for (const { name, ask, code, want } of [...refusals, ...bodies]) {
  test(`refused: ${name}`, () => {
    const server = prepared();
    const before = JSON.stringify(server.kinds().map((kind) => server.rawList(kind)));
    const error = thrown(() => ask(server));
    assert.equal(error.code, code);
    const text = kubectlError(error);
    if (want.startsWith('^')) assert.match(text, new RegExp(want));
    else assert.equal(text, want);
    assert.equal(JSON.stringify(server.kinds().map((kind) => server.rawList(kind))), before);
  });
}

function thrown(act: () => unknown): ApiError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof ApiError, `${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

const ports = (object: AnyObject) => (object['spec'] as { ports: { port: number }[] }).ports;

test('a created object comes back with defaults and what the server adds', () => {
  const made = prepared().requests.get(services, web);
  assert.equal(made.apiVersion, 'v1');
  assert.equal(made.kind, 'Service');
  assert.equal(made.metadata.namespace, 'default');
  assert.equal((made['spec'] as { type: string }).type, 'ClusterIP');
});

test('an unknown field is a warning unless asked otherwise, and is kept nowhere', () => {
  const { requests } = newServer();
  const body = { metadata: { name: 'x' }, spec: { ports: [{ port: 1 }], prots: 1 } };
  const kept = (object: AnyObject) => Object.keys(object['spec'] as object).includes('prots');
  assert.ok(!kept(requests.create(services, 'default', body)));
  assert.deepEqual(requests.warnings(), ['unknown field "spec.prots"']);
  const x = { namespace: 'default', name: 'x' };
  assert.ok(!kept(requests.patch(services, x, 'merge', { spec: { prots: 1 } })));
  assert.deepEqual(requests.warnings(), ['unknown field "spec.prots"']);
  requests.create(
    services,
    'default',
    { ...body, metadata: { name: 'y' } },
    {
      fieldValidation: 'Ignore',
    },
  );
  assert.deepEqual(requests.warnings(), []);
});

test('a strategic merge patch merges ports by number, a merge patch replaces them', () => {
  const { requests } = prepared();
  requests.patch(services, web, 'strategic', { spec: { ports: [{ name: 'b', port: 81 }] } });
  assert.deepEqual(
    ports(requests.get(services, web))
      .map(({ port }) => port)
      .sort(),
    [80, 81],
  );
  requests.patch(services, web, 'merge', { spec: { ports: [{ port: 82 }] } });
  assert.deepEqual(
    ports(requests.get(services, web)).map(({ port }) => port),
    [82],
  );
  requests.patch(services, web, 'json', [{ op: 'replace', path: '/spec/ports/0/port', value: 83 }]);
  assert.deepEqual(
    ports(requests.get(services, web)).map(({ port }) => port),
    [83],
  );
});

test('a patch that changes nothing gives the very object of before', () => {
  const { requests } = prepared();
  const before = requests.get(services, web);
  assert.equal(requests.patch(services, web, 'merge', { spec: { type: 'ClusterIP' } }), before);
});

test('the scale subresource reads and writes replicas', () => {
  const { requests } = prepared();
  const scale = requests.get(deployments, web, 'scale');
  assert.equal(scale.kind, 'Scale');
  assert.deepEqual(scale['status'], { replicas: 0, selector: 'app=web' });
  const body = { spec: { replicas: 5 } };
  requests.patch(deployments, web, 'merge', body, { subresource: 'scale' });
  assert.equal((requests.get(deployments, web)['spec'] as { replicas: number }).replicas, 5);
});

test('a dry run answers and stores nothing, and the next write is as if it had not been', () => {
  const server = prepared();
  const twin = prepared();
  const body = { metadata: { generateName: 'x-' }, spec: { ports: [{ port: 80 }] } };
  const dry = server.requests.create(services, 'default', body, { dryRun: true });
  assert.match(dry.metadata.name ?? '', /^x-/);
  assert.equal(dry.metadata.resourceVersion, undefined);
  const before = server.requests.get(services, web).metadata.resourceVersion;
  const change = { metadata: { labels: { a: 'b' } } };
  const changed = server.requests.patch(services, web, 'merge', change, { dryRun: true });
  assert.deepEqual(
    [changed.metadata.labels?.['a'], changed.metadata.resourceVersion],
    ['b', before],
  );
  server.requests.delete(services, web, { dryRun: true });
  const real = server.requests.create(services, 'default', body);
  assert.deepEqual(real, twin.requests.create(services, 'default', body));
  assert.equal(server.drainEvents().length, twin.drainEvents().length);
});

test('lists are selected by labels and fields', () => {
  const { requests } = prepared();
  const names = (options: object) =>
    requests.list(services, options).items.map(({ metadata }) => metadata.name);
  assert.deepEqual(names({}), ['kubernetes', 'web']);
  assert.deepEqual(names({ labelSelector: 'app' }), ['web']);
  assert.deepEqual(names({ labelSelector: 'app!=web' }), ['kubernetes']);
  assert.deepEqual(names({ fieldSelector: 'metadata.name!=web' }), ['kubernetes']);
  assert.deepEqual(names({ fieldSelector: 'spec.type==ClusterIP', namespace: 'kube-system' }), []);
});

test('a watch tells what happened since, and what entered or left the selection', () => {
  const { requests } = prepared();
  const { resourceVersion } = requests.list(services);
  requests.patch(services, web, 'merge', { metadata: { labels: { app: 'db' } } });
  requests.patch(services, web, 'merge', { metadata: { labels: { tier: 'x' } } });
  requests.delete(services, web);
  const types = (options?: object) =>
    requests.watch(services, resourceVersion, options).map(({ type }) => type);
  assert.deepEqual(types(), ['MODIFIED', 'MODIFIED', 'DELETED']);
  assert.deepEqual(types({ labelSelector: 'app=web' }), ['DELETED']);
  assert.deepEqual(types({ labelSelector: 'app=db' }), ['ADDED', 'MODIFIED', 'DELETED']);
  assert.deepEqual(types({ namespace: 'kube-system' }), []);
});

test('a watch from too long ago is expired', () => {
  const { requests } = prepared();
  const { resourceVersion } = requests.list(services);
  for (let i = 0; i < 8300; i++) {
    requests.patch(configMaps, { name: 'c' }, 'merge', { data: { a: String(i) } });
  }
  const error = thrown(() => requests.watch(services, resourceVersion));
  assert.equal(error.code, 410);
  assert.match(error.message, /^too old resource version: \d+ \(\d+\)$/);
});

const definition = (group: string) => ({
  metadata: { name: `services.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Service', plural: 'services', shortNames: ['ksvc'], categories: ['all'] },
    versions: [
      { name: 'v1', served: true, storage: true },
      { name: 'v1alpha1', served: false, storage: false },
    ],
  },
});

test('a custom kind is served when its definition is stored, beside a built-in kind of its name', () => {
  const server = prepared();
  const { requests } = server;
  const crds = row('customresourcedefinitions');
  requests.create(crds, undefined, definition('serving.knative.dev'));
  const knative = row('services.serving.knative.dev', server);
  assert.deepEqual(
    [knative.versions, knative.shortNames, knative.categories, knative.singular],
    [['v1'], ['ksvc'], ['all'], 'service'],
  );
  requests.create(knative, 'default', { metadata: { name: 'web' }, spec: { template: {} } });
  assert.deepEqual(requests.get(knative, web)['spec'], { template: {} });
  assert.equal(ports(requests.get(services, web)).length, 1);
  assert.ok(server.kinds().includes('Service.serving.knative.dev'));
  requests.delete(crds, { name: 'services.serving.knative.dev' });
  assert.ok(!requests.resources().some(({ group }) => group === 'serving.knative.dev'));
});

test('every built-in kind is served once', () => {
  const names = newServer()
    .requests.resources()
    .map(({ resource, group }) => `${resource}.${group}`);
  assert.equal(new Set(names).size, names.length);
  for (const name of ['pods.', 'events.', 'events.events.k8s.io', 'jobs.batch']) {
    assert.ok(names.includes(name), name);
  }
});

test('null is the zero value in lists and maps, nothing elsewhere', () => {
  const { requests } = newServer();
  const made = requests.create(services, 'default', {
    metadata: { name: 'x', labels: { a: null } },
    spec: { type: null, selector: { b: null }, ports: [{ port: 1, name: null }] },
  });
  assert.deepEqual(made.metadata.labels, { a: '' });
  assert.deepEqual((made['spec'] as { selector: object }).selector, { b: '' });
});

test('a generated name is drawn eight times before the server gives up', () => {
  let draws = 0;
  const always = {
    pick: (point: string) => {
      if (point === 'name/suffix') draws++;
      return 0;
    },
    fork: () => always,
  };
  const { requests } = newServer({ choices: always });
  const body = { metadata: { generateName: 'c-' } };
  assert.equal(requests.create(configMaps, 'default', body).metadata.name, 'c-bbbbb');
  draws = 0;
  const error = thrown(() => requests.create(configMaps, 'default', body));
  assert.equal(draws, 8 * 5);
  assert.match(error.message, /was not able to generate a unique name for the object$/);
});

test('an integer that a double cannot hold is refused clearly', () => {
  const { requests } = newServer();
  assert.throws(
    () => requests.create(configMaps, 'default', '{"metadata":{"generation":9007199254740993}}'),
    /^invalid-value: the integer 9007199254740993 is too large|too large to be kept exactly/,
  );
});

test('whoever asks for Endpoints is warned that they are deprecated, once', () => {
  const { requests } = prepared();
  const endpoints = row('endpoints');
  requests.warnings();
  requests.list(endpoints);
  requests.get(endpoints, { namespace: 'default', name: 'kubernetes' });
  requests.delete(endpoints, { namespace: 'default', name: 'kubernetes' });
  const text = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';
  assert.deepEqual(requests.warnings(), [text]);
  requests.list(row('endpointslices'));
  assert.deepEqual(requests.warnings(), []);
});

test('the events of an object are listed as they happened', () => {
  const server = prepared();
  const web = server.get('Service', 'default/web');
  assert.ok(web !== undefined);
  const reasons = ['Five', 'Four', 'Three', 'Two', 'One', 'Zero'];
  for (const reason of reasons) server.event(web, 'Normal', reason, 'said');
  const { items } = server.requests.list(row('events'));
  assert.deepEqual(
    items.map((event) => event['reason']),
    reasons,
  );
});

test('events that a client names stand by their names', () => {
  const { requests } = prepared();
  const events = row('events');
  for (const name of ['zebra', 'ant', 'a-rather-long-name-of-an-event']) {
    const involvedObject = { kind: 'Service', name: 'web', namespace: 'default' };
    requests.create(events, 'default', { metadata: { name }, involvedObject });
  }
  assert.deepEqual(
    requests.list(events).items.map(({ metadata }) => metadata.name),
    ['a-rather-long-name-of-an-event', 'ant', 'zebra'],
  );
});
