// The kubectl verbs that steps can run: get and exec. Others belong to a later version and are refused by name.
import { InputError } from '../api/input-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectlGet, type Printed } from '../programs/kubectl/get.ts';

/** Runs `kubectl ARGS`. */
export function kubectl(cluster: Cluster, args: readonly string[]): Printed {
  const [verb = '', ...rest] = args;
  switch (verb) {
    case 'get':
      return get(cluster, rest);
    case 'exec':
      return exec(cluster, rest);
    default:
      throw new InputError('usage', `kubectl ${verb} belongs to a later version`, {
        hint: 'kubectl get and kubectl exec can be run; use the steps for apply, delete and scale',
      });
  }
}

const withValue = new Set(['-n', '--namespace', '-l', '--selector', '-o', '--output', '-c']);

/** Options by name and the other words. */
function split(args: readonly string[]): {
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
} {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    const [name = '', value] = word.startsWith('--') ? word.split(/=(.*)/s) : [word];
    if (!word.startsWith('-')) rest.push(word);
    else if (value !== undefined) options.set(name, value);
    else if (withValue.has(name)) options.set(name, args[++i] ?? '');
    else options.set(name, '');
  }
  return { options, rest };
}

function get(cluster: Cluster, args: readonly string[]): Printed {
  const { options, rest } = split(args);
  const [resources = '', ...names] = rest;
  const output = options.get('-o') ?? options.get('--output') ?? 'table';
  return kubectlGet(
    {
      nowMs: cluster.nowMs,
      raw: (kind, key) => cluster.objects.raw(kind, key),
      rawList: (kind, namespace) => cluster.objects.rawList(kind, namespace),
    },
    {
      resources,
      names,
      namespace: options.get('-n') ?? options.get('--namespace') ?? 'default',
      allNamespaces: options.has('-A') || options.has('--all-namespaces'),
      selector: options.get('-l') ?? options.get('--selector') ?? '',
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

function exec(cluster: Cluster, args: readonly string[]): Printed {
  const dashes = args.indexOf('--');
  const { options, rest } = split(dashes < 0 ? args : args.slice(0, dashes));
  const command = dashes < 0 ? rest.slice(1) : args.slice(dashes + 1);
  const namespace = options.get('-n') ?? options.get('--namespace') ?? 'default';
  return cluster.exec(`pod/${namespace}/${rest[0] ?? ''}`, command);
}
