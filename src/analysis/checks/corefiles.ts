// The check of Corefiles: what CoreDNS would refuse at its start, every error that does not depend on the one before; and
// of those that it takes, what will bite (corefile-advice.ts). The settled cluster only tells which servers are there.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import { nearest } from '../../api/decode-hint.ts';
import { InputError } from '../../api/input-error.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { pluginOrder } from '../../dns/plugin.cfg.ts';
import {
  type Configuration,
  type ConfigureOptions,
  configure,
  readBlocks,
} from '../../dns/server/config.ts';
import { type Check, type CheckFinding, objectName, placeOf } from './check.ts';
import { adviceOn } from './corefile-advice.ts';
import { logged } from './corefile-logs.ts';
import { type CorefileUse, corefileUses } from './corefile-uses.ts';
import { kubeDnsUpstreams } from './upstreams.ts';

export const corefiles: Check = {
  name: 'corefiles',
  run({ manifests, spec, cluster }) {
    const all = [
      ...corefileUses(manifests, spec).flatMap((use) => findingsOn(use, spec, cluster)),
      ...kubeDnsUpstreams(manifests, spec, cluster),
    ];
    const seen = new Set<string>();
    return all.filter(({ id, object, message, position }) => {
      const own = [id, object, message, position?.line, position?.column].join('\n');
      return !seen.has(own) && seen.add(own);
    });
  },
};

function findingsOn(
  use: CorefileUse,
  spec: ClusterSpec,
  cluster: Cluster | null,
): readonly CheckFinding[] {
  const errors: { readonly error: InputError; readonly isRestJudged: boolean }[] = [];
  const warnings: string[] = [];
  const options: ConfigureOptions = {
    version: use.started.version,
    port: use.started.port,
    ...(use.nodeCache === null ? {} : { compiledIn: use.nodeCache.compiledIn }),
    file: use.file,
    env: use.env,
    positionOf: use.positionOf,
    resolvConf: resolvConfOf(use, spec),
    // The kubelet mounts /etc/hosts into every container.
    readFile: (path) => use.files.get(path)?.text ?? (path === '/etc/hosts' ? '' : undefined),
    files: () => [...use.files.keys()],
    log: (line) => warnings.push(line),
    tolerate: (error, isRestJudged) => errors.push({ error, isRestJudged }),
  };
  let configuration: Configuration | null = null;
  try {
    configuration = configure(use.text, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    errors.push({ error, isRestJudged: false });
  }
  const found = errors.map(({ error, isRestJudged }) => refusal(error, isRestJudged, use));
  const isUsable = found.every(({ id }) => id !== invalid);
  const advice =
    configuration !== null && isUsable
      ? adviceOn({ use, spec, configuration, options, cluster })
      : [];
  const silent = { ...options, log: () => {}, tolerate: () => {} };
  const blocks = configuration === null ? [] : readBlocks(use.text, silent);
  const said = warnings.map((line) => logged(line, use, blocks));
  return [...found, ...advice, ...said, ...unused(use)];
}

/** The text of the resolv.conf that the process reads. */
function resolvConfOf({ runner }: CorefileUse, spec: ClusterSpec): string {
  const own = spec.nodes.find(({ name }) => name === runner?.spec.nodeName) ?? spec.nodes[0];
  return own?.resolvConf ?? 'nameserver 8.8.8.8\n';
}

const invalid = 'corefile-invalid';

function refusal(error: InputError, isRestJudged: boolean, use: CorefileUse): CheckFinding {
  const { message, position, sourceLine, hint } = error;
  const object = objectName(use.manifest);
  const place =
    position === null ? placeOf(use.manifest, `data.${use.key}`) : { position, sourceLine };
  if (error.code === 'not-modelled') {
    return {
      id: 'corefile-not-modelled',
      severity: 'warning',
      object,
      ...place,
      message,
      effect: `svcspec cannot run by it: its other commands end with status 2; ${
        isRestJudged
          ? 'the rest of its directive was judged'
          : 'what stands behind it in its directive was not judged, and CoreDNS may refuse that'
      }`,
      fix: hint === '' ? 'leave it out for svcspec' : hint,
    };
  }
  const [, name] = /Unknown directive '(.*)'$/s.exec(message) ?? [];
  const near = name === undefined ? hint : nearDirective(name, use);
  return {
    id: invalid,
    severity: 'error',
    object,
    ...place,
    message,
    effect: effectOf(use),
    fix: near === '' ? 'correct the line; the text is the one CoreDNS prints' : near,
  };
}

function effectOf({ runner, text }: CorefileUse): string {
  if (runner === null) return 'no CoreDNS can start by it';
  const keeps = /^\s*reload\b/m.test(text)
    ? '; one that runs already keeps its old Corefile until it restarts'
    : '';
  return `CoreDNS of ${runner.object} ends as it starts, and nobody it serves resolves a name${keeps}`;
}

function nearDirective(name: string, { started, nodeCache }: CorefileUse): string {
  const { version } = started;
  const newest = pluginOrder('1.15.0').includes(name);
  if (newest)
    return `CoreDNS ${version} does not have ${name} yet: use a newer image, or leave it out`;
  const own = pluginOrder(version).filter((one) => nodeCache?.compiledIn.has(one) !== false);
  const near = nearest(name, own);
  return near.length === 0 ? `leave ${name} out` : `did you mean ${near.join(' or ')}?`;
}

function unused(use: CorefileUse): readonly CheckFinding[] {
  if (use.runner !== null) return [];
  return [
    {
      id: 'corefile-unused',
      severity: 'info',
      object: objectName(use.manifest),
      ...placeOf(use.manifest, `data.${use.key}`),
      message: `nothing among the manifests reads this Corefile; it was judged for ${use.nodeCache === null ? '' : 'the '}CoreDNS ${use.started.version}${use.nodeCache === null ? '' : ' of a node-cache'}`,
      effect: 'none: nobody runs by it',
      fix: 'mount it into a container that runs CoreDNS; kubeadm reads ConfigMap kube-system/coredns',
    },
  ];
}
