// Values kept under a key as long as somebody may ask for them again. Nothing here can be seen in a
// result: what is forgotten is made anew, equal.

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
