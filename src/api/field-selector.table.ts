// The fields that a field selector may name, by kind, and what an absent value counts as. All kinds not listed here
// have metadata.name and metadata.namespace alone. From pkg/apis/*/v1/conversion.go and the SelectableFields of
// pkg/registry/*/strategy.go, the same in Kubernetes 1.32 to 1.36.

export interface SelectableField {
  readonly field: string;
  /** Where the value stands; absent: at `field`. More than one: the first that is not empty. */
  readonly at?: readonly string[];
  /** Of a field that is absent; "" when not given. */
  readonly absent?: string;
}

const name: SelectableField = { field: 'metadata.name' };
const namespace: SelectableField = { field: 'metadata.namespace' };

const involved = [
  'kind',
  'namespace',
  'name',
  'uid',
  'apiVersion',
  'resourceVersion',
  'fieldPath',
] as const;

/** "Kind" of the core group, "Kind.group" of others. */
export const selectableFields: Readonly<Record<string, readonly SelectableField[]>> = {
  Pod: [
    name,
    namespace,
    { field: 'spec.nodeName' },
    { field: 'spec.restartPolicy' },
    { field: 'spec.schedulerName' },
    { field: 'spec.serviceAccountName' },
    { field: 'spec.hostNetwork', absent: 'false' },
    { field: 'status.phase' },
    { field: 'status.podIP' },
    // Accepted, but never filled in.
    { field: 'status.podIPs', at: [] },
    { field: 'status.nominatedNodeName' },
    { field: 'spec.host', at: ['spec.nodeName'] },
  ],
  Event: [
    ...involved.map((part) => ({ field: `involvedObject.${part}` })),
    { field: 'reason' },
    { field: 'reportingComponent' },
    { field: 'source', at: ['source.component', 'reportingComponent'] },
    { field: 'type' },
    namespace,
    name,
  ],
  'Event.events.k8s.io': [
    ...involved.map((part) => ({ field: `regarding.${part}` })),
    { field: 'reason' },
    { field: 'reportingController' },
    { field: 'type' },
    namespace,
    name,
  ],
  Node: [name, { field: 'spec.unschedulable', absent: 'false' }],
  Service: [namespace, name, { field: 'spec.clusterIP' }, { field: 'spec.type' }],
  Namespace: [{ field: 'status.phase' }, name],
  Secret: [{ field: 'type' }, namespace, name],
  ReplicationController: [name, namespace, { field: 'status.replicas', absent: '0' }],
  'Job.batch': [
    name,
    namespace,
    { field: 'status.successful', at: ['status.succeeded'], absent: '0' },
  ],
  'CertificateSigningRequest.certificates.k8s.io': [name, { field: 'spec.signerName' }],
};
