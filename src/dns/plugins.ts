// Directive name -> how it is set up. What is not here but in plugin.cfg.ts is inert or refused there.
import { setup as cache } from './plugin/cache/setup.ts';
import { setup as errors } from './plugin/errors/setup.ts';
import { setup as file } from './plugin/file/setup.ts';
import { setup as forward } from './plugin/forward/setup.ts';
import { setup as health } from './plugin/health/setup.ts';
import { setup as hosts } from './plugin/hosts/setup.ts';
import { setup as k8sExternal } from './plugin/k8s_external/setup.ts';
import { setup as kubernetes } from './plugin/kubernetes/setup.ts';
import { setup as loadbalance } from './plugin/loadbalance/setup.ts';
import { setup as log } from './plugin/log/setup.ts';
import { setup as metadata } from './plugin/metadata/setup.ts';
import { setup as prometheus } from './plugin/prometheus/setup.ts';
import { setup as ready } from './plugin/ready/setup.ts';
import { setup as reload } from './plugin/reload/setup.ts';
import { setup as transfer } from './plugin/transfer/setup.ts';
import type { Setup } from './plugin.ts';

export const SETUPS: Readonly<Record<string, Setup>> = {
  cache,
  errors,
  file,
  forward,
  health,
  k8s_external: k8sExternal,
  hosts,
  kubernetes,
  loadbalance,
  log,
  metadata,
  prometheus,
  ready,
  reload,
  transfer,
};
