// Which Pods of a Node `kubectl drain` evicts, which it warns of, and which stop it. Models kubectl/pkg/drain/filters.go.
import type { Pod } from '../../../api/types.ts';
import { clockStartSeconds } from '../../../sim/time.ts';
import { unixSeconds } from '../age.ts';
import { Aggregate, CommandError, isNotFound } from '../errors.ts';
import type { Call } from '../verb.ts';

/** What one filter says of a Pod; null lets it pass to the next. */
type Verdict =
  | { readonly kind: 'skip' }
  | { readonly kind: 'warn'; readonly drain: boolean; readonly message: string }
  | { readonly kind: 'error'; readonly message: string }
  | null;

const mirror = 'kubernetes.io/config.mirror';

export interface Drained {
  readonly pods: readonly Pod[];
  readonly warnings: string;
}

/** Throws for Pods that options would have to allow. */
export function podsToDrain(call: Call, node: string): Drained {
  const row = call.names.row('pods');
  const labelSelector = call.flags.text('pod-selector');
  const list = call.host.requests.list(row, {
    fieldSelector: `spec.nodeName=${node}`,
    ...(labelSelector === '' ? {} : { labelSelector }),
  }).items as unknown as readonly Pod[];
  const pods: Pod[] = [];
  const warnings = new Map<string, string[]>();
  const failures = new Map<string, string[]>();
  for (const pod of list) {
    const verdict = judge(call, pod);
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (verdict === null || (verdict.kind === 'warn' && verdict.drain)) pods.push(pod);
    if (verdict?.kind === 'warn') push(warnings, verdict.message, name);
    if (verdict?.kind === 'error') push(failures, verdict.message, name);
  }
  const errors = [...failures].map(
    ([message, names]) => new CommandError(`cannot delete ${message}: ${names.join(', ')}`),
  );
  const [error] = errors;
  if (error !== undefined) throw errors.length === 1 ? error : new Aggregate(errors);
  const texts = [...warnings].map(([message, names]) => `${message}: ${names.join(', ')}`);
  return { pods, warnings: texts.join('; ') };
}

function push(lists: Map<string, string[]>, key: string, name: string): void {
  lists.set(key, [...(lists.get(key) ?? []), name]);
}

/** The last filter's warning stays; a Pod that is not drained goes no further. */
function judge(call: Call, pod: Pod): Verdict {
  let last: Verdict = null;
  for (const filter of [deleted, daemonSet, mirrored, localStorage, unreplicated]) {
    last = filter(call, pod);
    if (last !== null && !(last.kind === 'warn' && last.drain)) return last;
  }
  return last;
}

function isFinished({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function controllerOf({ metadata }: Pod) {
  return (metadata.ownerReferences ?? []).find((owner) => owner.controller === true);
}

function deleted({ flags, host }: Call, { metadata }: Pod): Verdict {
  const limit = flags.int('skip-wait-for-delete-timeout');
  const since = unixSeconds(metadata.deletionTimestamp ?? '');
  const isOld = limit > 0 && since !== undefined && nowSeconds(host.nowMs) - since > limit;
  return isOld ? { kind: 'skip' } : null;
}

function nowSeconds(nowMs: number): number {
  return clockStartSeconds + Math.floor(nowMs / 1000);
}

function daemonSet(call: Call, pod: Pod): Verdict {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'DaemonSet' || owner.apiVersion !== 'apps/v1' || isFinished(pod)) return null;
  const { namespace = '' } = pod.metadata;
  try {
    call.host.requests.get(call.names.row('daemonsets'), { namespace, name: owner.name });
  } catch (error) {
    if (!isNotFound(error) || !(error instanceof Error)) throw error;
    return call.flags.bool('force')
      ? { kind: 'warn', drain: true, message: error.message }
      : { kind: 'error', message: error.message };
  }
  return call.flags.bool('ignore-daemonsets')
    ? { kind: 'warn', drain: false, message: 'ignoring DaemonSet-managed Pods' }
    : { kind: 'error', message: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
}

function mirrored(_: Call, { metadata }: Pod): Verdict {
  return metadata.annotations?.[mirror] === undefined ? null : { kind: 'skip' };
}

function localStorage(call: Call, pod: Pod): Verdict {
  const has = (pod.spec.volumes ?? []).some(({ emptyDir }) => emptyDir !== undefined);
  if (!has || isFinished(pod)) return null;
  return call.flags.bool('delete-emptydir-data')
    ? { kind: 'warn', drain: true, message: 'deleting Pods with local storage' }
    : {
        kind: 'error',
        message: 'Pods with local storage (use --delete-emptydir-data to override)',
      };
}

/** kubectl 1.30 to 1.35 say "cannot delete" twice. */
function unmanagedText(minor: number): string {
  if (minor < 30) return 'Pods declare no controller (use --force to override)';
  const what = 'Pods that declare no controller (use --force to override)';
  return minor >= 36 ? what : `cannot delete ${what}`;
}

function unreplicated(call: Call, pod: Pod): Verdict {
  if (isFinished(pod) || controllerOf(pod) !== undefined) return null;
  if (call.flags.bool('force')) {
    return { kind: 'warn', drain: true, message: 'deleting Pods that declare no controller' };
  }
  return { kind: 'error', message: unmanagedText(call.host.minor) };
}
