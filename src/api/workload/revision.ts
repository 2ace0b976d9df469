// ControllerRevision, whose `data` the official models leave open (a RawExtension): the generator has no type for it.
// Models k8s.io/api apps/v1 ControllerRevision.
import type { ObjectMeta } from '../models.gen.ts';

export interface ControllerRevision {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  /** For StatefulSets and DaemonSets: the strategic merge patch that puts spec.template back. */
  readonly data?: unknown;
  readonly revision: number;
}
