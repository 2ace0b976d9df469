// What the kubelets remember between syncs: the containers that run, as immutable values in forkable tables.
// One state for all nodes; the API server's store holds everything else.
import type { Forkable } from '../sim/component.ts';
import { Table } from '../sim/table.ts';
import type { ContainerStart, Environment } from './runtime.ts';

export interface Ended {
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly containerID: string;
}

export type ContainerState =
  | {
      readonly kind: 'waiting';
      readonly reason: string;
      readonly message: string;
      readonly untilMs: number;
    }
  | { readonly kind: 'running'; readonly sinceMs: number; readonly since: string }
  | { readonly kind: 'terminated'; readonly ended: Ended };

/** One probe's run of equal outcomes. */
export interface ProbeRun {
  readonly successes: number;
  readonly failures: number;
  readonly nextAtMs: number;
}

export interface ContainerRun {
  readonly name: string;
  readonly role: 'init' | 'sidecar' | 'main';
  readonly state: ContainerState;
  readonly last: Ended | null;
  readonly restarts: number;
  /** Next back-off delay; 0 before the first failure. */
  readonly backoffMs: number;
  readonly lastFailureMs: number;
  /** "containerd://..." of the instance that started last; "" before the first start. */
  readonly id: string;
  /** What that instance has printed, and the one before it (null: there was none). */
  readonly log: string;
  readonly lastLog: string | null;
  readonly environment: Environment | null;
  readonly start: ContainerStart | null;
  readonly ready: boolean;
  readonly started: boolean;
  /** When its startup probe succeeded; null: it has none, or has not yet. */
  readonly startedMs: number | null;
  /** How it comes to its end after a probe that failed for good; null: nothing has failed. */
  readonly stopping: Stop | null;
  readonly probes: Readonly<Record<string, ProbeRun>>;
}

export interface PodRun {
  readonly uid: string;
  readonly node: string;
  readonly podIPs: readonly string[];
  readonly startTime: string;
  readonly sinceMs: number;
  readonly containers: readonly ContainerRun[];
  /** When its volumes and its network were last tried, -1: never; absent: it has them. */
  readonly triedMs?: number;
  /** Set by a step: readiness answers this whatever the probe says. */
  readonly forced: boolean | null;
  /** Its activeDeadlineSeconds have passed. */
  readonly isExpired: boolean;
  /** Null: the pod is not being deleted. */
  readonly ending: Ending | null;
}

/** The end of one container. */
export interface Stop {
  /** When it gets SIGTERM, and when it is gone. */
  readonly termAtMs: number;
  readonly atMs: number;
  readonly exitCode: number;
}

/** How a pod that is being deleted comes to its end. */
export interface Ending {
  /** The grace period that the times below follow from. */
  readonly graceSeconds: number;
  /** Of each container that still ran. */
  readonly stops: readonly (Stop & { readonly name: string })[];
  /** Containers that have got SIGTERM. */
  readonly told: readonly string[];
  /** Containers whose sockets are closed; the status shows them when all have ended. */
  readonly stopped: readonly string[];
  /** The last status is written: the object can go. */
  readonly reported: boolean;
}

export class KubeletState implements Forkable {
  pods: Table<PodRun> = new Table<PodRun>();
  /** Nodes whose kubelet does not run, and since when. */
  stopped: Table<number> = new Table<number>();
  /** "ns" -> keys of pods whose listeners follow from Services. */
  assuming: Table<readonly string[]> = new Table<readonly string[]>();

  /** "ns" -> keys of pods that a missing ConfigMap or Secret has held back. */
  starving: Table<readonly string[]> = new Table<readonly string[]>();

  /** Container ID -> what its program has printed since its start. */
  printed: Table<string> = new Table<string>();

  fork(): this {
    const copy = new KubeletState();
    copy.printed = this.printed.fork();
    copy.pods = this.pods.fork();
    copy.stopped = this.stopped.fork();
    copy.assuming = this.assuming.fork();
    copy.starving = this.starving.fork();
    return copy as this;
  }
}

/** containerLogMaxSize: at 10 MiB a log is put aside, and `kubectl logs` reads on from there. */
const logMax = 10 * 1024 * 1024;

/** A running container's program prints a line, given without its end. */
export function print(state: KubeletState, container: ContainerRun, line: string): void {
  const before = state.printed.get(container.id) ?? '';
  const kept = before.length >= logMax ? '' : before;
  state.printed.set(container.id, `${kept}${line}\n`);
}

/** All that the container's last instance has printed. */
export function logOf(state: KubeletState, { id, log }: ContainerRun): string {
  const printed = state.printed.get(id);
  return printed === undefined ? log : `${log}${printed}`;
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

/** Adds a pod's key to the list of its namespace. */
export function remember(table: Table<readonly string[]>, key: string): void {
  const keys = table.get(namespaceOf(key)) ?? [];
  if (!keys.includes(key)) table.set(namespaceOf(key), [...keys, key]);
}

export function forget(table: Table<readonly string[]>, key: string): void {
  const keys = table.get(namespaceOf(key));
  if (keys?.includes(key) !== true) return;
  table.set(
    namespaceOf(key),
    keys.filter((one) => one !== key),
  );
}
