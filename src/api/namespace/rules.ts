// The Namespace kind: its name as a label, its finalizer and phase. Emptying a terminating namespace is not here.
// Models pkg/apis/core/v1/defaults.go and pkg/registry/core/namespace/strategy.go.
import { dns1123Label } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type { Namespace } from '../types.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';

export const namespaceRules: KindRules<Namespace> = {
  defaults(namespace) {
    const { name = '', labels } = namespace.metadata;
    if (name === '' || labels?.[NAME_LABEL] === name) return namespace;
    const metadata = { ...namespace.metadata, labels: { ...labels, [NAME_LABEL]: name } };
    return { ...namespace, metadata };
  },
  prepareForCreate: (namespace) => ({
    ...namespace,
    spec: { ...namespace.spec, finalizers: namespace.spec?.finalizers ?? ['kubernetes'] },
    status: { phase: 'Active' },
  }),
  validate: ({ metadata }) => metadataCauses(metadata, false, dns1123Label),
  validateUpdate: ({ metadata }, old) => metadataUpdateCauses(metadata, old.metadata),
};
