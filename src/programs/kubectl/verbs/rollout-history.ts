// kubectl rollout history and undo. Models kubectl/pkg/cmd/rollout/rollout_{history,undo}.go and
// polymorphichelpers/{history,rollback}.go.

import { lastAppliedKey } from '../../../api/last-applied.ts';
import type { AnyObject } from '../../../api/types.ts';
import { sameValue, without } from '../../../api/values.ts';
import { type Info, visit } from '../builder.ts';
import { tabbed } from '../describe/writer.ts';
import { CommandError, throwAll } from '../errors.ts';
import { printerOf } from '../printer.ts';
import { causeOf, type Revision, revisionsOf, templateText, withHistory } from '../revisions.ts';
import { type Call, dryRunFlag, dryRunOf, dryRunSuffix, type Verb } from '../verb.ts';
import { nameOf } from '../writing.ts';
import { rolloutFlags, rolloutTargets } from './rollout.ts';

/** Kinds that kubectl's visitor of workloads knows; others give another error. */
const workloads = ['Job', 'Pod', 'ReplicaSet', 'ReplicationController', 'CronJob'];

function checkKind({ row: { kind, group } }: Info, viewer: string, retrieving: string): void {
  if (withHistory.includes(kind)) return;
  const name = group === '' ? kind : `${kind}.${group}`;
  if (workloads.includes(kind)) {
    throw new CommandError(`no ${viewer} has been implemented for "${name}"`);
  }
  throw new CommandError(
    `error retrieving ${retrieving} for "${name}", no visitor method exists for {${group} ${kind}}`,
  );
}

export const rolloutHistory: Verb = {
  words: ['rollout', 'history'],
  flags: [...rolloutFlags, { name: 'revision', type: 'int', initial: '0' }],
  run: history,
};

function history(call: Call): void {
  const { flags } = call;
  const result = rolloutTargets(call);
  const revision = flags.int('revision');
  if (revision < 0) throw new CommandError(`revision must be a positive integer: ${revision}`);
  const errors: Error[] = [];
  visit(result, errors, (info) => {
    checkKind(info, 'history viewer', 'history');
    const all = revisionsOf(call, info);
    if (flags.changed('output')) {
      const print = printerOf(call, '');
      const shown = revision > 0 ? [numbered(all, revision)] : all;
      for (const one of shown) print(objectOf(info, one));
      return;
    }
    const withRevision = revision > 0 ? `with revision #${revision}` : '';
    printerOf(call, `${withRevision}\n${historyText(call, all, revision)}`)(info.object);
  });
  throwAll(errors);
}

function numbered(all: readonly Revision[], number: number): Revision {
  const found = all.find((one) => one.number === number);
  if (found === undefined) throw new CommandError('unable to find the specified revision');
  return found;
}

/** A Deployment's ReplicaSet; of others the workload with the revision's template. */
function objectOf({ object }: Info, revision: Revision): AnyObject {
  if (object.kind === 'Deployment') return revision.object;
  const spec = object['spec'] as Readonly<Record<string, unknown>>;
  return { ...object, spec: { ...spec, template: revision.template } };
}

function historyText(call: Call, all: readonly Revision[], revision: number): string {
  if (all.length === 0) return 'No rollout history found.';
  if (revision > 0) return templateText(call, numbered(all, revision));
  const rows = all.map((one) => `${one.number}\t${causeOf(one) || '<none>'}\n`);
  return tabbed(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`);
}

export const rolloutUndo: Verb = {
  words: ['rollout', 'undo'],
  flags: [...rolloutFlags, dryRunFlag, { name: 'to-revision', type: 'int', initial: '0' }],
  run: undo,
};

function undo(call: Call): void {
  const dryRun = dryRunOf(call);
  const errors: Error[] = [];
  visit(rolloutTargets(call), errors, (info) => {
    checkKind(info, 'rollbacker', 'rollbacker');
    const result = rolledBack(call, info);
    printerOf(call, `${result}${dryRunSuffix(dryRun)}`)(info.object);
  });
  throwAll(errors);
}

/** What is printed behind the name. */
function rolledBack(call: Call, info: Info): string {
  const dryRun = dryRunOf(call);
  const wanted = call.flags.int('to-revision');
  const target = targetOf(info, revisionsOf(call, info), wanted);
  const isDeployment = info.row.kind === 'Deployment';
  if (dryRun === 'client') {
    const text = templateText(call, target);
    return isDeployment ? text : `will roll back to ${text}`;
  }
  const spec = info.object['spec'] as { readonly paused?: boolean; readonly template: unknown };
  if (isDeployment && spec.paused === true) {
    throw new CommandError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  }
  const template = withoutHash(target.template);
  if (sameValue(template, withoutHash(spec.template as Revision['template']))) {
    return `skipped rollback (current template already matches revision ${wanted})`;
  }
  const options = { dryRun: dryRun === 'server' };
  const { requests } = call.host;
  try {
    if (isDeployment) {
      const patch = [
        { op: 'replace', path: '/spec/template', value: template },
        { op: 'replace', path: '/metadata/annotations', value: annotationsOf(info, target) },
      ];
      requests.patch(info.row, nameOf(info), 'json', patch, options);
    } else {
      requests.patch(info.row, nameOf(info), 'strategic', target.object['data'], options);
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ApiError') throw error;
    throw new CommandError(`failed restoring revision ${wanted}: ${error.message}`);
  }
  call.warn();
  return 'rolled back';
}

function targetOf(info: Info, all: readonly Revision[], wanted: number): Revision {
  const isDeployment = info.row.kind === 'Deployment';
  if (wanted > 0) {
    const found = all.find(({ number }) => number === wanted);
    if (found !== undefined) return found;
  }
  if (wanted !== 0) {
    throw new CommandError(`unable to find specified revision ${wanted} in history`);
  }
  const previous = all.at(-2);
  if (previous !== undefined) return previous;
  throw new CommandError(
    isDeployment
      ? `no rollout history found for deployment "${info.name}"`
      : 'no last revision to roll back to',
  );
}

function withoutHash(template: Revision['template']): Revision['template'] {
  const { metadata } = template;
  if (metadata?.labels === undefined) return template;
  const labels = without(metadata.labels as Record<string, string>, 'pod-template-hash');
  return { ...template, metadata: { ...metadata, labels } };
}

/** These stay the Deployment's; all others come from the ReplicaSet. */
const kept = [
  lastAppliedKey,
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

function annotationsOf({ object }: Info, target: Revision): Readonly<Record<string, string>> {
  const own = Object.entries(object.metadata.annotations ?? {});
  const theirs = Object.entries(target.object.metadata.annotations ?? {});
  return Object.fromEntries([
    ...own.filter(([key]) => kept.includes(key)),
    ...theirs.filter(([key]) => !kept.includes(key)),
  ]);
}
