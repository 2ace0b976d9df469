// The commands of kubectl, in the order in which its help groups and its suggestions list them (kubectl/pkg/cmd/cmd.go).

export const commands: readonly string[] = [
  ...['create', 'expose', 'run', 'set'],
  ...['explain', 'get', 'edit', 'delete'],
  ...['rollout', 'scale', 'autoscale'],
  ...['certificate', 'cluster-info', 'top', 'cordon', 'uncordon', 'drain', 'taint'],
  ...[
    'describe',
    'logs',
    'attach',
    'exec',
    'port-forward',
    'proxy',
    'cp',
    'auth',
    'debug',
    'events',
  ],
  ...['diff', 'apply', 'patch', 'replace', 'wait', 'kustomize'],
  ...['label', 'annotate', 'completion'],
  ...['config', 'plugin', 'version', 'api-versions', 'api-resources', 'options'],
];

/** Other words under which users look for them, and since or until which minor version. */
export const suggestedFor: readonly {
  readonly name: string;
  readonly words: readonly string[];
  readonly since?: number;
  readonly until?: number;
}[] = [
  { name: 'get', words: ['list', 'ps'], until: 35 },
  { name: 'wait', words: ['list', 'ps'], until: 35 },
  { name: 'delete', words: ['rm'] },
  { name: 'delete', words: ['remove'], since: 36 },
  { name: 'describe', words: ['inspect'], since: 36 },
  { name: 'get', words: ['list', 'ls'], since: 36 },
  { name: 'top', words: ['stats'], since: 36 },
];
