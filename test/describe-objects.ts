// The objects of data/describe.yaml, and all of them described.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { rowOf } from '../src/api/scheme.ts';
import type { AnyObject } from '../src/api/types.ts';
import { describeObject } from '../src/programs/kubectl/describe/describers.table.ts';

const file = join(import.meta.dirname, '..', '..', 'test', 'data', 'describe.yaml');

export const objects: readonly AnyObject[] = parseAllDocuments(readFileSync(file, 'utf8')).map(
  (document) => document.toJS() as AnyObject,
);

const compared = objects.filter(({ kind }) => !['Event', 'Lease'].includes(kind));

/** Their resource names, in the order of the file. */
export const resources: readonly string[] = [
  ...new Set(compared.map((object) => rowOf(object).resource)),
];

const within = (namespace: string | undefined, { metadata }: AnyObject): boolean =>
  namespace === undefined || metadata.namespace === namespace;

const lookup = {
  get: (kind: string, namespace: string | undefined, name: string) =>
    objects.find(
      (object) =>
        object.kind === kind && object.metadata.name === name && within(namespace, object),
    ),
  list: (kind: string, namespace?: string) =>
    objects.filter((object) => object.kind === kind && within(namespace, object)),
};

/** As `kubectl describe KIND,KIND,... -A` prints them. */
export function describedAll(minor: number, nowSeconds: number): string {
  const context = { lookup, nowSeconds, minor, showEvents: true };
  const texts = resources.flatMap((resource) =>
    objects
      .filter((object) => rowOf(object).resource === resource)
      .map((object) => describeObject(object, context)),
  );
  return texts.join('\n\n');
}
