// The kubectl verbs that steps can run: get and exec. Others belong to a later version and are refused by name.
import { InputError } from '../api/input-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectlGet, type Printed } from '../programs/kubectl/get.ts';

/** Runs `kubectl ARGS`. */
export function kubectl(cluster: Cluster, args: readonly string[]): Printed {
  const at = verbAt(args);
  const verb = args[at] ?? '';
  const rest = [...args.slice(0, at), ...args.slice(at + 1)];
  switch (verb) {
    case 'get':
      return get(cluster, rest);
    case 'exec':
      return exec(cluster, rest);
    case '':
      throw new InputError('usage', 'kubectl needs a verb', { hint: 'get or exec' });
    default:
      throw new InputError('usage', `kubectl ${verb} belongs to a later version`, {
        hint: 'kubectl get and kubectl exec can be run; use the steps for apply, delete and scale',
      });
  }
}

/** The first word that is no option and no option's value: cobra takes options on both sides of the verb. */
function verbAt(args: readonly string[]): number {
  let at = 0;
  while (args[at]?.startsWith('-')) {
    const word = args[at] ?? '';
    const alone = Object.hasOwn(withValue, word) || Object.values(withValue).includes(word);
    at += alone ? 2 : 1;
  }
  return at;
}

/** Short options by the long names; these take a value. */
const withValue: Readonly<Record<string, string>> = {
  '-n': '--namespace',
  '-l': '--selector',
  '-o': '--output',
  '-c': '--container',
};
const flags: Readonly<Record<string, string>> = {
  '-A': '--all-namespaces',
  '-i': '--stdin',
  '-t': '--tty',
};
const known: Readonly<Record<string, readonly string[]>> = {
  get: ['--namespace', '--selector', '--output', '--all-namespaces', '--no-headers'],
  exec: ['--namespace', '--container', '--stdin', '--tty'],
};

interface Split {
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Options by their long names and the other words, as pflag reads them: -o wide, -owide, -o=wide, --output=wide, -it. */
function split(verb: string, args: readonly string[]): Split {
  const options = new Map<string, string>();
  const rest: string[] = [];
  const note = (name: string, value: string): void => {
    if (!known[verb]?.includes(name)) {
      throw new InputError('usage', `kubectl ${verb} ${name} cannot be run`, {
        hint: `options: ${known[verb]?.join(', ')}`,
      });
    }
    options.set(name, value);
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    const short = word.slice(0, 2);
    const long = withValue[short];
    const [name = '', value] = word.split(/=(.*)/s);
    if (word.startsWith('--')) {
      const taken = value ?? (Object.values(withValue).includes(name) ? args[++i] : undefined);
      note(name, taken ?? '');
    } else if (long !== undefined) {
      note(long, word.length > 2 ? word.slice(2).replace(/^=/, '') : (args[++i] ?? ''));
    } else if (word.startsWith('-')) {
      for (const letter of word.slice(1)) note(flags[`-${letter}`] ?? `-${letter}`, '');
    } else rest.push(word);
  }
  return { options, rest };
}

function get(cluster: Cluster, args: readonly string[]): Printed {
  const { options, rest } = split('get', args);
  const [resources = '', ...names] = rest;
  const output = options.get('--output') ?? 'table';
  return kubectlGet(
    {
      nowMs: cluster.nowMs,
      raw: (kind, key) => cluster.objects.raw(kind, key),
      rawList: (kind, namespace) => cluster.objects.rawList(kind, namespace),
      kinds: () => cluster.objects.kinds(),
    },
    {
      resources,
      names,
      namespace: options.get('--namespace') ?? 'default',
      allNamespaces: options.has('--all-namespaces'),
      selector: options.get('--selector') ?? '',
      output: outputOf(output),
      noHeaders: options.has('--no-headers'),
    },
  );
}

function outputOf(text: string): 'table' | 'wide' | 'yaml' | 'json' | 'name' {
  switch (text) {
    case 'table':
    case 'wide':
    case 'yaml':
    case 'json':
    case 'name':
      return text;
    default:
      throw new InputError('usage', `unknown output format "${text}"`, {
        hint: 'wide, yaml, json or name',
      });
  }
}

const machines: Readonly<Record<string, string>> = {
  po: 'pod',
  pod: 'pod',
  pods: 'pod',
  deploy: 'deploy',
  deployment: 'deploy',
  sts: 'sts',
  statefulset: 'sts',
  ds: 'ds',
  daemonset: 'ds',
};

function exec(cluster: Cluster, args: readonly string[]): Printed {
  const dashes = args.indexOf('--');
  const { options, rest } = split('exec', dashes < 0 ? args : args.slice(0, dashes));
  const command = dashes < 0 ? rest.slice(1) : args.slice(dashes + 1);
  const namespace = options.get('--namespace') ?? 'default';
  const [type = '', name] = (rest[0] ?? '').split('/');
  const machine = name === undefined ? 'pod' : machines[type.replace(/\..*$/, '')];
  if (machine === undefined) {
    throw new InputError('usage', `kubectl exec ${rest[0]} cannot be run`, {
      hint: 'write POD, pod/POD, deploy/NAME, sts/NAME or ds/NAME',
    });
  }
  const who = `${machine}/${namespace}/${name ?? type}`;
  const container = options.get('--container');
  if (container !== undefined) inFirst(cluster, who, container);
  return cluster.exec(who, command);
}

/** Programs run in a Pod's first container: refuses the others. */
function inFirst(cluster: Cluster, who: string, container: string): void {
  for (const machine of cluster.machinesOf(who)) {
    const pod = cluster.objects.get('Pod', machine.slice('pod/'.length));
    const first = pod?.spec.containers[0]?.name;
    if (first === container) continue;
    throw new InputError('usage', `kubectl exec -c ${container} cannot be run`, {
      hint: `programs run in a Pod's first container, here "${first ?? ''}"`,
    });
  }
}
