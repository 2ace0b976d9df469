// Deletion as `delete` and `replace --force` do it: every object asked for, said, and waited for on the virtual clock.
// Models kubectl/pkg/cmd/delete/delete.go. Without --timeout kubectl waits a week: an hour here.
import type { DeleteRequest } from '../../api/requests.ts';
import { kubectlType } from '../../api/scheme.ts';
import { type Info, type Result, visit } from './builder.ts';
import { CommandError, fromFile, isNotFound, throwAll } from './errors.ts';
import type { Flag } from './flags.ts';
import { type Call, type DryRun, dryRunOf, dryRunSuffix } from './verb.ts';
import { nameOf } from './writing.ts';

const waitMsMax = 3_600_000;
/** kubectl 1.34 began to name the namespace. */
const namespaceSince = 34;

/** --force, --grace-period, --now, --cascade, --wait, --timeout. */
export function deletionFlags(wait: 'true' | 'false'): readonly Flag[] {
  return [
    { name: 'force', type: 'bool' },
    { name: 'grace-period', type: 'int', initial: '-1' },
    { name: 'cascade', type: 'string', initial: 'background', bare: 'background' },
    { name: 'wait', type: 'bool', initial: wait },
    { name: 'timeout', type: 'duration', initial: '0s' },
  ];
}

export interface Deletion {
  readonly dryRun: DryRun;
  readonly graceSeconds: number;
  readonly propagation: NonNullable<DeleteRequest['propagation']>;
  readonly ignoreNotFound: boolean;
  readonly waits: boolean;
  readonly timeoutMs: number;
  readonly warnClusterScope: boolean;
}

const cascades = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
} as const;

/** From the flags. `waits`: also where --wait is not given. */
export function deletionOf(call: Call, waits = false): Deletion {
  const { flags } = call;
  let graceSeconds = flags.int('grace-period');
  if (flags.bool('now')) {
    if (graceSeconds !== -1) {
      throw new CommandError('--now and --grace-period cannot be specified together');
    }
    graceSeconds = 1;
  }
  if (graceSeconds === 0 && !flags.bool('force')) graceSeconds = 1;
  const selects =
    flags.bool('all') || flags.text('selector') !== '' || flags.text('field-selector') !== '';
  return {
    dryRun: dryRunOf(call),
    graceSeconds,
    propagation: propagationOf(call),
    ignoreNotFound: flags.changed('ignore-not-found') ? flags.bool('ignore-not-found') : selects,
    waits: waits || flags.bool('wait'),
    timeoutMs: flags.duration('timeout'),
    warnClusterScope: call.explicitNamespace && !flags.bool('all-namespaces'),
  };
}

/** What `delete` alone makes of --force: `apply` and `replace` take the grace period as it is. */
export function forced({ flags, err }: Call, deletion: Deletion): Deletion {
  if (!flags.bool('force')) return deletion;
  const graceSeconds = Math.max(0, deletion.graceSeconds);
  if (graceSeconds > 0) {
    throw new CommandError(
      '--force and --grace-period greater than 0 cannot be specified together',
    );
  }
  if (graceSeconds === 0) {
    err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
  }
  return { ...deletion, graceSeconds };
}

function propagationOf({ flags, err }: Call): Deletion['propagation'] {
  const text = flags.text('cascade');
  if (text === 'background' || text === 'foreground' || text === 'orphan') return cascades[text];
  if (text === 'true' || text === 'false') {
    const instead = text === 'true' ? 'background' : 'orphan';
    err(
      `warning: --cascade=${text} is deprecated (boolean value) and can be replaced with --cascade=${instead}.\n`,
    );
    return cascades[instead];
  }
  throw new CommandError(
    `invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`,
  );
}

/** Deletes what the result stands for, and waits. */
export function deleteAll(call: Call, result: Result, deletion: Deletion): void {
  const deleted: { readonly info: Info; readonly uid: string | undefined }[] = [];
  const errors: Error[] = [];
  let warns = deletion.warnClusterScope;
  visit(result, errors, (info) => {
    if (warns && !info.row.namespaced) {
      warns = false;
      call.err(
        'Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n',
      );
    }
    deleted.push({ info, uid: remove(call, info, deletion) });
    said(call, info, deletion);
  });
  const kept = errors.filter((error) => !(deletion.ignoreNotFound && isNotFound(error)));
  throwAll(kept);
  if (deleted.length === 0 && errors.length === 0) call.out('No resources found\n');
  if (!deletion.waits || deletion.dryRun !== 'none') return;
  const waitErrors: Error[] = [];
  for (const { info, uid } of deleted) {
    const error = waitGone(call, info, uid, deletion.timeoutMs || waitMsMax);
    if (error !== null) waitErrors.push(error);
  }
  throwAll(waitErrors);
}

function remove(call: Call, info: Info, deletion: Deletion): string | undefined {
  const { dryRun, graceSeconds, propagation } = deletion;
  if (dryRun === 'client') return undefined;
  const gone = fromFile('deleting', info.file, () =>
    call.host.requests.delete(info.row, nameOf(info), {
      propagation,
      ...(graceSeconds >= 0 ? { gracePeriodSeconds: graceSeconds } : {}),
      dryRun: dryRun === 'server',
    }),
  );
  call.warn();
  return gone.metadata.uid;
}

function said(call: Call, { row, namespace, name }: Info, deletion: Deletion): void {
  const type = kubectlType(row);
  if (call.flags.text('output') === 'name') {
    call.out(`${type}/${name}\n`);
    return;
  }
  const done = deletion.graceSeconds === 0 ? 'force deleted' : 'deleted';
  const place =
    namespace !== undefined && call.host.minor >= namespaceSince
      ? ` from ${namespace} namespace`
      : '';
  call.out(`${type} "${name}" ${done}${place}${dryRunSuffix(deletion.dryRun)}\n`);
}

/** Lets time pass until the object is gone, or another one has its name; the error of a timeout. */
export function waitGone(
  call: Call,
  info: Info,
  uid: string | undefined,
  timeoutMs: number,
): CommandError | null {
  const untilMs = call.host.nowMs + timeoutMs;
  while (isThere(call, info, uid)) {
    if (!call.host.step(untilMs)) {
      return new CommandError(
        `timed out waiting for the condition on ${info.row.resource}/${info.name}`,
      );
    }
  }
  return null;
}

function isThere(call: Call, info: Info, uid: string | undefined): boolean {
  try {
    const found = call.host.requests.get(info.row, nameOf(info));
    return uid === undefined || found.metadata.uid === uid;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
