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

export interface CloudDefaults {
  readonly checks: BalancerChecks;
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

export const clouds = {
  gce: {
    checks: gceChecks,
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
    whenNoneHealthy: 'none',
    source:
      'cloud-provider-azure pkg/consts: HealthProbeDefaultProbeInterval, HealthProbeDefaultNumOfProbe (probeThreshold)',
  },
} as const satisfies Readonly<Record<string, CloudDefaults>>;

export type CloudName = keyof typeof clouds;

/** Of a document that names no provider: checks as GCE makes them, and nobody gets anything while no node passes. */
export const anyCloud: CloudDefaults = {
  checks: gceChecks,
  whenNoneHealthy: 'none',
  source: 'KEP-3836',
};
