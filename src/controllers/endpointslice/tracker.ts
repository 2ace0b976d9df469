// Which writes to EndpointSlices were the controller's own, so that only those of others are answered by a sync.
// Models staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go; its check for a stale informer cache has no
// counterpart: the store is never behind.
import type { EndpointSlice } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';

/** Generation by uid; -1: a deletion is expected. */
type Expected = Readonly<Record<string, number>>;
const deletion = -1;

function tableOf({ memory }: ControllerContext) {
  return memory.table<Expected>('endpointslice expected');
}

function note(service: string, slice: EndpointSlice, generation: number, c: ControllerContext) {
  const table = tableOf(c);
  table.set(service, { ...table.get(service), [slice.metadata.uid ?? '']: generation });
}

export function expectWritten(service: string, slice: EndpointSlice, c: ControllerContext): void {
  note(service, slice, slice.metadata.generation ?? 0, c);
}

export function expectDeleted(service: string, slice: EndpointSlice, c: ControllerContext): void {
  note(service, slice, deletion, c);
}

export function forgetSlices(service: string, c: ControllerContext): void {
  const table = tableOf(c);
  if (table.has(service)) table.delete(service);
}

/** Whether somebody else made this slice what it is. An event older than the own last write is none. */
export function isForeign(service: string, slice: EndpointSlice, c: ControllerContext): boolean {
  const generation = tableOf(c).get(service)?.[slice.metadata.uid ?? ''];
  return generation === undefined || (slice.metadata.generation ?? 0) > generation;
}

/** Takes a deletion in: true when it was a tracked slice's and not the own. */
export function isForeignDeletion(
  service: string,
  slice: EndpointSlice,
  c: ControllerContext,
): boolean {
  const table = tableOf(c);
  const { [slice.metadata.uid ?? '']: generation, ...rest } = table.get(service) ?? {};
  if (generation === undefined) return false;
  table.set(service, rest);
  return generation !== deletion;
}
