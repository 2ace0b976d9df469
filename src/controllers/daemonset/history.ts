// A DaemonSet's revisions: which is the present one, its hash, and which old ones go. Two revisions of one template,
// which upstream merges, cannot come about here. Modelled after constructHistory in pkg/controller/daemon/update.go.
import { ApiError } from '../../api/error.ts';
import {
  type Client,
  type ControllerRevision,
  type DaemonSet,
  keyOf,
  type Pod,
} from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { templateHash } from '../deployment/template-hash.ts';
import { controllerRef } from '../pods.ts';
import { adoptRevisions, listRevisions, nextRevision, renumber } from '../revisions/history.ts';
import { goJson, templatePatch } from '../revisions/template-patch.ts';
import { revisionLabel } from './template.ts';

/** The hash of the present template, after storing its revision; undefined: that was refused, or its name was taken and
 * the next sync tries another. */
export function presentHash(set: DaemonSet, context: ControllerContext): string | undefined {
  adoptRevisions(set, context);
  const text = goJson(templatePatch(set.spec.template, context.minor));
  const all = listRevisions(set, context);
  const present = all.filter((one) => goJson(one.data) === text).at(-1);
  const number = nextRevision(all.filter((one) => one !== present));
  if (present === undefined) return snapshot(set, number, context);
  if (present.revision < number) renumber(present, number, context);
  return present.metadata.labels?.[revisionLabel];
}

function snapshot(
  set: DaemonSet,
  revision: number,
  { client, minor }: ControllerContext,
): string | undefined {
  const { template } = set.spec;
  const { name, namespace = 'default', annotations } = set.metadata;
  const { collisionCount } = set.status ?? {};
  const hash = templateHash(template, minor, collisionCount);
  const made: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...template.metadata?.labels, [revisionLabel]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRef(set)],
    },
    data: templatePatch(template, minor),
    revision,
  };
  const taken = client.get('ControllerRevision', keyOf(made));
  if (taken === undefined) return isStored(made, client) ? hash : undefined;
  if (goJson(taken.data) !== goJson(made.data)) {
    const status = { ...zero, ...set.status, collisionCount: (collisionCount ?? 0) + 1 };
    client.updateStatus({ ...set, status });
    return undefined;
  }
  return hash;
}

/** False: the API server refused it, for example because the name is too long. */
function isStored(made: ControllerRevision, client: Client): boolean {
  try {
    client.create(made);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return false;
  }
}

const zero = {
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
};

/** Deletes old revisions that no Pod is of, beyond the limit. */
export function cleanUp(set: DaemonSet, pods: readonly Pod[], context: ControllerContext): void {
  const text = goJson(templatePatch(set.spec.template, context.minor));
  const old = listRevisions(set, context).filter((one) => goJson(one.data) !== text);
  const live = new Set(pods.map((pod) => pod.metadata.labels?.[revisionLabel]));
  const unused = old.filter((one) => !live.has(one.metadata.labels?.[revisionLabel]));
  const surplus = Math.max(0, old.length - (set.spec.revisionHistoryLimit ?? 10));
  for (const one of unused.slice(0, surplus)) {
    context.client.delete('ControllerRevision', keyOf(one));
  }
}
