// A host for tests of kubectl that only read: stored objects, no files, no time, no Pods to enter.
import { parseSelector, selects } from '../../api/label-selector.ts';
import { notFound } from '../../api/refusals.ts';
import type { Requests } from '../../api/requests.ts';
import type { KindRow } from '../../api/scheme.ts';
import type { AnyObject } from '../../api/types.ts';
import type { KubectlHost } from './host.ts';

const never = (): never => {
  throw new Error('the test asked for what its host has not');
};

export function fakeRequests(stored: readonly AnyObject[], rows: readonly KindRow[]): Requests {
  return {
    resources: () => rows,
    get: (row, { namespace, name }) => {
      const found = stored.find(
        ({ kind, metadata }) =>
          kind === row.kind && metadata.name === name && metadata.namespace === namespace,
      );
      if (found === undefined) throw notFound(row, name);
      return found;
    },
    list: (row, { namespace, labelSelector = '' } = {}) => ({
      items: stored.filter(
        ({ kind, metadata }) =>
          kind === row.kind &&
          (namespace === undefined || metadata.namespace === namespace) &&
          matches(labelSelector, metadata.labels),
      ),
      resourceVersion: '1',
    }),
    watch: never,
    create: never,
    update: never,
    patch: never,
    delete: never,
    deleteCollection: never,
    evict: never,
    warnings: () => [],
  };
}

function matches(selector: string, labels: Readonly<Record<string, string>> | undefined): boolean {
  const wanted = parseSelector(selector);
  return typeof wanted !== 'string' && selects(wanted, labels);
}

export const silentHost: Omit<KubectlHost, 'requests'> = {
  minor: 34,
  nowMs: 0,
  load: never,
  readText: never,
  undefinedKinds: () => [],
  fieldDocs: never,
  parse: never,
  step: never,
  exec: never,
  logs: never,
};
