// The verbs of kubectl that can be run, one file each under verbs/. verb.ts tells how one is added.
import { generatorVerbs } from './create/generators.table.ts';
import type { Verb } from './verb.ts';
import { describe } from './verbs/describe.ts';
import { exec } from './verbs/exec.ts';
import { expose } from './verbs/expose.ts';
import { get } from './verbs/get.ts';
import { runPod } from './verbs/run.ts';

export const verbs: readonly Verb[] = [exec, get, ...generatorVerbs, describe, expose, runPod];
