// What the API serves and which fields its objects have: the published kinds of Kubernetes, and those of
// policy.networking.k8s.io, as if their CustomResourceDefinitions were installed.
import { policyFields, policyResources } from './clusterpolicy/fields.table.ts';
import * as published from './fields.gen.ts';

export type { Resource } from './fields.gen.ts';

export const fields: typeof published.fields = { ...published.fields, ...policyFields };

export const resources: readonly published.Resource[] = [
  ...published.resources,
  ...policyResources,
];
