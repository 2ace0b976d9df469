// Whether a kube-proxy can run in its mode on its node's kernel, and what it says where it cannot: the error that ends the
// process, and the lines before it. Up to 1.25 it ran in iptables mode instead (getProxyMode).
// Models CanUseIPVSProxier of pkg/proxy/ipvs, getNFTablesInterface of pkg/proxy/nftables (NewProxier up to 1.35), and
// createProxier of cmd/kube-proxy/app.
import { isKernelBefore } from '../api/cluster-spec.ts';
import type { Family } from '../net/addr.ts';
import type { ProxyConfig } from './config.ts';

/** What stands in the way. */
export interface Obstacle {
  /** What the process says as it ends, or (fallsBack) why it runs in iptables mode. */
  readonly message: string;
  /** What IPVS mode logs before it: whether the kernel made its trial of a virtual server; null: nothing. */
  readonly trial: 'missing' | 'failed' | null;
  /** It runs in iptables mode instead. */
  readonly fallsBack: boolean;
}

const ipvsError = "can't use the IPVS proxier";
/** ENOENT, as the kernel has no such scheduler. */
export const noScheduler = 'no such file or directory';

/** Since this release Linux has net.ipv4.vs.conn_reuse_mode; before, ports were reused as with 0. */
export const connReuseSince = '4.1';
/** Since this one IPVS mode leaves it as it is (IPVSConnReuseModeFixedKernelVersion). */
export const connReuseFixedSince = '5.9';

/** The last minor in which it runs in iptables mode instead. */
const lastToFallBack = 25;
/** Since this minor the error begins in small letters. */
const smallSince = 36;
/** Kernels before this one have no nftables mode (NFTablesKubeProxyKernelVersion). */
const nftablesKernel = '5.13';
/** Since when that is looked at: up to 1.32 the condition was upside down. */
const nftablesCheckedSince = 33;

/** Null: nothing stands in the way. `families` are those that the process serves, primary first. */
export function obstacleTo(
  config: Pick<ProxyConfig, 'mode' | 'minor' | 'ipvs' | 'kernelVersion'>,
  missingModules: readonly string[],
  families: readonly Family[],
): Obstacle | null {
  switch (config.mode) {
    case 'ipvs':
      return config.minor <= lastToFallBack
        ? modulesMissing(config, missingModules)
        : ipvsRefused(config, missingModules);
    case 'nftables':
      return nftablesRefused(config, families);
    default:
      return null;
  }
}

/** A Go set's order is random upstream; here by name. Of the two modules of conntrack one is always there. */
function modulesMissing(
  { ipvs }: Pick<ProxyConfig, 'ipvs'>,
  missing: readonly string[],
): Obstacle | null {
  const needed = new Set(['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', `ip_vs_${ipvs.scheduler}`]);
  const lacking = [...needed].filter((name) => missing.includes(name)).sort();
  if (lacking.length === 0) return null;
  const message = `IPVS proxier will not be used because the following required kernel modules are not loaded: [${lacking.join(' ')}]`;
  return { message, trial: null, fallsBack: true };
}

function ipvsRefused(
  { minor, ipvs: { scheduler } }: Pick<ProxyConfig, 'minor' | 'ipvs'>,
  missing: readonly string[],
): Obstacle | null {
  if (missing.includes('ip_vs')) {
    const why = minor >= smallSince ? 'ipvs not supported' : 'Ipvs not supported';
    return { message: `${ipvsError}: ${why}`, trial: 'missing', fallsBack: false };
  }
  // Making a virtual server with it fails with ENOENT.
  return missing.includes(`ip_vs_${scheduler}`)
    ? { message: `${ipvsError}: ${noScheduler}`, trial: 'failed', fallsBack: false }
    : null;
}

function nftablesRefused(
  config: Pick<ProxyConfig, 'minor' | 'kernelVersion'>,
  families: readonly Family[],
): Obstacle | null {
  if (config.minor < nftablesCheckedSince || !isKernelBefore(config, nftablesKernel)) return null;
  const why = `kube-proxy in nftables mode requires kernel ${nftablesKernel} or later`;
  const at = families.length > 1 ? `unable to create ipv4 proxier: ${why}` : why;
  return { message: `unable to create proxier: ${at}`, trial: null, fallsBack: false };
}
