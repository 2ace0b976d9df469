// The library's face.
export type { Cluster } from './cluster/cluster.ts';
