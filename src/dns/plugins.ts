// Directive name -> how it is set up. What is not here but in plugin.cfg.ts is inert or refused there.
import { setup as acl } from './plugin/acl/setup.ts';
import { setup as anyType } from './plugin/any/setup.ts';
import { setup as autopath } from './plugin/autopath/setup.ts';
import { setup as bufsize } from './plugin/bufsize/setup.ts';
import { setup as cache } from './plugin/cache/setup.ts';
import { setup as chaos } from './plugin/chaos/setup.ts';
import { setup as dns64 } from './plugin/dns64/setup.ts';
import { setup as erratic } from './plugin/erratic/setup.ts';
import { setup as errors } from './plugin/errors/setup.ts';
import { setup as file } from './plugin/file/setup.ts';
import { setup as forward } from './plugin/forward/setup.ts';
import { setup as header } from './plugin/header/setup.ts';
import { setup as health } from './plugin/health/setup.ts';
import { setup as hosts } from './plugin/hosts/setup.ts';
import { setup as k8sExternal } from './plugin/k8s_external/setup.ts';
import { setup as kubernetes } from './plugin/kubernetes/setup.ts';
import { setup as loadbalance } from './plugin/loadbalance/setup.ts';
import { setup as local } from './plugin/local/setup.ts';
import { setup as log } from './plugin/log/setup.ts';
import { setup as loop } from './plugin/loop/setup.ts';
import { setup as metadata } from './plugin/metadata/setup.ts';
import { setup as minimal } from './plugin/minimal/setup.ts';
import { setup as nsid } from './plugin/nsid/setup.ts';
import { setup as prometheus } from './plugin/prometheus/setup.ts';
import { setup as ready } from './plugin/ready/setup.ts';
import { setup as reload } from './plugin/reload/setup.ts';
import { setup as rewrite } from './plugin/rewrite/setup.ts';
import { setup as template } from './plugin/template/setup.ts';
import { setup as transfer } from './plugin/transfer/setup.ts';
import { setup as whoami } from './plugin/whoami/setup.ts';
import type { Setup } from './plugin.ts';

export const SETUPS: Readonly<Record<string, Setup>> = {
  acl,
  any: anyType,
  bufsize,
  chaos,
  dns64,
  erratic,
  header,
  local,
  minimal,
  nsid,
  whoami,
  autopath,
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
  loop,
  prometheus,
  ready,
  reload,
  rewrite,
  template,
  transfer,
};
