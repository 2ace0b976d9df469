// The schemas of policy.networking.k8s.io: what the CustomResourceDefinitions of sigs.k8s.io/network-policy-api say of
// `spec`, experimental channel, v1alpha1 as of v0.1.7 and v1alpha2 after it. Messages are theirs.
import { parseCidr } from '../../net/cidr.ts';
import type { Schema, SchemaRule } from '../structural.ts';
import type { ClusterPolicy, ClusterRule } from './types.ts';

const text: Schema = { kind: 'string' };

const selector: Schema = {
  kind: 'object',
  fields: {
    matchExpressions: {
      kind: 'array',
      items: {
        kind: 'object',
        fields: { key: text, operator: text, values: { kind: 'array', items: text } },
        required: ['key', 'operator'],
      },
    },
    matchLabels: { kind: 'map' },
  },
};

/** `required`: of the two selectors of `pods`. */
function byPods(required: readonly string[]): Readonly<Record<string, Schema>> {
  const fields = { namespaceSelector: selector, podSelector: selector };
  return { namespaces: selector, pods: { kind: 'object', fields, required } };
}

const one = { kind: 'object', minProperties: 1, maxProperties: 1 } as const;

const isCIDR: SchemaRule = {
  message: 'Invalid CIDR format provided',
  holds: (value: string) => parseCidr(value) !== undefined,
};

const networks: Schema = {
  kind: 'array',
  items: { kind: 'string', maxLength: 43, rules: [isCIDR] },
  min: 1,
  max: 25,
  set: true,
};

const domainNames: Schema = {
  kind: 'array',
  items: {
    kind: 'string',
    pattern:
      '^(\\*\\.)?([a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.)+[a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.?$',
  },
  min: 1,
  max: 25,
  set: true,
};

const portNumber: Schema = { kind: 'integer', min: 1, max: 65_535 };

const adminPort: Schema = {
  kind: 'object',
  fields: {
    namedPort: text,
    portNumber: {
      kind: 'object',
      fields: { port: portNumber, protocol: text },
      required: ['port', 'protocol'],
    },
    portRange: {
      kind: 'object',
      fields: { end: portNumber, protocol: text, start: portNumber },
      required: ['end', 'start'],
    },
  },
  minProperties: 1,
  maxProperties: 1,
};

const range: Schema = {
  kind: 'object',
  fields: { end: portNumber, start: portNumber },
  required: ['end', 'start'],
  rules: [
    {
      message: 'Start port must be less than End port',
      holds: ({ start, end }: { start: number; end: number }) => start < end,
    },
  ],
};

const protocolMatch: Schema = {
  kind: 'object',
  fields: {
    destinationPort: {
      kind: 'object',
      fields: { number: portNumber, range },
      minProperties: 1,
      maxProperties: 1,
    },
  },
  minProperties: 1,
};

const protocol: Schema = {
  kind: 'object',
  fields: {
    destinationNamedPort: text,
    sctp: protocolMatch,
    tcp: protocolMatch,
    udp: protocolMatch,
  },
  minProperties: 1,
  maxProperties: 1,
};

/** Peers that are no Pods have no port names. `peers` are those that a definition names. */
function noNamedPorts(peers: readonly ('networks' | 'nodes' | 'domainNames')[]): SchemaRule {
  const list = peers.join('/');
  return {
    message: `${list} peer cannot be set with namedPorts since there are no namedPorts for ${list}`,
    holds: ({ to = [], ports = [], protocols = [] }: ClusterRule) =>
      !to.some((peer) => peers.some((name) => peer[name] !== undefined)) ||
      !(
        ports.some(({ namedPort }) => namedPort !== undefined) ||
        protocols.some(({ destinationNamedPort }) => destinationNamedPort !== undefined)
      ),
  };
}

interface Kind {
  readonly actions: readonly string[];
  readonly ports: 'ports' | 'protocols';
  /** Of every list of rules, peers and ports. */
  readonly max: number;
  readonly peers: readonly ('networks' | 'nodes' | 'domainNames')[];
  readonly pods: readonly string[];
}

function rules(kind: Kind, side: 'from' | 'to'): Schema {
  const { actions, ports, max, peers } = kind;
  const subjects = byPods(kind.pods);
  const fields =
    side === 'from' ? subjects : { domainNames, ...subjects, networks, nodes: selector };
  return {
    kind: 'array',
    max,
    items: {
      kind: 'object',
      fields: {
        action: { kind: 'string', enum: actions },
        [side]: {
          kind: 'array',
          items: { ...one, fields },
          min: 1,
          max,
        },
        name: { kind: 'string', maxLength: 100 },
        [ports]: { kind: 'array', items: ports === 'ports' ? adminPort : protocol, min: 1, max },
      },
      required: ['action', side],
      ...(side === 'to' ? { rules: [noNamedPorts(peers)] } : {}),
    },
  };
}

function schemaOf(
  kind: Kind,
  more: Readonly<Record<string, Schema>>,
  required: readonly string[],
): Schema {
  const egress = rules(kind, 'to');
  const ingress = rules(kind, 'from');
  const spec: Schema = {
    kind: 'object',
    fields: { egress, ingress, subject: { ...one, fields: byPods(kind.pods) }, ...more },
    required: [...required, 'subject'].sort(),
  };
  return { kind: 'object', fields: { spec }, required: ['spec'] };
}

const onlyDefault: SchemaRule = {
  message:
    'Only one baseline admin network policy with metadata.name="default" can be created in the cluster',
  holds: ({ metadata }: ClusterPolicy) => metadata.name === 'default',
};

const priority: Schema = { kind: 'integer', min: 0, max: 1000 };
const allPeers = ['networks', 'nodes', 'domainNames'] as const;
const v1alpha1 = {
  ports: 'ports',
  max: 100,
  pods: ['namespaceSelector', 'podSelector'],
} as const;

/** Kind -> the schema of its objects, metadata left out. */
export const policySchemas: Readonly<Record<string, Schema>> = {
  AdminNetworkPolicy: schemaOf(
    { ...v1alpha1, actions: ['Allow', 'Deny', 'Pass'], peers: allPeers },
    { priority },
    ['priority'],
  ),
  BaselineAdminNetworkPolicy: {
    ...schemaOf({ ...v1alpha1, actions: ['Allow', 'Deny'], peers: ['networks', 'nodes'] }, {}, []),
    rules: [onlyDefault],
  },
  ClusterNetworkPolicy: schemaOf(
    {
      actions: ['Accept', 'Deny', 'Pass'],
      ports: 'protocols',
      max: 25,
      peers: allPeers,
      pods: ['podSelector'],
    },
    { priority, tier: { kind: 'string', enum: ['Admin', 'Baseline'] } },
    ['priority', 'tier'],
  ),
};
