// The files of /proc on a node that tell of what is modelled: IPVS's table and its sysctls, and those of forwarding. IPVS's
// are there once the module is loaded, which kube-proxy's IPVS mode does; it stays when the mode goes.
import { procText } from '../netfilter/ipvs/print.ts';
import type { IpvsSysctls } from '../netfilter/ipvs/service.ts';
import type { Sysctls } from '../node/machine.ts';
import { familiesOf } from './dialling.ts';
import type { State } from './state.ts';

const ipvsFiles: Readonly<Record<string, keyof IpvsSysctls>> = {
  conntrack: 'conntrack',
  conn_reuse_mode: 'connReuseMode',
  expire_nodest_conn: 'expireNodestConn',
  expire_quiescent_template: 'expireQuiescentTemplate',
  sloppy_tcp: 'sloppyTcp',
};

const nodeFiles: Readonly<Record<string, Exclude<keyof Sysctls, 'localnetDevices'>>> = {
  'net/ipv4/ip_forward': 'forward',
  'net/ipv4/conf/all/route_localnet': 'routeLocalnet',
  'net/bridge/bridge-nf-call-iptables': 'bridgeNf',
};

/** Text of a file of the node; undefined: there is none. */
export function procFile(state: State, node: string, path: string): string | undefined {
  if (path === '/proc/net/ip_vs') return ipvsText(state, node);
  const name = /^\/proc\/sys\/(.*)$/.exec(path)?.[1] ?? '';
  const own = nodeFiles[name];
  const sysctls = state.parts.fabric.machine(`node/${node}`)?.sysctls;
  if (own !== undefined && sysctls !== undefined) return valueText(sysctls[own] ?? 0);
  const setting = ipvsFiles[/^net\/ipv4\/vs\/(.*)$/.exec(name)?.[1] ?? ''];
  const [ipvs] = loadedOn(state, node);
  return setting && ipvs && valueText(ipvs.sysctls[setting]);
}

function ipvsText(state: State, node: string): string | undefined {
  const tables = loadedOn(state, node);
  return tables.length === 0 ? undefined : procText(tables, state.nowMs);
}

function valueText(value: boolean | number): string {
  return `${Number(value)}\n`;
}

/** The tables of the families; none before the module is loaded. */
function loadedOn(state: State, node: string) {
  const { fabric, spec } = state.parts;
  const tables = familiesOf(spec).map((family) => fabric.ipvs(`node/${node}`, family));
  const isLoaded = tables.some((ipvs) => ipvs.sysctls.conntrack || ipvs.services().length > 0);
  return isLoaded ? tables : [];
}
