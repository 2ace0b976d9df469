// The options of each command, as commander declares them; what a command does stands in commands/.
import type { Command } from 'commander';
import type { CheckOptions } from './commands/check.ts';
import type { ExecOptions } from './commands/exec.ts';
import type { GetCommandOptions } from './commands/get.ts';
import type { InitOptions } from './commands/init.ts';
import type { KubectlOptions } from './commands/kubectl.ts';
import type { ResolveOptions } from './commands/resolve.ts';
import type { RulesCommandOptions } from './commands/rules.ts';
import type { RunCommandOptions } from './commands/run.ts';
import type { ServeOptions } from './commands/serve.ts';
import type { StepsOptions } from './commands/steps.ts';
import type { TraceOptions } from './commands/trace.ts';
import { type Io, inputOptions, modeOption, runOptions, scopeOptions, whole } from './options.ts';

/** Runs a command with the terminal and keeps its exit status. */
export type Runner = (command: (io: Io) => Promise<number>) => Promise<void>;

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];
const countMax = 1_000_000;

export function addRun(program: Command, run: Runner): void {
  runOptions(program.command('run').description('run features (default: features/)'))
    .argument('[features...]', 'files, folders, FILE:LINE')
    .option('-t, --tags <expression>', 'scenarios with these tags', '')
    .option('--name <regexp>', 'scenarios with this name; repeatable', collect, [])
    .option('--fail-fast', 'stop at the first failure', false)
    .option('--retry <n>', 'try failing scenarios again', whole(0, 100), 0)
    .option('--parallel <n>', 'worker processes', whole(0, 256), 0)
    .option('--shard <i/n>', 'only this share of the scenarios', '')
    .option('--order <order>', 'defined, reverse, random or random:SEED', 'defined')
    .option('--dry-run', 'check the features without running them', false)
    .option('--format <name[:file]>', "one of Cucumber's formatters; repeatable", collect, [])
    .option('--import <glob>', 'modules with your own steps; repeatable', collect, [])
    .option('--report <folder>', 'where the reports go', 'reports')
    .option('--no-report', 'write no reports')
    .option('--watch', 'run again when a file changes (a later version)', false)
    .option('--explore <n>', 'run each scenario under so many schedules', whole(1, countMax))
    .option('--explore-for <duration>', 'explore schedules of each scenario for so long: 30s')
    .option('--schedule <schedule>', 'the one schedule to run under, as a failure names it')
    .option('--coverage', 'coverage of your manifests (a later version)', false)
    .option(
      '--backend <backend>',
      'sim, or kernel: make every connection for real (Linux, root)',
      'sim',
    )
    .option(
      '--proxy-mode <mode>',
      'run every cluster in iptables, ipvs, nftables or userspace mode',
    )
    .option('--config <file>', 'options in a file (default: svcspec.config.yaml, if there is one)')
    .action((features: string[], options: RunCommandOptions, command: Command) =>
      run(async (io) => {
        const { run: start } = await import('./commands/run.ts');
        const { configured, readConfiguration } = await import('./configuration.ts');
        const file = readConfiguration(options.config);
        return start(features, configured(command, options, file), io);
      }),
    );
}

export function addCheck(program: Command, run: Runner): void {
  const command = program.command('check').description('find what is wrong in manifests');
  modeOption(runOptions(inputOptions(command)))
    .option('--fail-on <severity>', 'exit 1 from this severity on: error or warning', 'error')
    .option('-o, --output <format>', 'text or json', 'text')
    .action((options: CheckOptions) =>
      run(async (io) => (await import('./commands/check.ts')).check(options, io)),
    );
}

export function addTrace(program: Command, run: Runner): void {
  modeOption(
    runOptions(inputOptions(program.command('trace').description('explain one connection'))),
  )
    .option('--from <who>', 'pod/NS/NAME, deploy/NS/NAME, node/NAME, host/NAME or an outside IP')
    .option('--to <where>', 'HOST:PORT, a URL, svc/NS/NAME:PORT or node/NAME:PORT')
    .option('--protocol <protocol>', 'tcp (default), udp or sctp')
    .option('--count <n>', 'how many connections (default: 1)', whole(1, countMax))
    .option('--flows <file>', 'YAML or JSON list of { id, from, to, protocol, count, sourcePort }')
    .option('--fresh', 'every flow on its own copy of the cluster', false)
    .option('--exhaustive', 'add everything that can happen, with probabilities', false)
    .option('--expect <outcome>', 'exit 1 unless every connection ends so')
    .option('-o, --output <format>', 'text or json', 'text')
    .action((options: TraceOptions) =>
      run(async (io) => (await import('./commands/trace.ts')).trace(options, io)),
    );
}

export function addResolve(program: Command, run: Runner): void {
  modeOption(
    runOptions(inputOptions(program.command('resolve').description('a look-up as a Pod makes it'))),
  )
    .argument('<name>', 'the name to look up')
    .argument('[type]', 'record type')
    .option('--from <who>', 'pod/NS/NAME, deploy/NS/NAME, node/NAME')
    .option('--expect <outcome>', 'exit 1 unless the look-up ends so')
    .option('-o, --output <format>', 'dig, nslookup or json', 'dig')
    .action((name: string, type: string | undefined, options: ResolveOptions) =>
      run(async (io) => (await import('./commands/resolve.ts')).resolve(name, type, options, io)),
    );
}

export function addRules(program: Command, run: Runner): void {
  modeOption(runOptions(inputOptions(program.command('rules').description("a node's rules"))))
    .option('--node <name>', 'the node')
    .option(
      '--format <format>',
      'iptables-save, ip6tables-save, ipset-save, ipvsadm, ipvsadm-save or nft',
      'iptables-save',
    )
    .option(
      '--owner <owner>',
      'only what this owner wrote: kube-proxy, kubelet, cni, network-policy',
    )
    .option('--input', 'what was fed to the restore tool', false)
    .option('--last-sync', 'what the last sync alone fed to it', false)
    .action((options: RulesCommandOptions) =>
      run(async (io) => (await import('./commands/rules.ts')).rules(options, io)),
    );
}

export function addGet(program: Command, run: Runner): void {
  const command = program.command('get').description("kubectl's table of a kind");
  scopeOptions(runOptions(inputOptions(command)))
    .argument('<kind>', 'svc, pods, deploy/web, all ...')
    .argument('[names...]')
    .option('-o, --output <format>', 'wide, yaml, json, name, jsonpath=... or custom-columns=...')
    .option('--no-headers', 'rows only')
    .option('--at <duration>', 'this long after settling')
    .action((kind: string, names: string[], options: GetCommandOptions) =>
      run(async (io) => (await import('./commands/get.ts')).get(kind, names, options, io)),
    );
}

export function addKubectl(program: Command, run: Runner): void {
  const command = program.command('kubectl').description("kubectl's verbs on the settled cluster");
  modeOption(runOptions(inputOptions(command)))
    .option('--at <duration>', 'this long after settling')
    .option('--script <file>', 'command lines that run one after the other')
    .argument('[args...]', "after --: kubectl's own command line")
    .passThroughOptions()
    .action((args: string[], options: KubectlOptions) =>
      run(async (io) => (await import('./commands/kubectl.ts')).runKubectl(args, options, io)),
    );
}

export function addExec(program: Command, run: Runner): void {
  const command = program
    .command('exec')
    .description('run a small program inside a Pod, or a tool on node/NAME');
  modeOption(runOptions(inputOptions(command)))
    .option('-n, --namespace <namespace>', 'namespace of a Pod or workload named without one')
    .argument('<who>', 'pod/NS/NAME, deploy/NS/NAME, node/NAME; with -n also POD or TYPE/NAME')
    .argument('[command...]', 'after --: env, nslookup, dig, curl, cat ...')
    .action((pod: string, argv: string[], options: ExecOptions) =>
      run(async (io) => (await import('./commands/exec.ts')).exec(pod, argv, options, io)),
    );
}

export function addServe(program: Command, run: Runner): void {
  const serve = program.command('serve').description("the cluster's DNS for real clients");
  modeOption(runOptions(inputOptions(serve)))
    .option('--dns <address:port>', 'answer DNS over UDP and TCP there; port 0 takes a free one')
    .option('--from <who>', 'let queries travel as packets of this machine, by rules and policies')
    .option('--frozen', "hold the cluster's clock instead of letting it go with the wall's", false)
    .option('--api [address:port]', 'a Kubernetes API (a later version)')
    .option('--web [address:port]', 'a web page (a later version)')
    .option('-o, --output <format>', 'text or json: the line that says where it listens', 'text')
    .argument('[command...]', 'after --: runs meanwhile, and ends it with its own status')
    .action((command: string[], options: ServeOptions) =>
      run(async (io) => (await import('./commands/serve.ts')).serve(command, options, io)),
    );
}

export function addSteps(program: Command, run: Runner): void {
  runOptions(program.command('steps').description('the steps that features can use'))
    .option('--import <glob>', 'modules with your own steps; repeatable', collect, [])
    .option('-o, --output <format>', 'text, json or markdown', 'text')
    .argument('[words...]', 'only the steps that these words tell of')
    .action((words: string[], options: StepsOptions) =>
      run(async (io) => (await import('./commands/steps.ts')).steps(words, options, io)),
    );
}

export function addInit(program: Command, run: Runner): void {
  program
    .command('init')
    .description('write a small project that works')
    .option('--no-color', 'print without colours')
    .option('-q, --quiet', 'do not list the files', false)
    .argument('[folder]', 'where', '.')
    .action((folder: string, options: InitOptions) =>
      run(async (io) => (await import('./commands/init.ts')).init(folder, options, io)),
    );
}
