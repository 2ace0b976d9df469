// Manifests that `kubectl get -o yaml` wrote: what only an API server writes is left out, so that a dump of a cluster can
// be loaded. Only when a cluster is made; `kubectl apply` sends these fields, and so do steps that apply.
import type { AnyObject } from '../api/types.ts';
import type { ParsedDocument } from '../manifest/parse.ts';

const written = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
] as const;

export interface AsWritten {
  readonly document: ParsedDocument;
  /** Paths that were left out: "metadata.uid". */
  readonly dropped: readonly string[];
}

/** The document as a person would have written it. A Node's status is kept: its addresses stand there. */
export function asWritten(document: ParsedDocument): AsWritten {
  const { metadata, status, ...rest } = document.object;
  if (typeof metadata !== 'object' || metadata === null) return { document, dropped: [] };
  const all = metadata as unknown as Readonly<Record<string, unknown>>;
  const found = written.filter((field) => all[field] !== undefined && all[field] !== null);
  if (found.length === 0) return { document, dropped: [] };
  const isDump = found.some((field) => field === 'resourceVersion' || field === 'uid');
  const keepsStatus = status === undefined || !isDump || rest.kind === 'Node';
  const kept = Object.fromEntries(
    Object.entries(all).filter(([field]) => !found.some((one) => one === field)),
  );
  const object = {
    ...rest,
    metadata: kept,
    ...(keepsStatus && status !== undefined ? { status } : {}),
  } as unknown as AnyObject;
  const dropped = found.map((field) => `metadata.${field}`);
  return {
    document: { ...document, object },
    dropped: keepsStatus ? dropped : [...dropped, 'status'],
  };
}

/** One notice for all of them. */
export function dumpNotice(dumped: readonly AsWritten[]): readonly string[] {
  const [first] = dumped;
  if (first === undefined) return [];
  const at = first.document.source.at('');
  const paths = [...new Set(dumped.flatMap(({ dropped }) => dropped))].sort();
  const objects = dumped.length === 1 ? '1 object' : `${dumped.length} objects`;
  const where = at === null ? '' : `${at.file}:${at.line}: `;
  return [`${where}left out what an API server wrote, in ${objects}: ${paths.join(', ')}`];
}
