// Whether this machine can hold a lab: Linux, root, and the tools that build namespaces and load rules. Asked before a
// run begins, so that a run either has its backend or is refused with what is missing.
import { spawnSync } from 'node:child_process';

export interface Missing {
  readonly message: string;
  readonly hint: string;
}

/** Tool -> the package that has it, in Debian's words. */
const tools: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  mkfifo: 'coreutils',
  perl: 'perl-base',
  ip: 'iproute2',
  'iptables-restore': 'iptables',
  'ip6tables-restore': 'iptables',
  nft: 'nftables',
};

/** What is missing; null: nothing. */
export function missingForLab(): Missing | null {
  if (process.platform !== 'linux') {
    return { message: 'needs Linux', hint: 'leave it out: the simulation runs anywhere' };
  }
  if (process.getuid?.() !== 0) {
    return { message: 'needs root, to make network namespaces', hint: 'run it with sudo' };
  }
  const gone = Object.keys(tools).filter(
    (tool) => spawnSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' }).status !== 0,
  );
  if (gone.length > 0) {
    const packages = [...new Set(gone.map((tool) => tools[tool]))];
    const message = `there is no ${gone.join(', ')} in ${process.env['PATH'] ?? 'an empty PATH'}`;
    return { message, hint: `install ${packages.join(', ')}` };
  }
  const made = spawnSync('unshare', ['-n', '-m', '--pid', '--fork', 'true'], { encoding: 'utf8' });
  if (made.status === 0) return null;
  const message = `namespaces cannot be made: ${made.stderr.trim()}`;
  return { message, hint: 'a container needs the capabilities SYS_ADMIN and NET_ADMIN' };
}
