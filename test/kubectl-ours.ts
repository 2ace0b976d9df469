// One command line of kubectl over the objects of data/describe.yaml, as svcspec runs it: reads only, and files of a folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Source } from '../src/api/manifest.ts';
import { scheme } from '../src/api/scheme.ts';
import type { AnyObject } from '../src/api/types.ts';
import { CommandError } from '../src/programs/kubectl/errors.ts';
import { fakeRequests, silentHost } from '../src/programs/kubectl/host.fixture.ts';
import type { KubectlHost, Printed } from '../src/programs/kubectl/host.ts';
import { runKubectl } from '../src/programs/kubectl/kubectl.ts';
import { clockStartSeconds } from '../src/sim/time.ts';
import { objects } from './describe-objects.ts';
import { fieldDocs } from './kubectl-openapi.ts';

/** A shell's words: blanks separate, quotes keep together. */
export function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

/** What a terminal shows of a command. */
export type Shown = Pick<Printed, 'stdout' | 'stderr' | 'exitCode'>;

export interface Place {
  readonly minor: number;
  readonly nowSeconds: number;
  readonly files: Readonly<Record<string, string>>;
}

export function ours(line: string, { minor, nowSeconds, files }: Place): Shown {
  const text = (path: string): string => {
    const found = files[path];
    if (found === undefined) throw new CommandError(`open ${path}: no such file or directory`);
    return found;
  };
  const fake = fakeRequests(objects, scheme);
  const onNode: typeof fake.list = (row, options = {}) => {
    const list = fake.list(row, options);
    const node = /^spec\.nodeName=(.*)$/.exec(options.fieldSelector ?? '')?.[1];
    const isThere = ({ spec }: AnyObject) => (spec as { nodeName?: string }).nodeName === node;
    return node === undefined ? list : { ...list, items: list.items.filter(isThere) };
  };
  const host: KubectlHost = {
    ...silentHost,
    minor,
    nowMs: (nowSeconds - clockStartSeconds) * 1000,
    requests: { ...fake, list: onNode },
    readText: text,
    fieldDocs: () => fieldDocs,
    load: (path) => {
      const source = { file: path } as unknown as Source;
      const documents = parseAllDocuments(text(path)).map((document) => ({
        value: document.toJS() as unknown,
        source,
      }));
      return [{ file: path, error: null, documents }];
    },
  };
  const { stdout, stderr, exitCode } = runKubectl(host, words(line));
  return { stdout, stderr, exitCode };
}

/** What kubectl 1.33 printed, by command line. */
export const goldenFile = join(
  import.meta.dirname,
  '..',
  '..',
  'test',
  'data',
  'kubectl-1.33.json',
);

export function golden(): Readonly<Record<string, Shown>> {
  return JSON.parse(readFileSync(goldenFile, 'utf8')) as Readonly<Record<string, Shown>>;
}
