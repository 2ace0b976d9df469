// An API server that only reads, for the machine's own kubectl: discovery, objects by name, lists with selectors. Serves
// objects as they are written. And where the kubectls of this machine are, by minor version.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseSelector, selects } from '../src/api/label-selector.ts';
import { type KindRow, rowOf, scheme } from '../src/api/scheme.ts';
import type { AnyObject } from '../src/api/types.ts';
import { openApi } from './kubectl-openapi.ts';

/** Paths of kubectl by minor version: the one of PATH, and Google's `kubectl.1.NN` beside it. */
export function kubectls(): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = join(folder, 'kubectl');
    if (!existsSync(path)) continue;
    const real = realpathSync(path);
    for (const name of readdirSync(dirname(real))) {
      const minor = /^kubectl\.1\.(\d+)$/.exec(name)?.[1];
      if (minor !== undefined) found.set(Number(minor), join(dirname(real), name));
    }
    const run = spawnSync(path, ['version', '--client'], { encoding: 'utf8' });
    const minor = /Client Version: v1\.(\d+)/.exec(run.stdout)?.[1];
    if (minor !== undefined && !found.has(Number(minor))) found.set(Number(minor), path);
    break;
  }
  return found;
}

function pathOf({ group, version }: KindRow): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

function fieldAt(object: AnyObject, path: string): string {
  let value: unknown = object;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === 'string' ? value : '';
}

function matchesFields(object: AnyObject, selector: string): boolean {
  return selector.split(',').every((term) => {
    const [, path = '', operator, value] = /^([^=!]+)(!?=)(.*)$/.exec(term) ?? [];
    return (fieldAt(object, path) === value) === (operator === '=');
  });
}

const scaled = ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'];

/** What GET answers; undefined: not found. */
export function answer(objects: readonly AnyObject[], url: URL, minor: number): unknown {
  const rows = new Map([
    ...scheme.map((row): [string, KindRow] => [row.kind, row]),
    ...objects.map((object): [string, KindRow] => [object.kind, rowOf(object)]),
  ]);
  const groups = new Map([...rows.values()].map((row) => [pathOf(row), row]));
  const path = url.pathname;
  if (path.startsWith('/openapi/v3')) return openApi(path);
  if (path === '/version') return { major: '1', minor: String(minor), gitVersion: `v1.${minor}.0` };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const named = [...groups.values()].filter(({ group }) => group !== '');
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: named.map(({ group, version }) => {
        const one = { groupVersion: `${group}/${version}`, version };
        return { name: group, versions: [one], preferredVersion: one };
      }),
    };
  }
  if (groups.has(path)) {
    const list = [...rows.values()].filter((row) => pathOf(row) === path);
    return {
      kind: 'APIResourceList',
      groupVersion: path.split('/').slice(2).join('/'),
      resources: list.flatMap((row) => [
        ...(scaled.includes(row.kind)
          ? [
              {
                name: `${row.resource}/scale`,
                singularName: '',
                namespaced: true,
                group: 'autoscaling',
                version: 'v1',
                kind: 'Scale',
                verbs: ['get', 'patch', 'update'],
              },
            ]
          : []),
        {
          name: row.resource,
          singularName: row.kind.toLowerCase(),
          namespaced: row.namespaced,
          kind: row.kind,
          shortNames: row.shortNames,
          verbs: ['get', 'list'],
        },
      ]),
    };
  }
  return objectsAt(objects, [...rows.values()], url);
}

function objectsAt(objects: readonly AnyObject[], rows: readonly KindRow[], url: URL): unknown {
  const at = (row: KindRow): readonly string[] => {
    const base = `${pathOf(row)}/`;
    return url.pathname.startsWith(base) ? url.pathname.slice(base.length).split('/') : [];
  };
  const inNamespace = (rest: readonly string[]): boolean =>
    rest[0] === 'namespaces' && rest.length > 2;
  const row = rows.find((one) => at(one)[inNamespace(at(one)) ? 2 : 0] === one.resource);
  if (row === undefined) return undefined;
  const rest = at(row);
  const namespace = inNamespace(rest) ? rest[1] : undefined;
  const name = namespace === undefined ? rest[1] : rest[3];
  const requirements = parseSelector(url.searchParams.get('labelSelector') ?? '');
  if (typeof requirements === 'string') throw new Error(requirements);
  const fields = url.searchParams.get('fieldSelector') ?? '';
  const items = objects.filter(
    (object) =>
      object.kind === row.kind &&
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      selects(requirements, object.metadata.labels) &&
      (fields === '' || matchesFields(object, fields)),
  );
  if (name !== undefined) return items[0];
  const apiVersion = row.group === '' ? row.version : `${row.group}/${row.version}`;
  return { kind: `${row.kind}List`, apiVersion, metadata: { resourceVersion: '1' }, items };
}

export interface Stub {
  readonly minor: number;
  readonly run: (argv: readonly string[]) => Promise<Ran>;
  readonly close: () => void;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Serves the objects to one kubectl. */
export async function stub(
  kubectl: string,
  minor: number,
  objects: readonly AnyObject[],
  cwd = '.',
): Promise<Stub> {
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stub');
    const found = answer(objects, url, minor);
    const name = url.pathname.split('/').at(-1);
    const group = url.pathname.startsWith('/apis/') ? `.${url.pathname.split('/')[2]}` : '';
    const kind = `${url.pathname.split('/').at(-2)}${group}`;
    const missing = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: `${kind} "${name}" not found`,
      reason: 'NotFound',
      code: 404,
    };
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? missing));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const home = mkdtempSync(join(tmpdir(), 'svcspec-kubectl-'));
  const env = { HOME: home, TZ: 'UTC', PATH: process.env['PATH'] ?? '', KUBECONFIG: '/dev/null' };
  const run = (argv: readonly string[]): Promise<Ran> =>
    new Promise((done) => {
      const all = ['--server', `http://127.0.0.1:${port}`, ...argv];
      execFile(kubectl, all, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        done({ stdout, stderr, exitCode });
      });
    });
  const close = (): void => {
    server.close();
    server.closeAllConnections();
    rmSync(home, { recursive: true, force: true });
  };
  return { minor, run, close };
}
