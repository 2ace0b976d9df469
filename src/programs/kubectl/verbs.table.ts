// The verbs of kubectl that can be run, one file each under verbs/. verb.ts tells how one is added.
import type { Verb } from './verb.ts';
import { exec } from './verbs/exec.ts';
import { get } from './verbs/get.ts';

export const verbs: readonly Verb[] = [exec, get];
