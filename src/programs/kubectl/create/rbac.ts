// `kubectl create role|clusterrole|rolebinding|clusterrolebinding`. The objects are stored; nothing here is ever forbidden.
// Models the files of the same names of kubectl/pkg/cmd/create. Not here: --aggregation-rule.
import { CommandError } from '../errors.ts';
import type { Flag } from '../flags.ts';
import { type Call, notModelled } from '../verb.ts';
import type { Generator, Given } from './generator.ts';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

const resourceVerbs: readonly string[] = [
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
];
const urlVerbs: readonly string[] = [
  '*',
  'get',
  'post',
  'put',
  'delete',
  'patch',
  'head',
  'options',
];

const roleFlags: readonly Flag[] = [
  { name: 'verb', type: 'strings' },
  { name: 'resource', type: 'strings' },
  { name: 'resource-name', type: 'array' },
];

interface Wanted {
  readonly resource: string;
  readonly group: string;
  readonly sub: string;
}

function verbsOf({ flags }: Call): readonly string[] {
  const verbs = [...new Set(flags.list('verb'))];
  if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
  return verbs.includes('*') ? ['*'] : verbs;
}

function wantedOf({ flags }: Call): readonly Wanted[] {
  const all = flags.list('resource').map((text): Wanted => {
    const [head = '', sub = ''] = text.split(/\/(.*)/s);
    const [resource = '', of = ''] = head.split(/\.(.*)/s);
    return { resource, group: of, sub };
  });
  const any = all.find((one) => one.resource === '*' && one.group === '' && one.sub === '');
  return any === undefined ? all : [any];
}

function checkResources(call: Call, verbs: readonly string[], wanted: readonly Wanted[]): void {
  for (const verb of verbs.filter((one) => !resourceVerbs.includes(one))) {
    call.err(`Warning: '${verb}' is not a standard resource verb\n`);
  }
  for (const one of wanted) {
    if (one.resource === '') {
      throw new CommandError('resource must be specified if apiGroup/subresource specified');
    }
    if (one.resource === '*') return;
    placed(call, one);
  }
}

/** The resource's full name and group; throws when the server has none such. */
function placed(call: Call, { resource, group: of, sub }: Wanted): readonly [string, string] {
  const below = sub === '' ? '' : `/${sub}`;
  if (resource === '*') return [`*${below}`, of];
  const row = call.names.find(of === '' ? resource : `${resource}.${of}`);
  if (row === undefined) {
    throw new CommandError(`the server doesn't have a resource type "${resource}"`);
  }
  return [`${row.resource}${below}`, row.group];
}

/** One rule a group, in order. */
function rulesOf(call: Call, verbs: readonly string[], wanted: readonly Wanted[]): object[] {
  const byGroup = new Map<string, string[]>();
  for (const one of wanted) {
    const [resource, of] = placed(call, one);
    const list = byGroup.get(of) ?? [];
    if (!list.includes(resource)) byGroup.set(of, [...list, resource]);
  }
  const names = [...new Set(call.flags.list('resource-name'))];
  return [...byGroup.keys()].sort().map((of) => ({
    apiGroups: [of],
    ...(names.length === 0 ? {} : { resourceNames: names }),
    resources: byGroup.get(of),
    verbs,
  }));
}

export const role: Generator = {
  words: ['role'],
  flags: roleFlags,
  make: ({ call, metadata }) => {
    const verbs = verbsOf(call);
    const wanted = wantedOf(call);
    if (wanted.length === 0) throw new CommandError('at least one resource must be specified');
    checkResources(call, verbs, wanted);
    return { apiVersion, kind: 'Role', metadata: metadata(), rules: rulesOf(call, verbs, wanted) };
  },
};

export const clusterRole: Generator = {
  words: ['clusterrole'],
  flags: [
    ...roleFlags,
    { name: 'non-resource-url', type: 'strings' },
    { name: 'aggregation-rule', type: 'string' },
  ],
  make: ({ call, metadata }) => {
    if (call.flags.changed('aggregation-rule'))
      throw notModelled(`${call.command} --aggregation-rule`);
    const verbs = verbsOf(call);
    const wanted = wantedOf(call);
    const urls = [...new Set(call.flags.list('non-resource-url'))];
    if (wanted.length === 0 && urls.length === 0) {
      throw new CommandError('one of resource or nonResourceURL must be specified');
    }
    if (wanted.length > 0) checkResources(call, verbs, wanted);
    if (urls.length > 0) checkUrls(verbs, urls);
    const rules = rulesOf(call, verbs, wanted);
    if (urls.length > 0) rules.push({ nonResourceURLs: urls, verbs });
    return { apiVersion, kind: 'ClusterRole', metadata: metadata(), rules };
  },
};

function checkUrls(verbs: readonly string[], urls: readonly string[]): void {
  const odd = verbs.find((verb) => !urlVerbs.includes(verb));
  if (odd !== undefined) throw new CommandError(`invalid verb: '${odd}' for nonResourceURL`);
  for (const url of urls.filter((one) => one !== '*')) {
    if (!url.startsWith('/')) throw new CommandError('nonResourceURL should start with /');
    if (url.slice(0, -1).includes('*')) {
      throw new CommandError(
        "nonResourceURL only supports wildcard matches when '*' is at the end",
      );
    }
  }
}

const subjectFlags: readonly Flag[] = [
  { name: 'user', type: 'array' },
  { name: 'group', type: 'array' },
  { name: 'serviceaccount', type: 'array' },
];

function binding({ call, metadata }: Given, kind: string, roleKind: string, name: string) {
  const { flags } = call;
  const subjects = [
    ...flags.list('user').map((user) => ({ apiGroup: group, kind: 'User', name: user })),
    ...flags.list('group').map((one) => ({ apiGroup: group, kind: 'Group', name: one })),
    ...flags.list('serviceaccount').map((text) => {
      const [namespace = '', account = '', ...more] = text.split(':');
      if (namespace === '' || account === '' || more.length > 0) {
        throw new CommandError('serviceaccount must be <namespace>:<name>');
      }
      return { kind: 'ServiceAccount', name: account, namespace };
    }),
  ];
  return {
    apiVersion,
    kind,
    metadata: metadata(),
    roleRef: { apiGroup: group, kind: roleKind, name },
    ...(subjects.length === 0 ? {} : { subjects }),
  };
}

export const roleBinding: Generator = {
  words: ['rolebinding'],
  flags: [
    { name: 'clusterrole', type: 'string' },
    { name: 'role', type: 'string' },
    ...subjectFlags,
  ],
  failure: 'failed to create rolebinding: ',
  make: (given) => {
    const { flags } = given.call;
    const [cluster, own] = [flags.text('clusterrole'), flags.text('role')];
    if ((cluster === '') === (own === '')) {
      throw new CommandError('exactly one of clusterrole or role must be specified');
    }
    return own === ''
      ? binding(given, 'RoleBinding', 'ClusterRole', cluster)
      : binding(given, 'RoleBinding', 'Role', own);
  },
};

export const clusterRoleBinding: Generator = {
  words: ['clusterrolebinding'],
  flags: [{ name: 'clusterrole', type: 'string' }, ...subjectFlags],
  required: ['clusterrole'],
  failure: 'failed to create clusterrolebinding: ',
  make: (given) =>
    binding(given, 'ClusterRoleBinding', 'ClusterRole', given.call.flags.text('clusterrole')),
};
