// What a scenario knows: its cluster, the last connections, look-up and print, and a refusal nobody has asserted yet.
// One harness call per step reads and writes it; it has no networking rules of its own. Cucumber makes one per scenario.
import { type IWorldOptions, World } from '@cucumber/cucumber';
import type { ApiError } from '../api/error.ts';
import { InputError, type Position } from '../api/input-error.ts';
import type { AnyObject } from '../api/types.ts';
import type { Attempt, Cluster, Resolution } from '../cluster/cluster.ts';
import type { Printed } from '../programs/kubectl/host.ts';
import type { Choices } from '../sim/choices.ts';
import type { Backend } from './backend.ts';
import { Settled } from './settled.ts';
import { Timeline } from './timeline.ts';

/** What `svcspec run` hands to every scenario. */
export interface WorldParameters {
  readonly seed?: number;
  /** Modules with the user's own steps, as they were given with --import. */
  readonly imports?: readonly string[];
  /** Who makes the connections; absent: the simulation. */
  readonly backend?: Backend;
  /** Runs every cluster in this mode of kube-proxy; what asserts another one's text is skipped. */
  readonly proxyMode?: ProxyMode;
  /** Every scenario runs under so many schedules, or for so many milliseconds. */
  readonly explore?: number;
  readonly exploreForMs?: number;
  /** "SEED:late/kubelet hears of it#2=1": the one schedule to run under. */
  readonly schedule?: string;
}

/** Where a step stands, and what surrounds it. */
export interface Place {
  readonly step: Position;
  readonly docString: Position | null;
  readonly tableRows: readonly Position[];
  readonly underGiven: boolean;
  /** The scenario's steps after it, as they are written. */
  readonly upcoming: readonly string[];
}

/** A step as Cucumber called it. */
export interface TakenStep {
  readonly text: string;
  readonly place: Place;
  readonly call: (world: SvcWorld) => unknown;
}

export type ProxyMode = Cluster['proxyMode'];

interface Beginning {
  readonly key: readonly unknown[];
  readonly folder: string | null;
  readonly make: (mode: ProxyMode | undefined) => Cluster;
}

const settled = new Settled();

function nameOf({ metadata }: AnyObject): string {
  const { namespace, name } = metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export class SvcWorld extends World<WorldParameters> {
  /** Path of the feature file, line and name of the scenario. */
  feature: Position = { file: '', line: 1, column: 1 };
  /** Where the running step stands, the quotes above its Doc String, and the rows of its table, header first. */
  step: Position = this.feature;
  docString: Position | null = null;
  tableRows: readonly Position[] = [];
  /** A step under Given is running: its failure is a precondition that is not met. */
  underGiven = false;
  /** Folder of `the cluster "x"`. */
  folder: string | null = null;
  attempts: readonly Attempt[] = [];
  /** The cluster as it was when the last connections were made, for blame. */
  lookup: Resolution | null = null;
  printed: Printed | null = null;
  /** The same, while nothing else has happened. */
  justRan: Printed | null = null;
  /** The scenario's steps after the running one, as they are written. */
  upcoming: readonly string[] = [];
  refusal: ApiError | null = null;
  #cluster: Cluster | null = null;
  /** How the cluster was begun, until something happens to it. */
  #beginning: Beginning | null = null;
  /** The commands up to now, as the key of a settled state; null once something happened that is no set-up. */
  #key: string | null = null;
  /** The objects before each change up to now, and their kind. */
  readonly #past = new Map<readonly AnyObject[], string>();

  /** The steps up to now. */
  readonly taken: TakenStep[] = [];
  #running: { readonly text: string; readonly place: Place } | null = null;
  readonly timeline: Timeline | null;
  /** Of an explored schedule; null: the usual order. */
  readonly #choices: Choices | null;

  /** `choices`: those of a schedule that is explored. */
  constructor(options: IWorldOptions<WorldParameters>, choices: Choices | null = null) {
    super(options);
    const { schedule } = options.parameters;
    this.timeline = choices === null && schedule !== undefined ? new Timeline(schedule) : null;
    this.#choices = choices ?? this.timeline?.choices ?? null;
  }

  /** A step begins. */
  begins(text: string, place: Place): void {
    const { step, docString, tableRows, underGiven, upcoming } = place;
    Object.assign(this, { step, docString, tableRows, underGiven, upcoming });
    this.#running = { text, place };
    this.timeline?.begin(text);
  }

  /** Notes the running step, to be called again. */
  take(call: TakenStep['call']): void {
    if (this.#running !== null) this.taken.push({ ...this.#running, call });
    this.#running = null;
  }

  get seed(): number {
    return this.parameters.seed ?? 1;
  }

  get cluster(): Cluster {
    if (this.refusal !== null) {
      throw new Error(
        `the API server refused the last change, and no step expects it:\n${this.refusal.message}`,
      );
    }
    if (this.#cluster === null) {
      throw new InputError('usage', 'this scenario has no cluster yet', {
        position: this.step,
        hint: 'begin with: Given the cluster "FOLDER" (of manifests), or: Given a cluster:',
      });
    }
    return this.#cluster;
  }

  /** Begins with the cluster that `make` gives; the same key is settled once. */
  begin(
    key: readonly unknown[],
    folder: string | null,
    make: (mode: ProxyMode | undefined) => Cluster,
    mode = this.parameters.proxyMode,
  ): void {
    this.folder = folder;
    this.#key = JSON.stringify([this.seed, ...key, mode]);
    const cluster = settled.get(this.#key, true, () => make(mode));
    this.#cluster = this.#choices === null ? cluster : cluster.fork(this.#choices);
    this.#beginning = { key, folder, make };
  }

  /** Begins once more, with kube-proxy in another mode; false: something has happened since. */
  beginAgain(mode: ProxyMode): boolean {
    const { cluster } = this;
    if (this.#beginning === null) return false;
    const { key, folder, make } = this.#beginning;
    if (cluster.proxyMode !== mode) this.begin(key, folder, make, mode);
    return true;
  }

  /** Changes the cluster. Under Given the state is a set-up that other scenarios can share. */
  change(command: readonly unknown[], act: (cluster: Cluster) => void): void {
    const { cluster } = this;
    this.justRan = null;
    this.#beginning = null;
    for (const kind of cluster.objects.kinds()) {
      this.#past.set(cluster.objects.rawList(kind), kind);
    }
    const key = this.#key;
    if (!this.underGiven || key === null || this.#choices !== null) {
      this.#key = null;
      act(cluster);
      return;
    }
    this.#key = `${key}${JSON.stringify(command)}`;
    this.#cluster = settled.get(this.#key, false, () => {
      act(cluster);
      return cluster;
    });
  }

  /** Whether the object exists, or existed before one of this scenario's changes. */
  existed(kind: string, key: string): boolean {
    if (this.cluster.objects.raw(kind, key) !== undefined) return true;
    return [...this.#past].some(
      ([objects, other]) => other === kind && objects.some((object) => nameOf(object) === key),
    );
  }

  /** The cluster for an event that is no set-up (a connection, a look-up, a command): it leaves traces in the cluster
   * that the key does not tell, so what follows is never shared. */
  acting(): Cluster {
    const { cluster } = this;
    this.justRan = null;
    this.#beginning = null;
    this.#key = null;
    return cluster;
  }

  /** A copy on which a check may do what it likes. */
  scratch(): Cluster {
    return this.cluster.fork();
  }
}
