// Makes connections and reports them: one flow or a list, sampled or over every random branch. Flows of a list run in
// order on one cluster at one virtual instant plus 1 ms per attempt, so conntrack and affinity persist between them.
import { InputError } from '../api/input-error.ts';
import type { Attempt, Cluster, ConnectOptions } from '../cluster/cluster.ts';
import { type Proto, parseProto } from '../net/packet.ts';
import { enumerate } from '../sim/choices.ts';
import {
  attemptDocument,
  type FlowDocument,
  flowDocument,
  outcomeOf,
  type Possibility,
  sourceSeen,
} from './trace-document.ts';
import { failedStatus, wayOf } from './upstream.ts';

/** One line of a flows file. */
export interface Flow {
  readonly id: string;
  /** WHO: "pod/demo/client". */
  readonly from: string;
  /** WHERE: "web:80". */
  readonly to: string;
  readonly proto: Proto;
  readonly count: number;
  readonly sourcePort: number | null;
}

const flowFields = ['id', 'from', 'to', 'protocol', 'count', 'sourcePort'];
export const countMax = 1_000_000;

/** A flows file's content (a list of objects) as flows; anything wrong is an InputError that names the entry. */
export function parseFlows(content: unknown, file: string): readonly Flow[] {
  if (!Array.isArray(content)) {
    throw flowsError(
      file,
      'must be a list of flows',
      'write "- { id: a, from: pod/demo/client, to: web:80 }"',
    );
  }
  const ids = new Set<string>();
  return content.map((entry: unknown, i) => {
    const flow = parseFlow(entry, i, file);
    if (ids.has(flow.id)) throw flowsError(file, `entry ${i + 1}: id "${flow.id}" is taken`, '');
    ids.add(flow.id);
    return flow;
  });
}

function parseFlow(entry: unknown, i: number, file: string): Flow {
  const at = `entry ${i + 1}`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw flowsError(file, `${at} is no object`, `fields: ${flowFields.join(', ')}`);
  }
  const fields = new Map<string, unknown>(Object.entries(entry));
  for (const key of fields.keys()) {
    if (!flowFields.includes(key)) {
      throw flowsError(file, `${at}: unknown field "${key}"`, `fields: ${flowFields.join(', ')}`);
    }
  }
  const text = (key: string, missing: string | null): string => {
    const value = fields.get(key) ?? missing;
    if (typeof value !== 'string' || value === '') {
      throw flowsError(file, `${at}: "${key}" must be a text`, '');
    }
    return value;
  };
  const whole = (key: string, missing: number | null, max: number): number | null => {
    const value = fields.get(key) ?? missing;
    if (value === null) return null;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) {
      throw flowsError(file, `${at}: "${key}" must be a whole number from 1 to ${max}`, '');
    }
    return value;
  };
  return {
    id: text('id', String(i + 1)),
    from: text('from', null),
    to: text('to', null),
    proto: protoOf(text('protocol', 'tcp')),
    count: whole('count', 1, countMax) ?? 1,
    sourcePort: whole('sourcePort', null, 65535),
  };
}

/** "tcp", "UDP", "sctp" as a protocol number; anything else is a usage error. */
export function protoOf(text: string): Proto {
  const proto = parseProto(text);
  if (proto === undefined) {
    throw new InputError('usage', `unknown protocol "${text}"`, { hint: 'tcp, udp or sctp' });
  }
  return proto;
}

function flowsError(file: string, message: string, hint: string): InputError {
  const position = { file, line: 1, column: 1 };
  return new InputError('flows-file', `flows file: ${message}`, { position, hint });
}

/** Connects `flow.count` times on this cluster, 1 ms of virtual time apart. */
export function connectFlow(cluster: Cluster, flow: Flow): readonly Attempt[] {
  const attempts: Attempt[] = [];
  for (let n = 1; n <= flow.count; n++) {
    const attempt = cluster.connect(flow.from, flow.to, optionsOf(flow));
    attempts.push({ ...attempt, n });
    cluster.advance(1);
  }
  return attempts;
}

function optionsOf(flow: Flow): ConnectOptions {
  return {
    proto: flow.proto,
    ...(flow.sourcePort === null ? {} : { sourcePort: flow.sourcePort }),
  };
}

/** Runs flows in order; `fresh` gives each its own fork, `exhaustive` adds everything that could have happened. */
export function runFlows(
  cluster: Cluster,
  flows: readonly Flow[],
  options: { readonly fresh?: boolean; readonly exhaustive?: boolean } = {},
): readonly FlowDocument[] {
  return flows.map((flow) => {
    const on = options.fresh === true ? cluster.fork() : cluster;
    const possible = options.exhaustive === true ? possibilities(on, flow) : undefined;
    const attempts = connectFlow(on, flow).map((attempt) => attemptDocument(on, attempt));
    return flowDocument(flow.id, attempts, possible);
  });
}

type Branching = Pick<Flow, 'from' | 'to' | 'proto'> & Partial<Pick<Flow, 'sourcePort'>>;

/** Every random branch of one connection, with its exact probability; each starts from a fork of `cluster`. */
export function branches(
  cluster: Cluster,
  { from, to, proto, sourcePort = null }: Branching,
): readonly { readonly attempt: Attempt; readonly probability: number }[] {
  const options = sourcePort === null ? { proto } : { proto, sourcePort };
  return enumerate((choices) => cluster.fork(choices).connect(from, to, options)).map(
    ({ value, probability }) => ({ attempt: value, probability }),
  );
}

/** Branches that look the same, summed: by backend, those behind it, outcome and source seen. */
export function possibilities(cluster: Cluster, flow: Branching): readonly Possibility[] {
  const found = new Map<string, Possibility>();
  for (const { attempt, probability } of branches(cluster, flow)) {
    const backend = attempt.dial?.backend ?? null;
    const outcome = outcomeOf(attempt);
    const source = sourceSeen(attempt);
    const [, ...upstreams] = wayOf(attempt);
    const status = failedStatus(attempt);
    const key = `${backend}|${outcome}|${source}|${upstreams.join(' ')}|${status}`;
    const sum = (found.get(key)?.probability ?? 0) + probability;
    found.set(key, {
      backend,
      outcome,
      probability: sum,
      sourceSeen: source,
      ...(upstreams.length === 0 ? {} : { upstreams }),
      ...(status === null ? {} : { status }),
    });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, possibility]) => possibility);
}
