// A simulated cluster's API server over HTTP, as far as kubectl asks: discovery, objects and tables, writes, patches,
// deletions, warnings. What is asked is answered by `Cluster.requests`; after a deletion the cluster settles, so that
// whoever waits for it finds the object gone. No watches, no exec, no authentication.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from '../src/api/error.ts';
import type {
  DeleteRequest,
  FieldValidation,
  PatchType,
  WriteOptions,
} from '../src/api/requests.ts';
import { apiVersionOf, type KindRow } from '../src/api/scheme.ts';
import type { AnyObject } from '../src/api/types.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { cellsFor } from '../src/programs/kubectl/cells-custom.ts';
import { tableRows } from '../src/programs/kubectl/tables.ts';
import { clockStartSeconds } from '../src/sim/time.ts';

export interface Served {
  readonly url: string;
  readonly close: () => void;
}

export async function serve(cluster: Cluster): Promise<Served> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      answer(cluster, request, text, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

interface Place {
  readonly row: KindRow;
  readonly namespace?: string;
  readonly name?: string;
  readonly sub?: string;
}

function answer(
  cluster: Cluster,
  request: IncomingMessage,
  text: string,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://server');
  let code = 200;
  let body: unknown;
  try {
    body = discovery(cluster, url.pathname) ?? objectAnswer(cluster, request, url, text);
    if (request.method === 'POST') code = 201;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    code = error.code;
    body = statusOf(error);
  }
  const warnings = cluster.requests.warnings().map((one) => `299 - ${JSON.stringify(one)}`);
  if (typeof body === 'string') {
    response.writeHead(code, { 'content-type': 'text/plain' });
    response.end(body);
    return;
  }
  if (body === undefined) code = 404;
  if (warnings.length > 0) response.setHeader('warning', warnings);
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? { kind: 'Status', status: 'Failure', code: 404 }));
}

function statusOf({ message, reason, code, about, causes }: ApiError): unknown {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    details: {
      name: about.name,
      group: about.group,
      kind: about.kind,
      causes: causes.map(({ field, text }) => ({
        reason: 'FieldValueInvalid',
        message: text,
        field,
      })),
    },
  };
}

function basePath(row: KindRow): string {
  return row.group === '' ? `/api/${row.version}` : `/apis/${row.group}/${row.version}`;
}

function discovery(cluster: Cluster, path: string): unknown {
  const rows = cluster.requests.resources();
  const minor = cluster.kubernetesVersion.split('.')[1];
  if (path === '/version') return { major: '1', minor, gitVersion: `v1.${minor}.0` };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const groups = [...new Set(rows.map(({ group }) => group).filter((group) => group !== ''))];
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groups.map((name) => {
        const { version = '' } = rows.find(({ group }) => group === name) ?? {};
        const one = { groupVersion: `${name}/${version}`, version };
        return { name, versions: [one], preferredVersion: one };
      }),
    };
  }
  const here = rows.filter((row) => basePath(row) === path);
  if (here.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    groupVersion: apiVersionOf(here[0] as KindRow),
    resources: here.flatMap((row) => [
      resource(row, row.resource, row.kind),
      ...(row.scale ? [scaleOf(row)] : []),
    ]),
  };
}

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function resource(
  { singular, namespaced, shortNames, categories }: KindRow,
  name: string,
  kind: string,
) {
  return { name, singularName: singular, namespaced, kind, verbs, shortNames, categories };
}

function scaleOf(row: KindRow) {
  const name = `${row.resource}/scale`;
  const scale = { group: 'autoscaling', version: 'v1', shortNames: [], categories: [] };
  return { ...resource(row, name, 'Scale'), ...scale };
}

function placeOf(cluster: Cluster, path: string): Place | undefined {
  for (const row of cluster.requests.resources()) {
    const base = `${basePath(row)}/`;
    if (!path.startsWith(base)) continue;
    const parts = path.slice(base.length).split('/').map(decodeURIComponent);
    const inside = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status';
    const [namespace, [plural, name, sub]] = inside
      ? [parts[1], parts.slice(2)]
      : [undefined, parts];
    if (plural !== row.resource) continue;
    return {
      row,
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(sub === undefined ? {} : { sub }),
    };
  }
  return undefined;
}

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/strategic-merge-patch+json': 'strategic',
  'application/merge-patch+json': 'merge',
  'application/json-patch+json': 'json',
};

/** What is no JSON is handed on: the API server says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function objectAnswer(cluster: Cluster, request: IncomingMessage, url: URL, text: string): unknown {
  const place = placeOf(cluster, url.pathname);
  if (place === undefined) return undefined;
  const { requests } = cluster;
  const { row, namespace, name, sub } = place;
  if (sub !== undefined && !['status', 'scale', 'log'].includes(sub)) return undefined;
  const query = url.searchParams;
  const body: unknown = text === '' ? undefined : parsed(text);
  const at = { name: name ?? '', ...(namespace === undefined ? {} : { namespace }) };
  const subresource = sub === 'status' || sub === 'scale' ? sub : undefined;
  const validation = query.get('fieldValidation') as FieldValidation | null;
  const options: WriteOptions = {
    dryRun: query.get('dryRun') === 'All',
    ...(validation === null ? {} : { fieldValidation: validation }),
    ...(subresource === undefined ? {} : { subresource }),
  };
  switch (request.method) {
    case 'GET':
      if (sub === 'log') return logOf(cluster, at, query);
      return shown(cluster, request, query, place);
    case 'POST':
      return requests.create(row, namespace, body, options);
    case 'PUT':
      return requests.update(row, at, body, options);
    case 'PATCH': {
      const type = patchTypes[String(request.headers['content-type'])] ?? 'merge';
      return requests.patch(row, at, type, body, options);
    }
    default: {
      const {
        gracePeriodSeconds,
        propagationPolicy: propagation,
        dryRun: runs,
      } = (body ?? {}) as {
        readonly dryRun?: readonly string[];
        readonly gracePeriodSeconds?: number;
        readonly propagationPolicy?: DeleteRequest['propagation'];
      };
      const dryRun = options.dryRun === true || runs?.includes('All') === true;
      const { uid } = requests.delete(row, at, {
        dryRun,
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        ...(propagation === undefined ? {} : { propagation }),
      }).metadata;
      if (!dryRun) cluster.settle();
      return { kind: 'Status', apiVersion: 'v1', status: 'Success', details: { name, uid } };
    }
  }
}

function logOf(
  cluster: Cluster,
  { namespace = '', name }: { readonly namespace?: string; readonly name: string },
  query: URLSearchParams,
): string {
  const previous = query.get('previous') === 'true';
  return cluster.logs(`${namespace}/${name}`, query.get('container') ?? '', previous);
}

function shown(cluster: Cluster, request: IncomingMessage, query: URLSearchParams, place: Place) {
  const { requests } = cluster;
  const { row, namespace, name, sub } = place;
  const asTable = String(request.headers.accept).includes('as=Table');
  if (name !== undefined) {
    const at = { name, ...(namespace === undefined ? {} : { namespace }) };
    const found = requests.get(row, at, sub === 'scale' ? 'scale' : undefined);
    return asTable ? tableOf(cluster, row, [found]) : found;
  }
  const { items, resourceVersion } = requests.list(row, {
    ...(namespace === undefined ? {} : { namespace }),
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
  });
  if (asTable) return tableOf(cluster, row, items);
  return {
    kind: `${row.kind}List`,
    apiVersion: apiVersionOf(row),
    metadata: { resourceVersion },
    items,
  };
}

/** The cells are ours; kubectl aligns them and adds its columns. */
function tableOf(cluster: Cluster, row: KindRow, objects: readonly AnyObject[]): unknown {
  const minor = Number(cluster.kubernetesVersion.split('.')[1]);
  const definitions = cluster.objects.rawList('CustomResourceDefinition');
  const cells = cellsFor(row, definitions, minor);
  const rows = tableRows(row, cells, objects, {
    wide: true,
    withNamespace: false,
    withKind: false,
    noHeaders: true,
    showLabels: false,
    labelColumns: [],
    nowSeconds: clockStartSeconds + Math.floor(cluster.nowMs / 1000),
  });
  const column = (name: string, priority: number) => ({
    name,
    type: 'string',
    format: name === 'NAME' ? 'name' : '',
    description: '',
    priority,
  });
  const all = [
    ...cells.columns.map((name) => column(name, 0)),
    ...cells.wide.map((name) => column(name, 1)),
  ];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: (cells.wideOrder ?? all.map((_, i) => i)).flatMap((i) => all[i] ?? []),
    rows: rows.map((one, i) => ({ cells: one, object: objects[i] })),
  };
}
