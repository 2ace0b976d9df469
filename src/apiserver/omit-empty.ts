// ObjectMeta as it comes back from the API: Go's types leave out empty lists and maps (omitempty), whoever wrote them.
import type { AnyObject } from '../api/types.ts';

const lists = ['finalizers', 'ownerReferences'] as const;
const maps = ['annotations', 'labels'] as const;

/** The object without empty lists and maps in its metadata; itself when there are none. */
export function omitEmpty(object: AnyObject): AnyObject {
  const { metadata } = object;
  const empty = [
    ...lists.filter((field) => metadata[field]?.length === 0),
    ...maps.filter((field) => metadata[field] !== undefined && isEmpty(metadata[field])),
  ];
  if (empty.length === 0) return object;
  const left = Object.entries(metadata).filter(([field]) => !(empty as string[]).includes(field));
  return { ...object, metadata: Object.fromEntries(left) as unknown as AnyObject['metadata'] };
}

function isEmpty(map: object): boolean {
  for (const _ in map) return false;
  return true;
}
