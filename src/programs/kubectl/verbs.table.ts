// The verbs of kubectl that can be run, one file each under verbs/. verb.ts tells how one is added.
import { generatorVerbs } from './create/generators.table.ts';
import type { Verb } from './verb.ts';
import { annotate } from './verbs/annotate.ts';
import { apply } from './verbs/apply.ts';
import { autoscale } from './verbs/autoscale.ts';
import { apiResources, apiVersions, clusterInfo, events, version } from './verbs/cluster-verbs.ts';
import { cordon, uncordon } from './verbs/cordon.ts';
import { create } from './verbs/create.ts';
import { deleteVerb } from './verbs/delete.ts';
import { describe } from './verbs/describe.ts';
import { drain } from './verbs/drain.ts';
import { exec } from './verbs/exec.ts';
import { explain } from './verbs/explain.ts';
import { expose } from './verbs/expose.ts';
import { get } from './verbs/get.ts';
import { label } from './verbs/label.ts';
import { logs } from './verbs/logs.ts';
import { patch } from './verbs/patch.ts';
import { refused } from './verbs/refused.ts';
import { replace } from './verbs/replace.ts';
import { rolloutChanges } from './verbs/rollout.ts';
import { rolloutHistory, rolloutUndo } from './verbs/rollout-history.ts';
import { rolloutStatus } from './verbs/rollout-status.ts';
import { runPod } from './verbs/run.ts';
import { scale } from './verbs/scale.ts';
import { setEnv } from './verbs/set-env.ts';
import { setImage, setResources, setSelector, setServiceAccount } from './verbs/set-pods.ts';
import { taint } from './verbs/taint.ts';
import { viewLastApplied } from './verbs/view-last-applied.ts';
import { wait } from './verbs/wait.ts';

export const verbs: readonly Verb[] = [
  annotate,
  apiResources,
  apiVersions,
  clusterInfo,
  events,
  version,
  ...refused,
  apply,
  create,
  deleteVerb,
  describe,
  explain,
  exec,
  expose,
  get,
  ...generatorVerbs,
  label,
  logs,
  patch,
  replace,
  ...rolloutChanges,
  rolloutHistory,
  rolloutStatus,
  rolloutUndo,
  runPod,
  scale,
  viewLastApplied,
  wait,
  autoscale,
  cordon,
  uncordon,
  drain,
  setEnv,
  setImage,
  setResources,
  setSelector,
  setServiceAccount,
  taint,
];
