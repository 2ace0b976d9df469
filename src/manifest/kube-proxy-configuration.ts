// KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1) as users have it: a document of its own, or `config.conf` in
// kubeadm's ConfigMap kube-system/kube-proxy. Types, durations and values are checked; the content is handed on as read,
// for src/proxy/config.ts to decode. What kube-proxy refuses stands in kube-proxy-checks.ts.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { checkAgainst } from '../api/decode.ts';
import { goDuration } from '../api/go-duration.ts';
import type { Manifest } from '../api/manifest.ts';
import type { Family } from '../net/addr.ts';
import { asInputError } from './check.ts';
import { kubeProxyFields } from './cluster-fields.table.ts';
import { type FieldReader, fieldReader, object, text, type Values } from './field-reader.ts';
import { refusedBy, wrongFamily } from './kube-proxy-checks.ts';

export const kubeProxyApiVersion = 'kubeproxy.config.k8s.io/v1alpha1';
export const kubeProxyKind = 'KubeProxyConfiguration';

type Read = Pick<ClusterSpec, 'kubeProxyConfiguration' | 'proxyMode'>;

/** The configuration and its mode for Kubernetes 1.`minor` on nodes of these families; null means kube-proxy's
 * defaults. Throws InputError at the first mistake. */
export function readKubeProxyConfiguration(
  manifest: Manifest | null,
  minor: number,
  families: readonly Family[],
): Read {
  if (manifest === null) return { kubeProxyConfiguration: null, proxyMode: 'iptables' };
  const reader = fieldReader(manifest);
  if (manifest.object.apiVersion !== kubeProxyApiVersion) {
    const message = `kind KubeProxyConfiguration has no version "${manifest.object.apiVersion}"`;
    reader.fail('unknown-kind', 'apiVersion', message, `apiVersion: ${kubeProxyApiVersion}`);
  }
  const fields = minor > 25 ? kubeProxyFields : withUserspaceFields;
  const [problem] = checkAgainst(fields, 'KubeProxyConfiguration', manifest.object);
  if (problem !== undefined) throw asInputError(problem, reader.source);
  checkDurations(reader, manifest.object);
  for (const { path, message, hint } of refusedBy(manifest.object, minor)) {
    return reader.fail('invalid-value', path, message, hint);
  }
  for (const { path, message } of wrongFamily(manifest.object, families)) {
    return reader.fail('invalid-value', path, message);
  }
  const mode = text(manifest.object['mode']) ?? '';
  return {
    kubeProxyConfiguration: manifest.object,
    proxyMode: (mode === '' ? 'iptables' : mode) as ClusterSpec['proxyMode'],
  };
}

/** Up to 1.25 userspace mode had a field of its own. */
const withUserspaceFields = {
  ...kubeProxyFields,
  KubeProxyConfiguration: {
    ...kubeProxyFields['KubeProxyConfiguration'],
    udpIdleTimeout: 'string',
  },
};

const durations: Readonly<Record<string, readonly string[]>> = {
  '': ['configSyncPeriod', 'udpIdleTimeout'],
  conntrack: ['tcpCloseWaitTimeout', 'tcpEstablishedTimeout', 'udpStreamTimeout', 'udpTimeout'],
  iptables: ['minSyncPeriod', 'syncPeriod'],
  ipvs: ['minSyncPeriod', 'syncPeriod', 'tcpFinTimeout', 'tcpTimeout', 'udpTimeout'],
  nftables: ['minSyncPeriod', 'syncPeriod'],
};

/** metav1.Duration: what time.ParseDuration refuses fails the decoding. */
function checkDurations(reader: FieldReader, configuration: Values): void {
  for (const [section, names] of Object.entries(durations)) {
    const values = section === '' ? configuration : object(configuration[section]);
    for (const name of names) {
      const written = text(values[name]);
      const error = written === null ? undefined : goDuration(written).error;
      if (error === undefined) continue;
      const path = section === '' ? name : `${section}.${name}`;
      reader.fail('invalid-value', path, `${path}: ${error}`, 'for example 250ms, 1.5s, 1m30s');
    }
  }
}
