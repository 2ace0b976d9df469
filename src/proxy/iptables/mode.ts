// iptables mode at the seam of all modes: its rules say everything, so it is lazy and keeps no state.
import type { LazyMode } from '../mode.ts';
import { rulesAlone } from '../mode.ts';
import { rulesFor } from './layer.ts';
import { restoreInput } from './restore-input.ts';

export const iptablesMode: LazyMode = {
  kind: 'lazy',
  name: 'iptables',
  written: ({ snapshot, node, config, causes, family }) => {
    const layer = rulesFor(snapshot, node, config, causes, family);
    return {
      ...rulesAlone,
      layer,
      input: (tool) => (tool === 'iptables-restore' ? restoreInput(layer) : undefined),
      get sysctls(): Readonly<Record<string, string>> {
        const { localhostNodePorts } = layer.settings.constant;
        return localhostNodePorts ? { 'net/ipv4/conf/all/route_localnet': '1' } : {};
      },
    };
  },
};
