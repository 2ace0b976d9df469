// kubectl on a simulated cluster: what src/programs/kubectl asks of its host, answered by the cluster, the file system
// and the virtual clock. The step `I run "kubectl ..."` and `svcspec kubectl` are this.
import { readFileSync } from 'node:fs';
import { InputError } from '../api/input-error.ts';
import type { ObjectName } from '../api/requests.ts';
import { type KindRow, rowOf } from '../api/scheme.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type InputText, readInputFiles } from '../input/read.ts';
import { parseValues } from '../manifest/parse.ts';
import { CommandError } from '../programs/kubectl/errors.ts';
import type {
  ExecOutcome,
  KubectlHost,
  LoadedFile,
  LogOptions,
  Printed,
} from '../programs/kubectl/host.ts';
import { runKubectl } from '../programs/kubectl/kubectl.ts';

export interface KubectlFiles {
  /** Where a path that a command names stands; the path itself is printed. */
  readonly resolve?: (path: string) => string;
  /** What "-f -" reads. */
  readonly stdin?: string;
}

/** Runs `kubectl ARGS`; the cluster is not settled afterwards. Throws InputError for what is not modelled. */
export function kubectl(
  cluster: Cluster,
  args: readonly string[],
  files: KubectlFiles = {},
): Printed {
  return runKubectl(new ClusterHost(cluster, files), args);
}

class ClusterHost implements KubectlHost {
  readonly #cluster: Cluster;
  readonly #files: KubectlFiles;
  readonly requests;
  readonly minor: number;

  constructor(cluster: Cluster, files: KubectlFiles) {
    this.#cluster = cluster;
    this.#files = files;
    this.requests = cluster.requests;
    this.minor = Number(cluster.kubernetesVersion.split('.')[1]);
  }

  get nowMs(): number {
    return this.#cluster.nowMs;
  }

  undefinedKinds(): readonly KindRow[] {
    const { objects } = this.#cluster;
    const served = new Set(this.requests.resources().map(({ table }) => table));
    return objects.kinds().flatMap((table) => {
      if (served.has(table)) return [];
      const [first] = objects.rawList(table);
      return first === undefined ? [] : [rowOf(first)];
    });
  }

  load(path: string, recursive: boolean): readonly LoadedFile[] {
    return this.#texts(path, recursive).map(({ file, text }) => loaded(file, text));
  }

  readText(path: string): string {
    const [text] = this.#texts(path, false);
    return text?.text ?? '';
  }

  #texts(path: string, recursive: boolean): readonly InputText[] {
    if (path === '-') return [{ file: 'STDIN', text: this.#files.stdin ?? '' }];
    const place = this.#files.resolve?.(path) ?? path;
    try {
      return readInputFiles({ filenames: [place], recursive }).map(({ file, text }) => ({
        file: file.startsWith(place) ? `${path}${file.slice(place.length)}` : file,
        text,
      }));
    } catch (error) {
      throw error instanceof InputError ? unreadable(error, path) : error;
    }
  }

  parse(text: string): unknown {
    try {
      return parseValues(text, 'patch')[0]?.value ?? null;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const line = error.position === null ? '' : `line ${error.position.line}: `;
      throw new CommandError(
        `unable to parse ${JSON.stringify(text)}: yaml: ${line}${error.message}`,
      );
    }
  }

  fieldDocs(): string {
    return readFileSync(new URL('../../../schema/explain.json', import.meta.url), 'utf8');
  }

  step(untilMs: number): boolean {
    return this.#cluster.step(untilMs);
  }

  exec(pod: ObjectName, container: string | undefined, argv: readonly string[]): ExecOutcome {
    const who = `pod/${pod.namespace}/${pod.name}`;
    if (container !== undefined) this.#inFirst(pod, container);
    return this.#cluster.exec(who, argv);
  }

  /** Programs run in a Pod's first container: refuses the others. */
  #inFirst({ namespace, name }: ObjectName, container: string): void {
    const pod = this.#cluster.objects.get('Pod', `${namespace}/${name}`);
    const first = pod?.spec.containers[0]?.name;
    if (first === container) return;
    throw new InputError('usage', `kubectl exec -c ${container} cannot be run`, {
      hint: `programs run in a Pod's first container, here "${first ?? ''}"`,
    });
  }

  logs({ namespace, name }: ObjectName, { container, previous }: LogOptions): string {
    return this.#cluster.logs(`${namespace}/${name}`, container, previous);
  }
}

/** In the words of kubectl where it has some; what is too large or no text stays a mistake of the input. */
function unreadable(error: InputError, path: string): Error {
  if (error.code !== 'file-unreadable') return error;
  return error.message.includes('has no manifests')
    ? new CommandError(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`)
    : new CommandError(`the path "${path}" does not exist`);
}

function loaded(file: string, text: string): LoadedFile {
  try {
    return { file, documents: parseValues(text, file), error: null };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const line = error.position === null ? '' : `line ${error.position.line}: `;
    const why = `error converting YAML to JSON: yaml: ${line}${error.message}`;
    return { file, documents: [], error: `error parsing ${file}: ${why}` };
  }
}
