// PersistentVolume: its defaults and the phase it begins with. Models SetDefaults_PersistentVolume of
// pkg/apis/core/v1/defaults.go; Available is what the volume controller says of it a moment later. Nothing else is
// validated than the metadata, and nothing binds it.
import type { KindRules } from '../kind-rules.ts';
import type { AnyObject } from '../types.ts';
import { isRecord } from '../values.ts';

export const persistentVolumeRules: KindRules<AnyObject> = {
  defaults(volume) {
    const spec = isRecord(volume['spec']) ? volume['spec'] : {};
    const { persistentVolumeReclaimPolicy = 'Retain', volumeMode = 'Filesystem' } = spec;
    return { ...volume, spec: { ...spec, persistentVolumeReclaimPolicy, volumeMode } };
  },
  prepareForCreate(volume) {
    const spec = volume['spec'] as Readonly<Record<string, unknown>>;
    const phase = spec['claimRef'] === undefined ? 'Available' : 'Pending';
    return { ...volume, status: { phase } };
  },
};
