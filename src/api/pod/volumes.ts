// Checks of volumes and of what mounts them (A11): names, one source each, the sources that need no storage, references.
// Models ValidateVolumes and ValidateVolumeMounts of pkg/apis/core/validation/validation.go. Sources that need storage
// outside of the cluster are not looked into.
import type { Cause } from '../error.ts';
import {
  duplicate,
  forbiddenField,
  goQuote,
  invalid,
  invalids,
  required,
} from '../field/errors.ts';
import { dns1123Label } from '../field/names.ts';
import type { KeyToPath, Volume, VolumeMount } from '../types.ts';
import { isUnset } from '../values.ts';

const MODE = 'must be a number between 0 and 0777 (octal), both inclusive';

/** Volume sources in the order in which upstream looks for them. */
const sources = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const;

function modeCauses(mode: number | undefined, at: string): Cause[] {
  return mode !== undefined && (mode < 0 || mode > 0o777) ? [invalid(at, mode, MODE)] : [];
}

/** A path below the volume: relative and without `..`. */
function belowCauses(path: string, at: string): Cause[] {
  const causes: Cause[] = [];
  if (path.startsWith('/')) causes.push(invalid(at, path, 'must be a relative path'));
  if (path.split('/').includes('..')) causes.push(invalid(at, path, "must not contain '..'"));
  return causes;
}

function itemCauses(items: readonly KeyToPath[] = [], at: string): Cause[] {
  return items.flatMap(({ key, path, mode }, i) => {
    const field = `${at}[${i}]`;
    const causes: Cause[] = [];
    if (isUnset(key)) causes.push(required(`${field}.key`));
    if (isUnset(path)) causes.push(required(`${field}.path`));
    const below = belowCauses(path ?? '', `${field}.path`);
    if ((path ?? '').startsWith('..') && !(path ?? '').startsWith('../')) {
      below.push(invalid(`${field}.path`, path, "must not start with '..'"));
    }
    return [...causes, ...below, ...modeCauses(mode, `${field}.mode`)];
  });
}

function sourceCauses(volume: Volume, source: (typeof sources)[number], at: string): Cause[] {
  const { hostPath, secret, configMap, persistentVolumeClaim } = volume;
  switch (source) {
    case 'hostPath': {
      const path = hostPath?.path ?? '';
      if (path === '') return [required(`${at}.path`)];
      const up = path.split('/').includes('..');
      return up ? [invalid(`${at}.path`, path, "must not contain '..'")] : [];
    }
    case 'secret':
      return [
        ...(isUnset(secret?.secretName) ? [required(`${at}.secretName`)] : []),
        ...modeCauses(secret?.defaultMode, `${at}.defaultMode`),
        ...itemCauses(secret?.items, `${at}.items`),
      ];
    case 'configMap':
      return [
        ...(isUnset(configMap?.name) ? [required(`${at}.name`)] : []),
        ...modeCauses(configMap?.defaultMode, `${at}.defaultMode`),
        ...itemCauses(configMap?.items, `${at}.items`),
      ];
    case 'persistentVolumeClaim':
      return isUnset(persistentVolumeClaim?.claimName) ? [required(`${at}.claimName`)] : [];
    default:
      return [];
  }
}

export function volumeCauses(
  volumes: readonly Volume[],
  at: string,
): { readonly causes: readonly Cause[]; readonly names: ReadonlySet<string> } {
  const causes: Cause[] = [];
  const names = new Set<string>();
  for (const [i, volume] of volumes.entries()) {
    const field = `${at}[${i}]`;
    const given = sources.filter((source) => volume[source] !== undefined);
    const own = given.flatMap((source, n) =>
      n === 0
        ? sourceCauses(volume, source, `${field}.${source}`)
        : [forbiddenField(`${field}.${source}`, 'may not specify more than 1 volume type')],
    );
    if (given.length === 0) own.push(required(field, 'must specify a volume type'));
    const { name } = volume;
    if (isUnset(name)) own.push(required(`${field}.name`));
    else own.push(...invalids(`${field}.name`, name, dns1123Label(name)));
    if (names.has(name)) own.push(duplicate(`${field}.name`, name));
    if (own.length === 0) names.add(name);
    causes.push(...own);
  }
  return { causes, names };
}

/** Upstream forgets the index of the mount in what it says of subPath. */
export function mountCauses(
  mounts: readonly VolumeMount[],
  volumes: ReadonlySet<string>,
  at: string,
): Cause[] {
  const paths = new Set<string>();
  return mounts.flatMap(({ name = '', mountPath = '', subPath = '', subPathExpr = '' }, i) => {
    const field = `${at}[${i}]`;
    const causes: Cause[] = [];
    if (name === '') causes.push(required(`${field}.name`));
    if (!volumes.has(name)) {
      causes.push({ field: `${field}.name`, text: `Not found: ${goQuote(name)}` });
    }
    if (mountPath === '') causes.push(required(`${field}.mountPath`));
    if (paths.has(mountPath))
      causes.push(invalid(`${field}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (subPath !== '') causes.push(...belowCauses(subPath, `${at}.subPath`));
    if (subPathExpr !== '') {
      if (subPath !== '') {
        const detail = 'subPathExpr and subPath are mutually exclusive';
        causes.push(invalid(`${field}.subPathExpr`, subPathExpr, detail));
      }
      causes.push(...belowCauses(subPathExpr, `${at}.subPathExpr`));
    }
    return causes;
  });
}
