// Which resolver the program of an image looks names up with, told from the image's name: the first row that fits, glibc when
// none does. Facts of the images' own Dockerfiles: which distribution they start from, and that Go programs built without
// cgo, or run without an nsswitch.conf that asks for more than files and DNS, use Go's (net/conf.go). The end of the
// repository's path counts, so that mirrors fit. docs/annotations.md has the same rows, which test/guides.test.ts holds.
import type { ResolverKind } from './runtime.ts';

export interface ResolverRow {
  /** `*`: anything without a slash; `{1..28}`: a number from 1 to 28. Without a tag: any tag. */
  readonly images: readonly string[];
  readonly kind: ResolverKind;
  readonly why: string;
}

export const resolverRows: readonly ResolverRow[] = [
  { images: ['busybox:*glibc*'], kind: 'glibc', why: 'the tag says so' },
  { images: ['busybox:*musl*'], kind: 'musl', why: 'the tag says so' },
  { images: ['busybox:1.{0..28}*'], kind: 'busybox-1.28', why: 'uClibc' },
  {
    images: [
      ...['golang', 'agnhost', 'pause', 'distroless/static*', 'chainguard/static'],
      ...['coredns', 'k8s-dns-node-cache', 'kube-apiserver', 'kube-controller-manager'],
      ...['kube-scheduler', 'kube-proxy', 'kube-state-metrics', 'metrics-server', 'etcd'],
      ...['cluster-autoscaler', 'cluster-proportional-autoscaler*', 'external-dns'],
      ...['cert-manager-*', 'argocd', 'hello-app', 'http-echo', 'whoami', 'traefik', 'caddy'],
      ...['prom/*', 'prometheus/prometheus', 'prometheus/alertmanager', 'prometheus/node-exporter'],
      ...['grafana/grafana*', 'grafana/loki', 'grafana/promtail', 'grafana/tempo', 'grafana/k6'],
      ...['hashicorp/*', 'consul', 'vault', 'nats', 'minio/minio', 'registry'],
    ],
    kind: 'go',
    why: 'programs in Go',
  },
  { images: ['*:*alpine*', '*alpine*', 'alpine/*'], kind: 'musl', why: 'Alpine Linux' },
  {
    images: ['curlimages/curl', 'nicolaka/netshoot', 'infoblox/dnstools', 'docker'],
    kind: 'musl',
    why: 'Alpine Linux inside',
  },
];
