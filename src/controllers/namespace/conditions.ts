// What a namespace that is being deleted says of what is left in it.
// Modelled after pkg/controller/namespace/deletion/status_condition_utils.go.
import { builtinRow, type KindRow } from '../../api/scheme.ts';
import type { AnyObject, NamespaceCondition } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';

/** Type, reason and message while all is well. */
const fine: readonly (readonly [type: string, reason: string, message: string])[] = [
  [
    'NamespaceDeletionDiscoveryFailure',
    'ResourcesDiscovered',
    'All resources successfully discovered',
  ],
  [
    'NamespaceDeletionGroupVersionParsingFailure',
    'ParsedGroupVersions',
    'All legacy kube types successfully parsed',
  ],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  [
    'NamespaceFinalizersRemaining',
    'ContentHasNoFinalizers',
    'All content-preserving finalizers finished',
  ],
];

/** The conditions, given what remains; the time changes with the status only. */
export function deletionConditions(
  before: readonly NamespaceCondition[] | undefined,
  remaining: readonly AnyObject[],
  now: string,
): readonly NamespaceCondition[] {
  const said = new Map(remarks(remaining));
  const own = fine.map(([type, reason, message]) => {
    const told = said.get(type);
    const status = told === undefined ? 'False' : 'True';
    const old = before?.find((one) => one.type === type);
    const since = old?.status === status ? (old.lastTransitionTime ?? now) : now;
    return { type, status, lastTransitionTime: since, ...(told ?? { reason, message }) };
  });
  return [...(before ?? []).filter((one) => !fine.some(([type]) => type === one.type)), ...own];
}

type Remark = readonly [type: string, said: { readonly reason: string; readonly message: string }];

function remarks(remaining: readonly AnyObject[]): readonly Remark[] {
  if (remaining.length === 0) return [];
  const resources = counted(remaining.map(resourceOf));
  const content = `Some resources are remaining: ${listed(resources, (name, n) => `${name} has ${n}`)}`;
  const made: Remark[] = [
    ['NamespaceContentRemaining', { reason: 'SomeResourcesRemain', message: content }],
  ];
  const finalizers = counted(remaining.flatMap((one) => one.metadata.finalizers ?? []));
  if (finalizers.size > 0) {
    const names = listed(finalizers, (name, n) => `${name} in ${n}`);
    const message = `Some content in the namespace has finalizers remaining: ${names}`;
    made.push(['NamespaceFinalizersRemaining', { reason: 'SomeFinalizersRemain', message }]);
  }
  return made;
}

/** "pods." for the core group, as upstream prints it. */
function resourceOf({ kind, apiVersion }: AnyObject): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const row: KindRow | undefined = builtinRow(kind, group);
  return `${row?.resource ?? `${kind.toLowerCase()}s`}.${group}`;
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function listed(
  counts: ReadonlyMap<string, number>,
  text: (name: string, count: number) => string,
): string {
  const parts = [...counts].map(([name, count]) => `${text(name, count)} resource instances`);
  return parts.sort(byCodeUnit).join(', ');
}
