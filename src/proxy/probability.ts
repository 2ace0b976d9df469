// The share of traffic a load-balancing rule takes: kube-proxy writes 1/n with ten digits, iptables
// reads that text and keeps 31 bits of it, so the kernel compares with a rounded value of a rounded
// value.
// Models computeProbability in pkg/proxy/iptables/proxier.go and libxt_statistic.c.

/** What kube-proxy writes: "0.3333333333" for n = 3 (Go's %0.10f). */
export function probabilityText(n: number): string {
  return (1 / n).toFixed(10);
}

/** What the kernel compares 31 random bits with: round(p * 2^31) of the written text. */
export function probabilityBelow(n: number): number {
  return Math.round(Number(probabilityText(n)) * 2 ** 31);
}
