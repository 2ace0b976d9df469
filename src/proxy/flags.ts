// What a kube-proxy's command line says of its mode and ranges, as clusters without a configuration file start it (AKS,
// GKE, kops): nothing here reads it, so it is said which fields of a KubeProxyConfiguration mean the same.
import { proxyFlags } from './flags.table.ts';

/** "mode (--proxy-mode=ipvs)" for each flag that changes where packets go and has a value; none where --config is given. */
export function unreadFlags(words: readonly string[]): readonly string[] {
  // Static Pods run it by a shell: all in one word.
  const all = words.flatMap((word) => word.split(/\s+/));
  if (all.some((word) => word === '--config' || word.startsWith('--config='))) return [];
  return all.flatMap((word, i) => {
    const next = all[i + 1] ?? '-';
    const [flag = '', value = next.startsWith('-') ? 'true' : next] = word.split(/=(.*)/s);
    const field = Object.hasOwn(proxyFlags, flag) ? proxyFlags[flag] : undefined;
    return field === undefined || value === '' ? [] : [`${field} (${flag}=${value})`];
  });
}
