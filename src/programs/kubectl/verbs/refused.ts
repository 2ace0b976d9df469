// Verbs of kubectl that cannot be run here, each with what to do instead; `top` fails as where no metrics server is.
import { CommandError } from '../errors.ts';
import type { Verb } from '../verb.ts';

const instead: readonly (readonly [words: readonly string[], hint: string])[] = [
  [['edit'], 'use kubectl patch, set or apply'],
  [['port-forward'], 'connect to the Pod or Service itself'],
  [['proxy'], 'kubectl reads the API without it'],
  [['attach'], 'use kubectl logs or exec'],
  [['cp'], 'use a ConfigMap, or kubectl exec'],
  [['debug'], 'use kubectl exec in a Pod beside it'],
  [['auth', 'can-i'], 'nothing here is forbidden: there is one user'],
  [['auth', 'whoami'], 'there is one user'],
  [['auth', 'reconcile'], 'nothing here is forbidden: there is one user'],
  [['certificate', 'approve'], 'nothing here is authenticated'],
  [['certificate', 'deny'], 'nothing here is authenticated'],
  [['config', 'view'], 'there is one cluster and one user'],
  [['config', 'use-context'], 'there is one cluster and one user'],
  [['config', 'set-context'], 'write -n NAMESPACE with each command'],
  [['config', 'current-context'], 'there is one cluster and one user'],
  [['diff'], 'use kubectl apply --dry-run=server -o yaml'],
  [['kustomize'], 'use -f with what it builds'],
  [['plugin', 'list'], 'there are no plugins'],
  [['completion'], 'use the shell'],
  [['auth'], 'nothing here is forbidden: there is one user'],
  [['certificate'], 'nothing here is authenticated'],
  [['config'], 'there is one cluster and one user: no kubeconfig is read'],
  [['plugin'], 'there are no plugins'],
  [['options'], 'docs/commands.md lists what is modelled'],
  [['alpha'], 'use the commands that are no longer alpha'],
  [['cluster-info', 'dump'], 'use kubectl get -A -o yaml'],
  [['set', 'subject'], 'nothing here is forbidden: there is one user'],
];

const anyFlags = [
  { name: 'filename', short: 'f', type: 'strings' },
  { name: 'container', short: 'c', type: 'string' },
  { name: 'stdin', short: 'i', type: 'bool' },
  { name: 'tty', short: 't', type: 'bool' },
  { name: 'output', short: 'o', type: 'string' },
  { name: 'image', type: 'string' },
  { name: 'current', type: 'bool' },
  { name: 'address', type: 'string' },
  { name: 'port', short: 'p', type: 'string' },
  { name: 'all-namespaces', short: 'A', type: 'bool' },
  { name: 'selector', short: 'l', type: 'string' },
  { name: 'minify', type: 'bool' },
] as const;

const top: readonly Verb[] = ['node', 'nodes', 'pod', 'pods'].map((word) => ({
  words: ['top', word],
  flags: [...anyFlags, { name: 'containers', type: 'bool' }, { name: 'sort-by', type: 'string' }],
  run: () => {
    throw new CommandError('Metrics API not available');
  },
}));

export const refused: readonly Verb[] = [
  ...instead.map(
    ([words, hint]): Verb => ({
      words,
      flags: [],
      instead: hint,
      run: () => {},
    }),
  ),
  ...top,
];
