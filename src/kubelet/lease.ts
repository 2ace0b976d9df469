// A node's heartbeat: the Lease that its kubelet renews every ten seconds (pkg/kubelet/kubelet.go, component-helpers
// apimachinery/lease). Renewals are not written, they would be most of what a cluster does: whoever reads a Lease sees
// the renewal that is due by then.
import type { Lease, Node } from '../api/types.ts';
import { formatMicroTime, parseTime } from '../sim/time.ts';

export const leaseNamespace = 'kube-node-lease';
const durationSeconds = 40;
/** A quarter of the duration. */
const renewEveryMs = 10_000;

/** As the kubelet of `node` creates it. */
export function leaseOf(node: Node, nowMs: number): Lease {
  const { name, uid = '' } = node.metadata;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: leaseNamespace,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
    },
    spec: {
      holderIdentity: name,
      leaseDurationSeconds: durationSeconds,
      renewTime: formatMicroTime(nowMs),
    },
  };
}

/** As it reads after the renewals up to `untilMs`, the first of them ten seconds after its creation. */
export function renewed(lease: Lease, untilMs: number): Lease {
  const createdMs = parseTime(lease.metadata.creationTimestamp ?? '') ?? untilMs;
  const renewals = Math.floor(Math.max(untilMs - createdMs, 0) / renewEveryMs);
  const renewTime = formatMicroTime(createdMs + renewals * renewEveryMs);
  return { ...lease, spec: { ...lease.spec, renewTime } };
}
