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
