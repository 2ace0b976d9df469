// The API server under random damaged requests: nothing but a refusal is ever thrown, a refused request or a dry run
// changes nothing, nothing stored has a field that its kind does not know, every answer is quick, and what is allocated is what the
// stored Services hold.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkFields } from '../src/api/decode.ts';
import { ApiError } from '../src/api/error.ts';
import { InputError } from '../src/api/input-error.ts';
import type { WriteOptions } from '../src/api/requests.ts';
import { rowOf } from '../src/api/scheme.ts';
import { type AnyObject, keyOf, type Service } from '../src/api/types.ts';
import { dropNulls } from '../src/api/values.ts';
import { applied } from '../src/apiserver/apply.ts';
import { Core } from '../src/apiserver/core.ts';
import { nowhere } from '../src/apiserver/provenance.ts';
import { RequestHandler } from '../src/apiserver/request-handler.ts';
import { clusterSpec } from '../src/apiserver/server.fixture.ts';
import { held } from '../src/apiserver/service-allocation.ts';
import { seeded } from '../src/sim/choices.ts';
import { anyRequest, damaged, manifests, type Request, valueAt } from './arbitraries/request.ts';
import { checkCatches, checkProperty } from './check-property.ts';

const file = import.meta.filename;

function newCore(): Core {
  const spec = clusterSpec({ serviceSubnet: '10.96.0.0/27' });
  const core = new Core({ spec, choices: seeded(1), nowMs: () => 0 });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
  core.create(namespace as AnyObject, nowhere);
  return core;
}

/** Everything stored, by identity of the objects. */
function contents(core: Core): ReadonlyMap<string, AnyObject> {
  return new Map(
    core.store
      .kinds()
      .flatMap((kind) => core.store.list(kind).map((one) => [`${kind} ${keyOf(one)}`, one])),
  );
}

function checkAllocations(core: Core): void {
  const { addresses, ports } = core.allocations;
  const wanted = { addresses: new Map<string, string>(), ports: new Map<string, string>() };
  for (const object of core.store.list('Service')) {
    const owner = `Service/${keyOf(object)}`;
    const has = held(object as unknown as Service);
    for (const name of has.addresses) wanted.addresses.set(name, owner);
    for (const name of has.ports) wanted.ports.set(name, owner);
  }
  const text = (all: ReadonlyMap<string, string>) => [...all].map((pair) => pair.join(' ')).sort();
  assert.deepEqual([...addresses.taken()].sort(), text(wanted.addresses), 'addresses taken');
  assert.deepEqual([...ports.taken()].sort(), text(wanted.ports), 'ports taken');
}

function checkKnown(core: Core): void {
  for (const [key, object] of contents(core)) {
    const unknown = checkFields(object).filter(({ kind }) => kind === 'unknown-field');
    assert.deepEqual(unknown, [], key);
  }
}

function bodyOf({ manifest, name, damages, twice }: Request): unknown {
  const base = { ...manifests[manifest], metadata: { name: `n${name}`, labels: { app: 'web' } } };
  const body = damages.reduce((value, damage) => damaged(value, damage), base as unknown);
  if (!twice) return body;
  const text = JSON.stringify(body);
  return text.startsWith('{"') ? `{"metadata":{},${text.slice(1)}` : text;
}

type Act = (core: Core, requests: RequestHandler, request: Request) => void;

const perform: Act = (core, requests, request) => {
  const { apiVersion, kind } = manifests[request.manifest] as { apiVersion: string; kind: string };
  const row = rowOf({ apiVersion, kind });
  const name = { namespace: 'default', name: `n${request.name}` };
  const options: WriteOptions = { dryRun: request.dryRun, fieldValidation: request.validation };
  const body = bodyOf(request);
  const { verb } = request;
  switch (verb) {
    case 'create':
      requests.create(row, 'default', body, options);
      return;
    case 'apply': {
      const object = { ...(body as AnyObject), apiVersion, kind };
      applied({ ...object, metadata: { ...object.metadata, name: name.name } }, row, 'apply', {
        get: (key) => core.get(row.table, key),
        create: (next) => requests.create(row, 'default', next, options),
        update: (next) => requests.update(row, name, dropNulls(next), options),
      });
      return;
    }
    case 'update':
      requests.update(row, name, body, options);
      return;
    case 'strategic':
    case 'merge':
      requests.patch(row, name, verb, body, options);
      return;
    case 'json': {
      const operations = request.damages.map(({ place, how }) => ({
        op: ['add', 'remove', 'replace', 'copy', 'move', 'test'][how % 6],
        path: ['/spec', '/spec/ports/0', '/spec/ports/-', '/metadata/labels', '/x', ''][place % 6],
        from: '/spec/ports/0',
        value: valueAt(request.value),
      }));
      requests.patch(row, name, 'json', operations, options);
      return;
    }
    case 'scale':
    case 'status':
      requests.patch(row, name, 'merge', body, { ...options, subresource: verb });
      return;
    case 'delete': {
      const seconds = [undefined, 0, -1, 5][request.value % 4];
      const propagation = (['Background', 'Foreground', 'Orphan'] as const)[request.value % 3];
      requests.delete(row, name, {
        dryRun: request.dryRun,
        ...(seconds === undefined ? {} : { gracePeriodSeconds: seconds }),
        ...(propagation === undefined ? {} : { propagation }),
      });
      return;
    }
    case 'evict':
      requests.evict(name, { dryRun: request.dryRun });
      return;
    case 'collection':
      requests.deleteCollection(row, { labelSelector: `app=${valueAt(request.value)}` }, options);
  }
};

const slowMs = 2000;

function holds(act: Act) {
  return fc.property(fc.array(anyRequest, { maxLength: 25 }), (all) => {
    const core = newCore();
    const requests = new RequestHandler(core);
    for (const request of all) {
      const before = contents(core);
      const { revision } = core.store;
      const start = performance.now();
      let refused = false;
      try {
        act(core, requests, request);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        const isRefusal = error instanceof ApiError || error instanceof InputError;
        assert.ok(isRefusal, `${request.verb}: ${error instanceof Error ? error.stack : error}`);
        refused = true;
      }
      assert.ok(performance.now() - start < slowMs, `${request.verb} takes too long`);
      if (refused || request.dryRun) {
        assert.equal(core.store.revision, revision, `${request.verb} counted a revision`);
        assert.deepEqual([...contents(core).keys()], [...before.keys()]);
        for (const [key, object] of contents(core)) assert.equal(object, before.get(key), key);
      }
      checkAllocations(core);
      checkKnown(core);
    }
  });
}

checkProperty('whatever is asked, the API server refuses or does it whole', holds(perform), {
  file,
  runs: 150,
});

checkCatches(
  'a dry run that takes an address',
  holds((core, requests, request) => {
    const was = core.store.revision;
    perform(core, requests, { ...request, dryRun: false });
    if (!request.dryRun) return;
    for (const object of core.store.list('Service')) {
      core.store.remove('Service', keyOf(object));
    }
    core.store.revision = was;
  }),
  { file, runs: 60 },
);

checkCatches(
  'a refusal that has stored something',
  holds((core, requests, request) => {
    try {
      perform(core, requests, request);
    } catch (error) {
      const map = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'half' } };
      if (core.get('ConfigMap', 'default/half') === undefined) {
        core.create(map as AnyObject, nowhere);
      }
      throw error;
    }
  }),
  { file, runs: 60 },
);

checkCatches(
  'an error of the program itself',
  holds((core, requests, request) => {
    if (request.verb === 'evict') throw new TypeError('x is undefined');
    perform(core, requests, request);
  }),
  { file, runs: 60 },
);

checkCatches(
  'an unknown field that is stored',
  holds((core, requests, request) => {
    perform(core, requests, request);
    const stored = core.get('Namespace', 'default') as AnyObject;
    core.put({ ...stored, zzz: 1 }, stored, nowhere);
  }),
  { file, runs: 60 },
);
