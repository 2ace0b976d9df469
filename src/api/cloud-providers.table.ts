// How clouds check the nodes behind a load balancer, and what they do when no node passes: a row for each provider that a
// Cluster document can name, with upstream's defaults. Seconds become virtual milliseconds.

/** What is asked: kube-proxy's /healthz, a Service's health check node port, or a TCP connection to its node port. */
export type Asks = 'kube-proxy' | 'health-check-node-port' | 'node-port';

export interface BalancerCheck {
  readonly asks: Asks;
  /** Between two checks of a node; 0: whenever an answer can have changed, and one is enough. */
  readonly intervalMs: number;
  /** So many in a row take a node out, or in again. */
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
}

/** By externalTrafficPolicy. */
export type BalancerChecks = Readonly<Record<'Cluster' | 'Local', BalancerCheck>>;

/** What a balancer hashes to pick a node: addresses, ports and protocol; addresses alone; or TCP's sequence number too. */
export type Hashed = 'flow' | 'client' | 'connection';

export interface CloudDefaults {
  readonly checks: BalancerChecks;
  /** By the Service's sessionAffinity. */
  readonly hashed: Readonly<Record<'None' | 'ClientIP', Hashed>>;
  /** Who gets new connections while no node passes: all nodes (the balancer "fails open"), or none. */
  readonly whenNoneHealthy: 'all' | 'none';
  readonly source: string;
}

const localEvery = (intervalMs: number, unhealthyThreshold: number, healthyThreshold: number) => ({
  asks: 'health-check-node-port' as const,
  intervalMs,
  unhealthyThreshold,
  healthyThreshold,
});

const gceLocal = localEvery(8_000, 3, 1);
const gceChecks: BalancerChecks = { Cluster: { ...gceLocal, asks: 'kube-proxy' }, Local: gceLocal };

/** GCE's translateAffinityType, Azure's LoadDistributionSourceIP. */
const byAffinity = { None: 'flow', ClientIP: 'client' } as const;

export const clouds = {
  gce: {
    checks: gceChecks,
    hashed: byAffinity,
    whenNoneHealthy: 'all',
    source:
      'cloud-provider-gcp providers/gce: gceHcCheckIntervalSeconds, gceHcUnhealthyThreshold, gceHcHealthyThreshold',
  },
  aws: {
    checks: {
      Cluster: {
        asks: 'node-port',
        intervalMs: 10_000,
        unhealthyThreshold: 3,
        healthyThreshold: 3,
      },
      Local: localEvery(10_000, 2, 2),
    },
    // A Network Load Balancer hashes TCP's sequence number too; its controller does not look at sessionAffinity.
    hashed: { None: 'connection', ClientIP: 'connection' },
    whenNoneHealthy: 'all',
    source:
      'aws-load-balancer-controller pkg/service/model_builder.go: a Network Load Balancer with targets of type instance',
  },
  azure: {
    checks: {
      Cluster: {
        asks: 'node-port',
        intervalMs: 5_000,
        unhealthyThreshold: 2,
        healthyThreshold: 2,
      },
      Local: localEvery(5_000, 2, 2),
    },
    hashed: byAffinity,
    whenNoneHealthy: 'none',
    source:
      'cloud-provider-azure pkg/consts: HealthProbeDefaultProbeInterval, HealthProbeDefaultNumOfProbe (probeThreshold)',
  },
} as const satisfies Readonly<Record<string, CloudDefaults>>;

export type CloudName = keyof typeof clouds;

/** Of a document that names no provider: checks as GCE makes them, and nobody gets anything while no node passes. */
export const anyCloud: CloudDefaults = {
  checks: gceChecks,
  hashed: byAffinity,
  whenNoneHealthy: 'none',
  source: 'KEP-3836',
};
