// Values kept under a key as long as somebody may ask for them again. Nothing here can be seen in a
// result: what is forgotten is made anew, equal.

/** What `make` makes of a key, once for as long as the key lives. */
export function perKey<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}

/** A value as text to compare or to keep something under: as JSON, which has no bigint. `seen` may replace parts. */
export function comparisonText(
  value: unknown,
  seen = (_key: string, part: unknown): unknown => part,
): string {
  return JSON.stringify(value, (key, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : seen(key, part),
  );
}

/** The map kept for `key`, which goes when `key` goes. */
export function inner<K extends object, V>(
  map: WeakMap<K, Map<string, V>>,
  key: K,
): Map<string, V> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}

export function memo<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** As `memo`, forgetting what was not asked for longest. */
export function bounded<V>(map: Map<string, V>, max: number, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  if (map.size > max) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  return value;
}
