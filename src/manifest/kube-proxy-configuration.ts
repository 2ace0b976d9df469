// KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1) as users have it: types and mode are checked, the content
// is handed on as read. Models: pkg/proxy/apis/config/validation/validation.go for the wording of refusals.

import type { ClusterSpec } from '../api/cluster-spec.ts';
import { checkAgainst } from '../api/decode.ts';
import type { Manifest } from '../api/manifest.ts';
import { asInputError } from './check.ts';
import { kubeProxyFields } from './cluster-fields.table.ts';
import { durationMs, type FieldReader, fieldReader, list, object, range } from './field-reader.ts';
import { modesOf, unknownMode } from './kube-proxy-mode.ts';

export const kubeProxyApiVersion = 'kubeproxy.config.k8s.io/v1alpha1';

type Read = Pick<ClusterSpec, 'kubeProxyConfiguration' | 'proxyMode'>;

const detectLocalModes = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'];

/** The configuration and its mode for Kubernetes 1.`minor`; null means kube-proxy's defaults. */
export function readKubeProxyConfiguration(manifest: Manifest | null, minor: number): Read {
  if (manifest === null) return { kubeProxyConfiguration: null, proxyMode: 'iptables' };
  const reader = fieldReader(manifest);
  if (manifest.object.apiVersion !== kubeProxyApiVersion) {
    const message = `kind KubeProxyConfiguration has no version "${manifest.object.apiVersion}"`;
    reader.fail('unknown-kind', 'apiVersion', message, `apiVersion: ${kubeProxyApiVersion}`);
  }
  const [problem] = checkAgainst(kubeProxyFields, 'KubeProxyConfiguration', manifest.object);
  if (problem !== undefined) throw asInputError(problem, reader.source);
  checkValues(reader, manifest.object);
  return {
    kubeProxyConfiguration: manifest.object,
    proxyMode: readMode(reader, manifest.object, minor),
  };
}

function readMode(
  reader: FieldReader,
  configuration: Manifest['object'],
  minor: number,
): ClusterSpec['proxyMode'] {
  const written = String(configuration['mode'] ?? '');
  if (written === '') return 'iptables';
  const known = modesOf(minor, object(configuration['featureGates']));
  const mode = known.find((name) => name === written);
  return mode ?? reader.fail('invalid-value', 'mode', unknownMode(written, known, minor));
}

function checkValues(reader: FieldReader, configuration: Readonly<Record<string, unknown>>): void {
  for (const [i, written] of String(configuration['clusterCIDR'] ?? '')
    .split(',')
    .entries()) {
    if (written !== '' || i > 0) range(reader, written, 'clusterCIDR');
  }
  for (const [i, written] of list(configuration['nodePortAddresses']).entries()) {
    if (written !== 'primary') range(reader, written, `nodePortAddresses[${i}]`);
  }
  const mode = String(configuration['detectLocalMode'] ?? '');
  if (mode !== '' && !detectLocalModes.includes(mode)) {
    const message = `KubeProxyConfiguration.DetectLocalMode: Invalid value: "${mode}": must be ${detectLocalModes.join(',')} or blank`;
    reader.fail('invalid-value', 'detectLocalMode', message);
  }
  const iptables = object(configuration['iptables']);
  const bit = Number(iptables['masqueradeBit'] ?? 14);
  if (bit < 0 || bit > 31) {
    const message = `KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: ${bit}: must be within the range [0, 31]`;
    reader.fail('invalid-value', 'iptables.masqueradeBit', message);
  }
  for (const field of ['syncPeriod', 'minSyncPeriod']) {
    durationMs(reader, iptables[field], `iptables.${field}`);
  }
}
