// Exact binomial tails with whole numbers of any size: no normal approximation, so that a bound's false-alarm rate is
// what it says. For shares 1/n only.

/** P(X <= k) of Binomial(trials, 1/n) as a fraction of n^trials: its numerator, for every k in order. */
export function cumulative(trials: number, n: number): readonly bigint[] {
  const sums: bigint[] = [];
  let combinations = 1n;
  let sum = 0n;
  let others = BigInt(n - 1) ** BigInt(trials);
  const rest = BigInt(n - 1);
  for (let k = 0; k <= trials; k++) {
    sum += combinations * others;
    sums.push(sum);
    combinations = (combinations * BigInt(trials - k)) / BigInt(k + 1);
    if (rest > 0n) others /= rest;
  }
  return sums;
}

/** The widest range of counts [low, high] such that fewer than `low` and more than `high` each have a probability of at
 * most `1 / onceIn`, when each of `trials` independent draws hits with probability 1/n. */
export function bounds(trials: number, n: number, onceIn: number): readonly [number, number] {
  const whole = BigInt(n) ** BigInt(trials);
  const sums = cumulative(trials, n);
  const rare = (numerator: bigint) => numerator * BigInt(onceIn) <= whole;
  const low = sums.findIndex((sum) => !rare(sum));
  const high = sums.findIndex((sum) => rare(whole - sum));
  return [low, high];
}

/** The same for any share: the sum of the tail is taken in floating point, from its far end on, so that it keeps its
 * relative precision. */
export function shareBounds(
  trials: number,
  share: number,
  onceIn: number,
): readonly [number, number] {
  const logs = [0];
  for (let k = 1; k <= trials; k++) logs.push((logs[k - 1] ?? 0) + Math.log(k));
  const choose = (k: number) => (logs[trials] ?? 0) - (logs[k] ?? 0) - (logs[trials - k] ?? 0);
  const chance = (k: number) =>
    Math.exp(choose(k) + k * Math.log(share) + (trials - k) * Math.log1p(-share));
  let low = 0;
  for (let sum = 0; low < trials; low++) {
    sum += chance(low);
    if (sum * onceIn > 1) break;
  }
  let high = trials;
  for (let sum = 0; high > 0; high--) {
    sum += chance(high);
    if (sum * onceIn > 1) break;
  }
  return [low, high];
}
