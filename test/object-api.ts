// An API server over plain objects for clients that watch (client-go's informers, as in CoreDNS): list, and watches
// that stay open, with initial events and their bookmark where the client asks for them. Objects are served as they are
// written, also such as no API server would accept. No writes over HTTP, no discovery, no authentication.
//   node dist/test/object-api.js PORT FILE.yaml...      serves the objects of these files until it is ended
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseAllDocuments } from 'yaml';
import { parseSelector, selects } from '../src/api/label-selector.ts';

/** An object as YAML or JSON has it. */
export interface PlainObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface ObjectApi {
  readonly url: string;
  /** Objects replace those of their name; watchers hear of it. */
  apply(objects: readonly object[]): void;
  remove(kind: string, key: string): void;
  /** While it is held, lists and watches are left without an answer. */
  hold(held: boolean): void;
  close(): void;
}

interface Watcher {
  readonly kind: string;
  readonly matches: (object: PlainObject) => boolean;
  readonly response: ServerResponse;
}

/** What CoreDNS asks for: path below the group's version, kind. */
const resources: Readonly<Record<string, string>> = {
  '/api/v1/services': 'Service',
  '/api/v1/pods': 'Pod',
  '/api/v1/namespaces': 'Namespace',
  '/api/v1/endpoints': 'Endpoints',
  '/apis/discovery.k8s.io/v1/endpointslices': 'EndpointSlice',
  '/apis/multicluster.x-k8s.io/v1alpha1/serviceimports': 'ServiceImport',
};

const initialEventsEnd = 'k8s.io/initial-events-end';

class Store implements ObjectApi {
  url = '';
  readonly #objects = new Map<string, PlainObject>();
  readonly #watchers = new Set<Watcher>();
  #version = 100;
  #waiting: (() => void)[] | null = null;
  #shut: () => void = () => undefined;

  apply(objects: readonly object[]): void {
    for (const given of objects as readonly PlainObject[]) {
      const { namespace, name } = given.metadata;
      const key = `${given.kind}/${namespace ?? ''}/${name}`;
      const before = this.#objects.get(key);
      const resourceVersion = String(++this.#version);
      const object = { ...given, metadata: { ...given.metadata, resourceVersion } };
      this.#objects.set(key, object);
      this.#tell(before, object);
    }
  }

  remove(kind: string, key: string): void {
    const [name = '', namespace = ''] = key.split('/').reverse();
    const path = `${kind}/${namespace}/${name}`;
    const before = this.#objects.get(path);
    this.#objects.delete(path);
    this.#version++;
    this.#tell(before, undefined);
  }

  hold(held: boolean): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = held ? waiting : null;
    if (!held) for (const go of waiting) go();
  }

  close(): void {
    this.#shut();
  }

  /** An object that leaves or enters what a watcher has selected is deleted or added for it. */
  #tell(before: PlainObject | undefined, after: PlainObject | undefined): void {
    for (const { kind, matches, response } of this.#watchers) {
      const was = before !== undefined && before.kind === kind && matches(before);
      const is = after !== undefined && after.kind === kind && matches(after);
      if (!was && !is) continue;
      const type = is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED';
      response.write(`${JSON.stringify({ type, object: is ? after : before })}\n`);
    }
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#waiting !== null) {
      this.#waiting.push(() => this.answer(request, response));
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
    const kind = resources[pathname];
    response.setHeader('content-type', 'application/json');
    if (kind === undefined) {
      response.writeHead(404);
      const message = `the server could not find ${pathname}`;
      const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404, message };
      response.end(JSON.stringify(status));
      return;
    }
    const matches = selectionOf(searchParams);
    const items = [...this.#objects.values()].filter((one) => one.kind === kind && matches(one));
    const apiVersion = pathname.slice(pathname.startsWith('/apis/') ? 6 : 5).replace(/\/\w+$/, '');
    const metadata = { resourceVersion: String(this.#version) };
    if (!['true', '1'].includes(searchParams.get('watch') ?? '')) {
      response.end(JSON.stringify({ kind: `${kind}List`, apiVersion, metadata, items }));
      return;
    }
    const event = (type: string, object: object) =>
      response.write(`${JSON.stringify({ type, object })}\n`);
    response.writeHead(200);
    response.flushHeaders();
    if (searchParams.get('sendInitialEvents') === 'true') {
      for (const item of items) event('ADDED', item);
      const annotations = { [initialEventsEnd]: 'true' };
      event('BOOKMARK', { kind, apiVersion, metadata: { ...metadata, annotations } });
    } else {
      const since = Number(searchParams.get('resourceVersion') ?? 0);
      for (const item of items) {
        if (Number(item.metadata.resourceVersion) > since) event('ADDED', item);
      }
    }
    const watcher = { kind, matches, response };
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
  }

  listen(port: number): Promise<this> {
    const server = createServer((request, response) => this.answer(request, response));
    this.#shut = () => {
      server.close();
      server.closeAllConnections();
    };
    return new Promise((done) => {
      server.listen(port, '127.0.0.1', () => {
        this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        done(this);
      });
    });
  }
}

/** Label selectors in full; of field selectors `PATH!=VALUE` and `PATH=VALUE`, joined by commas. */
function selectionOf(query: URLSearchParams): (object: PlainObject) => boolean {
  const requirements = parseSelector(query.get('labelSelector') ?? '');
  if (typeof requirements === 'string') throw new Error(requirements);
  const fields = (query.get('fieldSelector') ?? '').split(',').filter((term) => term !== '');
  return (object) =>
    selects(requirements, object.metadata.labels ?? {}) &&
    fields.every((term) => {
      const [, path = '', no, value] = /^([\w.]+)(!?)==?(.*)$/.exec(term) ?? [];
      return (fieldAt(object, path) === value) === (no !== '!');
    });
}

function fieldAt(object: PlainObject, path: string): string {
  let value: unknown = object;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === 'string' ? value : '';
}

/** Serves the objects on a port of 127.0.0.1; 0 chooses one. */
export async function serveObjects(objects: readonly object[], port = 0): Promise<ObjectApi> {
  const store = new Store();
  store.apply(objects);
  return await store.listen(port);
}

function objectsOf(path: string): readonly object[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).flatMap((document) => {
    const object = document.toJS() as PlainObject | null;
    if (object === null) return [];
    return object.kind === 'List' ? (object['items'] as readonly object[]) : [object];
  });
}

if (process.argv[1]?.endsWith('object-api.js') === true) {
  const [, , port = '', ...paths] = process.argv;
  const { url } = await serveObjects(paths.flatMap(objectsOf), Number(port));
  console.log(`objects at ${url}`);
}
