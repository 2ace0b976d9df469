// Lists that kubectl apply merges item by item, and the field that identifies an item ("" : the item itself).
// All other lists are replaced. From the patchMergeKey tags of k8s.io/api.

const keys: readonly (readonly [pathEnd: RegExp, key: string])[] = [
  [/(^|\.)spec\.ports$/, 'port'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.ports$/, 'containerPort'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)$/, 'name'],
  [/(containers|initContainers|ephemeralContainers)\.env$/, 'name'],
  [/(containers|initContainers|ephemeralContainers)\.volumeMounts$/, 'mountPath'],
  [/(containers|initContainers|ephemeralContainers)\.volumeDevices$/, 'devicePath'],
  [/(^|\.)spec\.volumes$/, 'name'],
  [/(^|\.)imagePullSecrets$/, 'name'],
  [/^secrets$/, 'name'],
  [/(^|\.)spec\.hostAliases$/, 'ip'],
  [/(^|\.)spec\.topologySpreadConstraints$/, 'topologyKey'],
  [/(^|\.)metadata\.ownerReferences$/, 'uid'],
  [/(^|\.)metadata\.finalizers$/, ''],
  [/(^|\.)status\.conditions$/, 'type'],
  [/^status\.addresses$/, 'type'],
];

/** The merge key of the list at `path` (field names joined by dots, no indexes); undefined: it is replaced. */
export function mergeKeyOf(path: string): string | undefined {
  return keys.find(([end]) => end.test(path))?.[1];
}
