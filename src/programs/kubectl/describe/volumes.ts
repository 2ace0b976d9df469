// Volumes of Pods and pod templates as `kubectl describe` prints them: a table of source types with the fields each
// shows. Models describeVolumes and the print...VolumeSource functions of kubectl/pkg/describe/describe.go.
// Not here: claim templates of ephemeral volumes beyond their type line.
import type { ProjectedVolumeSource, Volume } from '../../../api/types.ts';
import { as, keysOf } from './fields.ts';
import type { DescribeWriter } from './writer.ts';

/** Label, field, and what stands there when the field is absent. */
type Shown = readonly [label: string, field: string, absent: string];

interface Source {
  readonly field: string;
  readonly type: string;
  readonly shown: readonly Shown[];
}

function source(field: string, type: string, ...shown: readonly Shown[]): Source {
  return { field, type, shown };
}

const fsType: Shown = ['FSType', 'fsType', ''];
const readOnly: Shown = ['ReadOnly', 'readOnly', 'false'];

/** In the order upstream looks for them. */
const sources: readonly Source[] = [
  source(
    'hostPath',
    'HostPath (bare host directory volume)',
    ['Path', 'path', ''],
    ['HostPathType', 'type', '<none>'],
  ),
  source(
    'emptyDir',
    "EmptyDir (a temporary directory that shares a pod's lifetime)",
    ['Medium', 'medium', ''],
    ['SizeLimit', 'sizeLimit', '<unset>'],
  ),
  source(
    'gcePersistentDisk',
    'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    ['PDName', 'pdName', ''],
    fsType,
    ['Partition', 'partition', '0'],
    readOnly,
  ),
  source(
    'awsElasticBlockStore',
    'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    ['VolumeID', 'volumeID', ''],
    fsType,
    ['Partition', 'partition', '0'],
    readOnly,
  ),
  source(
    'gitRepo',
    'GitRepo (a volume that is pulled from git when the pod is created)',
    ['Repository', 'repository', ''],
    ['Revision', 'revision', ''],
  ),
  source(
    'secret',
    'Secret (a volume populated by a Secret)',
    ['SecretName', 'secretName', ''],
    ['Optional', 'optional', 'false'],
  ),
  source(
    'configMap',
    'ConfigMap (a volume populated by a ConfigMap)',
    ['Name', 'name', ''],
    ['Optional', 'optional', 'false'],
  ),
  source(
    'nfs',
    'NFS (an NFS mount that lasts the lifetime of a pod)',
    ['Server', 'server', ''],
    ['Path', 'path', ''],
    readOnly,
  ),
  source(
    'glusterfs',
    "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    ['EndpointsName', 'endpoints', ''],
    ['Path', 'path', ''],
    readOnly,
  ),
  source(
    'persistentVolumeClaim',
    'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    ['ClaimName', 'claimName', ''],
    readOnly,
  ),
  source(
    'ephemeral',
    'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
  ),
  source('downwardAPI', 'DownwardAPI (a volume populated by information about the pod)'),
  source(
    'azureFile',
    'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    ['SecretName', 'secretName', ''],
    ['ShareName', 'shareName', ''],
    readOnly,
  ),
  source('projected', 'Projected (a volume that contains injected data from multiple sources)'),
  source(
    'csi',
    'CSI (a Container Storage Interface (CSI) volume source)',
    ['Driver', 'driver', ''],
    fsType,
    readOnly,
  ),
  source(
    'image',
    'Image (a container image or OCI artifact)',
    ['Reference', 'reference', ''],
    ['PullPolicy', 'pullPolicy', ''],
  ),
];

/** kubectl 1.33 printed the optionality of projected sources as a word instead of a pointer. */
const sinceOptional = 33;

export function volumeLines(
  w: DescribeWriter,
  volumes: readonly Volume[] | undefined,
  indent: string,
  minor: number,
): void {
  if (volumes === undefined || volumes.length === 0) {
    w.write(`${indent}Volumes:\t<none>\n`);
    return;
  }
  w.write(`${indent}Volumes:\n`);
  for (const volume of volumes) {
    w.line(1, `${indent === '' ? '' : ' '}${volume.name}:`);
    const record = as<Readonly<Record<string, unknown>>>(volume);
    const found = sources.find(({ field }) => record[field] !== undefined);
    if (found === undefined) w.line(1, '<unknown>');
    else sourceLines(w, found, volume, minor);
  }
}

function sourceLines(w: DescribeWriter, found: Source, volume: Volume, minor: number): void {
  const values =
    as<Readonly<Record<string, Readonly<Record<string, unknown>>>>>(volume)[found.field];
  w.line(2, 'Type:', found.type);
  for (const [label, field, absent] of found.shown) {
    w.line(2, `${label}:`, String(values?.[field] ?? absent));
  }
  if (volume.projected !== undefined) projectedLines(w, volume.projected, minor);
  if (volume.downwardAPI !== undefined) {
    w.line(2, 'Items:');
    for (const { fieldRef, resourceFieldRef, path } of volume.downwardAPI.items ?? []) {
      if (fieldRef !== undefined) w.line(3, `${fieldRef.fieldPath} -> ${path}`);
      if (resourceFieldRef !== undefined) w.line(3, `${resourceFieldRef.resource} -> ${path}`);
    }
  }
  if (volume.csi !== undefined) attributeLines(w, volume.csi.volumeAttributes);
}

function projectedLines(
  w: DescribeWriter,
  { sources: list = [] }: ProjectedVolumeSource,
  minor: number,
): void {
  const optional = (value: boolean | undefined): string =>
    minor >= sinceOptional ? String(value ?? false) : String(value ?? '<nil>');
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of list) {
    if (secret !== undefined) {
      w.line(2, 'SecretName:', secret.name ?? '');
      const label = minor >= sinceOptional ? 'Optional:' : 'SecretOptionalName:';
      w.line(2, label, optional(secret.optional));
    } else if (downwardAPI !== undefined) {
      w.line(2, 'DownwardAPI:', 'true');
    } else if (configMap !== undefined) {
      w.line(2, 'ConfigMapName:', configMap.name ?? '');
      const label = minor >= sinceOptional ? 'Optional:' : 'ConfigMapOptional:';
      w.line(2, label, optional(configMap.optional));
    } else if (serviceAccountToken !== undefined) {
      w.line(2, 'TokenExpirationSeconds:', serviceAccountToken.expirationSeconds ?? 3600);
    }
  }
}

function attributeLines(
  w: DescribeWriter,
  attributes: Readonly<Record<string, string>> | undefined,
): void {
  const lines = keysOf(attributes).map((key) => `${key}=${attributes?.[key]}`);
  const shown = lines.length === 0 ? ['<none>'] : lines;
  shown.forEach((line, i) => {
    // Upstream indents each piece of the line.
    const value = attributes === undefined ? line : `    ${line}`;
    if (i === 0) w.line(2, 'VolumeAttributes:', value);
    else w.write(`        \t${value}\n`);
  });
}
