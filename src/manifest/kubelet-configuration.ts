// KubeletConfiguration (kubelet.config.k8s.io/v1beta1) as users have it, for what it says about names: the DNS servers and
// the domain that the kubelets write into the Pods' resolv.conf, and whether they read the node's (which file that is stands
// in the Cluster document). The rest of it changes nothing here, and that is said.
// Models staging/src/k8s.io/kubelet/config/v1beta1/types.go.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Manifest } from '../api/manifest.ts';
import { parseAddr } from '../net/addr.ts';
import { fieldReader, text } from './field-reader.ts';

export const kubeletApiVersion = 'kubelet.config.k8s.io/v1beta1';
export const kubeletKind = 'KubeletConfiguration';

const read = ['apiVersion', 'kind', 'metadata', 'clusterDNS', 'clusterDomain', 'resolvConf'];

/** What the kubelets are told; nothing without a document. Throws InputError at the first mistake. */
export function readKubeletConfiguration(
  manifest: Manifest | null,
): Pick<ClusterSpec, 'clusterDNS' | 'clusterDomain' | 'withoutResolvConf'> {
  if (manifest === null) return {};
  const { object } = manifest;
  const reader = fieldReader(manifest);
  if (object.apiVersion !== kubeletApiVersion) {
    const message = `kind ${kubeletKind} has no version "${object.apiVersion}"`;
    reader.fail('unknown-kind', 'apiVersion', message, `apiVersion: ${kubeletApiVersion}`);
  }
  const clusterDomain = text(object['clusterDomain']);
  const servers = object['clusterDNS'] ?? null;
  return {
    ...(clusterDomain === null ? {} : { clusterDomain: clusterDomain.replace(/\.$/, '') }),
    ...(servers === null ? {} : { clusterDNS: addressesOf(servers, reader) }),
    ...(object['resolvConf'] === '' ? { withoutResolvConf: true } : {}),
  };
}

function addressesOf(servers: unknown, reader: ReturnType<typeof fieldReader>) {
  if (!Array.isArray(servers)) {
    return reader.fail('wrong-type', 'clusterDNS', 'clusterDNS: wanted a list of addresses');
  }
  return servers.map((server: unknown, i) => {
    const addr = parseAddr(text(server) ?? '');
    if (addr !== undefined) return addr;
    const path = `clusterDNS[${i}]`;
    return reader.fail('invalid-value', path, `${path}: "${String(server)}" is no IP address`);
  });
}

/** A line for standard error that names the fields nothing here reads; null: there are none. */
export function unreadFields({ object, source }: Manifest): string | null {
  const unread = Object.keys(object).filter((key) => !read.includes(key));
  if (unread.length === 0) return null;
  const at = source.at('');
  const where = at === null ? '' : `${at.file}:${at.line}: `;
  return `${where}${kubeletKind}: only clusterDNS, clusterDomain and resolvConf are read, not ${unread.join(', ')}`;
}
