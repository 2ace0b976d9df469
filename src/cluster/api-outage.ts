// The API server as a process that can stand still. Who asks it is refused as kubectl says it; who watches it keeps what
// it knew, and catches up afterwards. Simplified: kubelets and controllers stand still with it, so what a kubelet would do
// without it (probes, restarts, the end of Pods that terminate) waits as well.
import { ApiError } from '../api/error.ts';
import { InputError } from '../api/input-error.ts';
import type { Requests } from '../api/requests.ts';
import { formatEndpoint } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { Component } from './cluster.ts';
import { apiServerName, listen } from './outside.ts';
import type { SocketData } from './runtime.ts';
import type { State } from './state.ts';

/** It stops; a second time changes nothing. */
export function stopApi(state: State): void {
  if (state.apiStopped !== null) return;
  const { engine, fabric, spec } = state.parts;
  const standing = [...engine.names].filter((name) => !engine.isStopped(name));
  for (const name of standing) engine.stop(name);
  state.apiStopped = standing;
  fabric.unlisten(
    fabric.ownerOf(spec.apiServer.address) ?? '',
    ({ proto, port, data }) =>
      proto === TCP &&
      port === spec.apiServer.port &&
      (data as SocketData | undefined)?.reply === apiServerName,
  );
}

export function startApi(state: State): void {
  if (state.apiStopped === null) return;
  const { engine, fabric, spec } = state.parts;
  const { address, port } = spec.apiServer;
  listen(state, fabric.ownerOf(address) ?? '', port, apiServerName);
  const standing = state.apiStopped;
  state.apiStopped = null;
  for (const name of standing) engine.start(state, name);
}

/** Throws what a client of the API is told while nobody listens there. */
export function reachApi({ apiStopped, parts: { spec } }: State): void {
  if (apiStopped === null) return;
  const server = formatEndpoint(spec.apiServer.address, spec.apiServer.port);
  const text = `The connection to the server ${server} was refused - did you specify the right host or port?`;
  throw new ApiError('Unreachable', text, { kind: '', group: '', name: '' });
}

/** Throws where something is to happen whose course without the API server is not modelled. */
export function needsApi({ apiStopped }: State, what: string): void {
  if (apiStopped === null) return;
  throw new InputError('not-modelled', `${what} while the API server is stopped: not modelled`, {
    hint: 'let it happen before the API server stops, or after it starts',
  });
}

/** Parts that go on without it. */
const apart: ReadonlySet<Component['kind']> = new Set(['apiserver', 'upstream-dns', 'keepalived']);

export function needsApiFor(state: State, { kind }: Component): void {
  if (!apart.has(kind)) needsApi(state, `${kind} stops or starts`);
}

/** The API as long as it can be reached. */
export function whileUp(state: State, requests: Requests): Requests {
  if (state.apiStopped === null) return requests;
  const refuse = (): never => {
    reachApi(state);
    throw new Error('the API server is there');
  };
  return {
    resources: () => requests.resources(),
    get: refuse,
    list: refuse,
    watch: refuse,
    create: refuse,
    update: refuse,
    patch: refuse,
    delete: refuse,
    deleteCollection: refuse,
    evict: refuse,
    warnings: () => requests.warnings(),
  };
}
