// What kubectl needs of the world around it: the API server (`Requests`), files, the virtual clock, and the two ways
// into a Pod. Implemented by src/harness/kubectl.ts; kubectl itself knows neither files nor time nor a cluster.
import type { ApiError } from '../../api/error.ts';
import type { Source } from '../../api/manifest.ts';
import type { ObjectName, Requests } from '../../api/requests.ts';
import type { KindRow } from '../../api/scheme.ts';

/** One YAML or JSON document of a file, as written: Lists are not taken apart. */
export interface Document {
  readonly value: unknown;
  readonly source: Source;
}

/** One file of -f. */
export interface LoadedFile {
  /** As kubectl prints it: the path, "STDIN" for "-". */
  readonly file: string;
  readonly documents: readonly Document[];
  /** What is wrong with the rest of it, in kubectl's words without "error: "; null when all was read. */
  readonly error: string | null;
}

export interface ExecOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface LogOptions {
  /** "": the only one. */
  readonly container: string;
  /** Of the instance before. */
  readonly previous: boolean;
}

export interface KubectlHost {
  readonly requests: Requests;
  /** Kinds of stored objects that no definition serves: given in files, without a CustomResourceDefinition. */
  undefinedKinds(): readonly KindRow[];
  /** Kubernetes minor of server and kubectl alike: 34 for "1.34". */
  readonly minor: number;
  /** Virtual milliseconds. */
  readonly nowMs: number;
  /** The files of a path of -f: a file, a directory (its *.json, *.yaml, *.yml), "-". Throws CommandError. */
  load(path: string, recursive: boolean): readonly LoadedFile[];
  /** The text of a file that is no manifest (--patch-file, jsonpath-file). Throws CommandError. */
  readText(path: string): string;
  /** The only value of a YAML or JSON text, as `--patch` takes it. Throws CommandError. */
  parse(text: string): unknown;
  /** schema/explain.json: what fields mean, for `kubectl explain` alone. */
  fieldDocs(): string;
  /** Runs the next thing that is due up to `untilMs`; false when there is none, the clock then stands at `untilMs`. */
  step(untilMs: number): boolean;
  exec(pod: ObjectName, container: string | undefined, argv: readonly string[]): ExecOutcome;
  /** The whole log. Throws ApiError as the API server and the kubelet refuse it. */
  logs(pod: ObjectName, options: LogOptions): string;
}

/** What a run of kubectl leaves behind. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** What the API server refused, when the command ended for that. */
  readonly refusals: readonly ApiError[];
}
