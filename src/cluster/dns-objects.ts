// The cluster's DNS as it is before anything runs: kubeadm's kube-dns or CoreDNS, and over it what the manifests say of
// these objects, so that no Pod starts that they do not want. Not what the processes do.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { ApiError } from '../api/error.ts';
import type { Manifest } from '../api/manifest.ts';
import { clusterDnsAddress, dnsObjects } from '../dns/kubeadm/coredns.ts';
import {
  kubeDnsDeployment,
  kubeDnsService,
  kubeDnsServiceAccount,
  kubeDnsUntil,
} from '../dns/kubeadm/kube-dns.ts';
import { formatAddr } from '../net/addr.ts';
import type { State } from './state.ts';

/** Those of the manifests that are in force from the first start: of kubeadm's Service, ConfigMap and Deployment, and
 * what a Deployment's Pods may need to start. */
export function dnsAmong(
  manifests: readonly Manifest[],
  { minor }: ClusterSpec,
): readonly Manifest[] {
  const name = minor <= kubeDnsUntil ? 'kube-dns' : 'coredns';
  const names: Readonly<Record<string, string>> = {
    ConfigMap: name,
    Deployment: name,
    Service: 'kube-dns',
  };
  const own = manifests.filter(({ object }) => object.metadata.namespace === 'kube-system');
  const isOwn = ({ object }: Manifest) => names[object.kind] === object.metadata.name;
  const hasPods = own.some((one) => one.object.kind === 'Deployment' && isOwn(one));
  const isNeeded = ({ object }: Manifest) => hasPods && neededByPods.has(object.kind);
  return own.filter((one) => isOwn(one) || isNeeded(one));
}

const neededByPods: ReadonlySet<string> = new Set(['ConfigMap', 'Secret', 'ServiceAccount']);

/** kubeadm's objects, and over them those of `dnsAmong`. */
export function addDns(state: State, among: readonly Manifest[]): void {
  const { spec } = state.parts;
  if (spec.minor <= kubeDnsUntil) {
    state.client.create(kubeDnsServiceAccount);
    state.client.create(kubeDnsDeployment(spec.minor, spec.dnsDomain));
    state.client.create(kubeDnsService(formatAddr(clusterDnsAddress(spec.serviceSubnet))));
  } else {
    const objects = dnsObjects(spec.minor, spec.serviceSubnet, spec.dnsDomain);
    state.client.create(objects.serviceAccount);
    state.client.create(objects.configMap);
    state.client.create(objects.deployment);
    state.client.create(objects.service);
  }
  for (const manifest of among) applyEarly(state, manifest);
}

/** As written, so that mistakes are told where they stand; a refusal comes with the whole batch. */
function applyEarly({ parts: { api } }: State, manifest: Manifest): void {
  try {
    api.applyManifest(manifest);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  api.warnings();
}
