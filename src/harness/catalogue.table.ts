// The catalogue of steps: what each expression of steps/*.steps.ts means and how it reads, grouped by noun, and what can
// stand for each parameter. `svcspec steps` prints it, docs/vocabulary.md is made of it. Data only; that it names exactly
// the definitions there are, and that its examples match them, is tested (catalogue.test.ts).

/** An event changes the cluster; a check never does. */
export type StepKind = 'event' | 'check';

export interface CatalogueStep {
  readonly noun: string;
  /** As it is written in its file. */
  readonly pattern: string;
  readonly kind: StepKind;
  /** Markdown. */
  readonly what: string;
  /** Without keyword; further lines are the Doc String or the table below. */
  readonly examples: readonly [string, ...string[]];
}

export interface CatalogueParameter {
  /** "object". */
  readonly name: string;
  /** Markdown: what can stand there. */
  readonly what: string;
}

export const catalogueSteps: readonly CatalogueStep[] = [
  {
    noun: 'Cluster and commands',
    pattern: 'the cluster {string}',
    kind: 'event',
    what: 'begins with the manifests of `scenarios/NAME`, else of the folder or file NAME',
    examples: ['the cluster "nginx-demo"'],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'a cluster:',
    kind: 'event',
    what: 'begins with the manifests of the Doc String, a Cluster document among them or not',
    examples: [
      `a cluster:
  """
  apiVersion: v1
  kind: Pod
  metadata: { name: web }
  spec: { containers: [{ name: web, image: nginx }] }
  """`,
    ],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'kube-proxy runs in {word} mode',
    kind: 'event',
    what: 'right after the cluster: it begins with `iptables`, `ipvs`, `nftables` or `userspace` instead of the mode its KubeProxyConfiguration names',
    examples: ['kube-proxy runs in nftables mode'],
  },
  {
    noun: 'Cluster and commands',
    pattern: '{component} is configured with:',
    kind: 'event',
    what: 'kube-proxy starts anew with this KubeProxyConfiguration (`apiVersion` and `kind` may be left out); CoreDNS has this Corefile in its ConfigMap',
    examples: [
      `CoreDNS is configured with:
  """
  .:53 {
    kubernetes cluster.local
    forward . 8.8.8.8
  }
  """`,
    ],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'I apply {string}',
    kind: 'event',
    what: 'applies a file or folder as `kubectl apply -f` does, as one batch',
    examples: ['I apply "network-policy.yaml"'],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'I apply:',
    kind: 'event',
    what: 'applies the manifests of the Doc String',
    examples: [
      `I apply:
  """
  apiVersion: v1
  kind: Service
  metadata: { name: web }
  spec: { selector: { app: web }, ports: [{ port: 80 }] }
  """`,
    ],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'I delete {object}',
    kind: 'event',
    what: 'deletes it, in the background, with its grace period',
    examples: ['I delete Pod "web-0"'],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'I set {string} of {object} to {string}',
    kind: 'event',
    what: 'sets one path (`spec.ports[0].port`, `metadata.labels["a.b/c"]`) to a value: JSON where it can be read as JSON, else text',
    examples: ['I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"'],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'I scale {object} to {int} replica(s)',
    kind: 'event',
    what: 'scales a Deployment, ReplicaSet or StatefulSet',
    examples: ['I scale Deployment "demo/web" to 5 replicas'],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'I run {string}',
    kind: 'event',
    what: 'runs a kubectl command line; files it names stand where those of `I apply` do',
    examples: ['I run "kubectl get svc my-service"'],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'it prints:',
    kind: 'check',
    what: 'all lines that the last command printed; blanks between words do not count, `*` is any word',
    examples: [
      `it prints:
  """
  NAME        TYPE       CLUSTER-IP    EXTERNAL-IP  PORT(S)  AGE
  my-service  ClusterIP  10.100.200.1  <none>       80/TCP   *
  """`,
    ],
  },
  {
    noun: 'Cluster and commands',
    pattern: 'the API server refuses it:',
    kind: 'check',
    what: 'the last change, or what the last command asked for, was refused, and each line of the Doc String stands in the refusal',
    examples: [
      `the API server refuses it:
  """
  spec.ports[0].port: Invalid value: 70000
  """`,
    ],
  },
  {
    noun: 'Objects',
    pattern: '{object} {state}',
    kind: 'check',
    what: 'exists or not, ready or not, in this phase',
    examples: ['Pod "web" is Running', 'Service "web" does not exist'],
  },
  {
    noun: 'Objects',
    pattern: '{object} has:',
    kind: 'check',
    what: 'a table with the columns path and value; `<none>` is a path that is not there',
    examples: [
      `Service "demo/web" has:
  | path                 | value     |
  | spec.type            | ClusterIP |
  | spec.ports[0].port   | 80        |
  | spec.externalName    | <none>    |`,
    ],
  },
  {
    noun: 'Objects',
    pattern: '{object} {event}',
    kind: 'event',
    what: 'something happens to a Pod, a Node or an outside host',
    examples: ['Node "node01" goes down', 'Pod "web" crashes'],
  },
  {
    noun: 'Objects',
    pattern: 'the environment of {object} contains:',
    kind: 'check',
    what: 'these lines NAME=VALUE are among the variables of its container',
    examples: [
      `the environment of Pod "demo/client" contains:
  """
  WEB_SERVICE_HOST=10.100.200.20
  """`,
    ],
  },
  {
    noun: 'Objects',
    pattern: 'the environment of {object} has no variable starting with {string}',
    kind: 'check',
    what: "no variable's name begins so",
    examples: ['the environment of Pod "demo/early" has no variable starting with "LATE_"'],
  },
  {
    noun: 'Endpoints',
    pattern: '{object} has {bound} endpoint(s)',
    kind: 'check',
    what: "how many ready addresses the Service's EndpointSlices list",
    examples: ['Service "web" has 3 endpoints', 'Service "web" has no endpoints'],
  },
  {
    noun: 'Endpoints',
    pattern: 'the endpoints of {object} are:',
    kind: 'check',
    what: 'all of them, ready or not, in any order; columns: address, port, endpoint, ready, serving, terminating, node, pod',
    examples: [
      `the endpoints of Service "my-db" are:
  | address    | port | ready | node   | pod     |
  | 10.244.1.5 | 5432 | yes   | node01 | my-db-0 |`,
    ],
  },
  {
    noun: 'Endpoints',
    pattern: '{bound} endpoint(s) of {object} is/are on {object}',
    kind: 'check',
    what: 'how many ready ones are on a Node',
    examples: ['no endpoint of Service "demo/web" is on Node "node02"'],
  },
  {
    noun: 'Connections',
    pattern: '{client} connects to {target}',
    kind: 'event',
    what: 'looks the name up if there is one, connects, sends one message and waits for the answer',
    examples: [
      'Pod "client" connects to "web:80"',
      'host "laptop" connects to port 30080 of Node "node01"',
    ],
  },
  {
    noun: 'Connections',
    pattern: '{client} connects to {target} {int} times',
    kind: 'event',
    what: 'the same, N times, one virtual millisecond apart',
    examples: ['Pod "client" connects to "10.96.0.99:80" 6 times'],
  },
  {
    noun: 'Connections',
    pattern: 'the connection(s) {outcome}',
    kind: 'check',
    what: 'all connections of the last such step ended so',
    examples: ['the connection times out', 'the connection is answered by Deployment "my-app"'],
  },
  {
    noun: 'Connections',
    pattern: '{client} keeps connecting to {target} every {duration}',
    kind: 'event',
    what: 'connects now and, while other steps move the clock, again and again',
    examples: [
      'host "laptop" keeps connecting to "http://shop.example.com" every 100 milliseconds',
    ],
  },
  {
    noun: 'Connections',
    pattern: '{bound} request(s) {outcome}',
    kind: 'check',
    what: 'of all connections that such clients have made up to now, so many ended so',
    examples: ['no request is lost', 'at most 2 requests are refused'],
  },
  {
    noun: 'Connections',
    pattern: '{client} opens a connection to {target}',
    kind: 'event',
    what: "the same as `connects to`, and the connection (UDP: the client's socket) stays open",
    examples: ['Pod "client" opens a connection to "10.100.200.3:53" over UDP'],
  },
  {
    noun: 'Connections',
    pattern: '{client} {usage} the open connection(s)',
    kind: 'event',
    what: 'sends one more message over each that it has, closes it (FIN) or resets it (RST)',
    examples: ['Pod "client" uses the open connection'],
  },
  {
    noun: 'Connections',
    pattern: 'the open connection(s) {outcome}',
    kind: 'check',
    what: 'one more message over each open connection would end so, whatever is drawn; on a copy',
    examples: ['the open connection is closed'],
  },
  {
    noun: 'Connections',
    pattern: '{every} connection from {client} to {target} {outcome}',
    kind: 'check',
    what: 'all that can happen ends so, or none of it',
    examples: ['every connection from host "laptop" to port 30080 of Node "node01" is refused'],
  },
  {
    noun: 'Connections',
    pattern: 'connections from {client} to {target} spread evenly over {int} Pod(s)',
    kind: 'check',
    what: 'N Pods answer, each with the share 1/N',
    examples: ['connections from Pod "client" to "10.100.200.1:80" spread evenly over 3 Pods'],
  },
  {
    noun: 'Connections',
    pattern: 'connections from {client} to {target} spread:',
    kind: 'check',
    what: 'a table with a header row: a Pod (or `host NAME`, `refused`, `unreachable`, `timeout`, `status 502 by POD`) and its share, `1/3`, `50 %` or `0.25`; where Pods pass requests on, any Pod on the way, or several: `web/nginx-0 -> web/backend-1`',
    examples: [
      `connections from Pod "client" to "my-db:5432" spread:
  | Pod     | share |
  | my-db-0 | 1/2   |
  | timeout | 50 %  |`,
    ],
  },
  {
    noun: 'Connections',
    pattern: 'connections from {client} to {target} stay on one Pod',
    kind: 'check',
    what: 'whichever Pod the first one gets, the next three get too',
    examples: ['connections from Pod "client" to "10.100.200.1:80" stay on one Pod'],
  },
  {
    noun: 'Connections',
    pattern: 'the {party} sees {address}',
    kind: 'check',
    what: 'the server: where the request came from; the last server: the same behind those who pass requests on; the client: where the reply came from',
    examples: ['the server sees the address of host "laptop"', 'the client sees "10.100.200.1:80"'],
  },
  {
    noun: 'Connections',
    pattern: 'the reachability is:',
    kind: 'check',
    what: 'a table: clients in the first column, targets in the header row, how connections end in the cells, in the words of `trace -o json` (`answered`, `refused`, `unreachable`, `timeout`, `nxdomain`, `nodata`, `servfail`) or the status of a proxy that had no answer (`502`), joined by `or` when several can happen',
    examples: [
      `the reachability is:
  | who           | web:80   | port 80 of Service "web" |
  | Pod "client"  | answered | answered                 |
  | host "laptop" | nxdomain | timeout                  |`,
    ],
  },
  {
    noun: 'Traces and rules',
    pattern: 'the trace passes:',
    kind: 'check',
    what: 'the hops of the last connection, and of what its backend asked of others, in this order, others between them; columns: at, stage, chain, effect, rule, detail (the last two by what they contain)',
    examples: [
      `the trace passes:
  | at          | stage          | effect | rule                      |
  | node/node01 | nat/PREROUTING | dnat   | --to-destination 10.244.1 |`,
    ],
  },
  {
    noun: 'Traces and rules',
    pattern: 'the trace blames {string}',
    kind: 'check',
    what: 'why the last connection failed, as one of a closed list of ids',
    examples: ['the trace blames "no-local-endpoints"'],
  },
  {
    noun: 'Traces and rules',
    pattern: 'the connection walks {bound} rule(s)',
    kind: 'check',
    what: 'how many rules its packets were compared with',
    examples: ['the connection walks at most 27 rules'],
  },
  {
    noun: 'Traces and rules',
    pattern: '{tool} on {object} prints:',
    kind: 'check',
    what: "these lines stand in the tool's output on that Node or host, in this order, others between them",
    examples: [
      `conntrack -L on Node "node02" prints:
  """
  tcp * dst=10.100.200.1 * [ASSURED] *
  """`,
    ],
  },
  {
    noun: 'Traces and rules',
    pattern: 'the rules on {object} lead to exactly the endpoints of {object}',
    kind: 'check',
    what: 'each port of the Service, dialled on that Node, leads to its ready endpoints and nowhere else',
    examples: ['the rules on Node "node01" lead to exactly the endpoints of Service "my-service"'],
  },
  {
    noun: 'Traces and rules',
    pattern: 'the rules on {object} do not mention {object}',
    kind: 'check',
    what: "neither the name nor the addresses stand in that Node's rules",
    examples: ['the rules on Node "node01" do not mention Service "web"'],
  },
  {
    noun: 'Names',
    pattern: '{client} looks up {question}',
    kind: 'event',
    what: "a look-up as the client's own resolver makes it, search list and all",
    examples: ['Pod "asker" looks up "my-service" A', 'Pod "client" looks up "kubernetes.default"'],
  },
  {
    noun: 'Names',
    pattern: 'the answer is {rcode}',
    kind: 'check',
    what: 'the last look-up ended without an answer, so',
    examples: ['the answer is NXDOMAIN'],
  },
  {
    noun: 'Names',
    pattern: 'the answer is:',
    kind: 'check',
    what: 'the records that ended it, one zone-file line each, in any order; class and TTL may be left out',
    examples: [
      `the answer is:
  """
  my-service.default.svc.cluster.local. IN A 10.100.200.1
  """`,
    ],
  },
  {
    noun: 'Names',
    pattern: 'the queries are:',
    kind: 'check',
    what: 'all queries it took, in order; columns: name, type, server, rcode, transport, answers (how many records), cached',
    examples: [
      `the queries are:
  | name                                  | type | rcode   |
  | my-service.default.svc.cluster.local. | A    | NOERROR |`,
    ],
  },
  {
    noun: 'Time and faults',
    pattern: '{duration} pass(es)',
    kind: 'event',
    what: 'moves the clock; everything that becomes due runs',
    examples: ['30 seconds pass'],
  },
  {
    noun: 'Time and faults',
    pattern: '{component} {lifecycle}',
    kind: 'event',
    what: 'stops or starts a part of the cluster; while the API server is stopped nothing can be written, and all go on with what they know; while CoreDNS is stopped its containers are killed as soon as they start',
    examples: ['kube-proxy on Node "node01" stops'],
  },
  {
    noun: 'Time and faults',
    pattern: '{component} restart(s)',
    kind: 'event',
    what: "kube-proxy's process ends and begins anew",
    examples: ['kube-proxy restarts'],
  },
  {
    noun: 'Time and faults',
    pattern: '{component} restart(s) in {word} mode',
    kind: 'event',
    what: '... in another mode: it finds what the old one wrote, and cleans up as its version does',
    examples: ['kube-proxy restarts in nftables mode'],
  },
  {
    noun: 'Time and faults',
    pattern: '{component} lag(s) by {duration}',
    kind: 'event',
    what: 'it hears of changes that much later, or (kube-proxy) writes its rules that much later',
    examples: ['the endpoint controllers lag by 30 seconds'],
  },
  {
    noun: 'Time and faults',
    pattern: 'the A and AAAA queries of {client} race',
    kind: 'event',
    what: 'from now on the two that its resolver sends from one socket pass each node side by side',
    examples: ['the A and AAAA queries of Pod "client" race'],
  },
  {
    noun: 'Time and faults',
    pattern: 'the link between {client} and {client} {linkState}',
    kind: 'event',
    what: 'cuts, restores or weakens the wire between two machines: two nodes, a node and a host, a Pod and its node',
    examples: ['the link between Node "node01" and Node "node02" is cut'],
  },
];

export const catalogueParameters: readonly CatalogueParameter[] = [
  {
    name: 'string',
    what: 'text in double or single quotes',
  },
  {
    name: 'word',
    what: 'a word without spaces',
  },
  {
    name: 'int',
    what: 'a whole number',
  },
  {
    name: 'object',
    what: '`Service "demo/web"`, `Node "node01"`, `container "app" of Pod "demo/web"`; any kind; `host "lb1"` of the Cluster document',
  },
  {
    name: 'client',
    what: '`Pod "demo/client"`, `Deployment "demo/web"`, `StatefulSet "my-db"`, `DaemonSet "kube-system/agent"`, `Node "node01"`, `host "laptop"`',
  },
  {
    name: 'target',
    what: `\`"web:80"\`, \`"10.100.200.1:80"\`, \`"http://web/"\`, \`"web:53" over UDP\` (or TCP, SCTP), \`port 30080 of Node "node01"\`, \`port 53/UDP of Service "dns"\` (of a Service, Pod, Node or host); with \`from port 5000\` the client's own port`,
  },
  {
    name: 'outcome',
    what: '`is answered`, `is answered by Deployment "demo/web"` (or Pod, StatefulSet, DaemonSet, Node, host; a Pod that passed the request on counts as well as the one behind it), `is answered with status 502 [by ...]` (by a Pod that had no answer to pass back; it is not `answered` otherwise), `is refused`, `is unreachable`, `times out`, `fails to resolve`, `is lost` (dialled and not answered, or with such a status, for whatever reason; a name that never resolves only `fails to resolve`); of open connections also `is closed` (the server has ended it), `is reset`; also `are ...`, `time out`, `fail to resolve`',
  },
  {
    name: 'usage',
    what: '`uses`, `closes`, `resets`',
  },
  {
    name: 'bound',
    what: '`no`, `3`, `at least 2`, `at most 5`',
  },
  {
    name: 'every',
    what: '`every`, `no`',
  },
  {
    name: 'duration',
    what: '`250 milliseconds`, `30 seconds`, `1.5 minutes`, `3 hours`, `1 day`',
  },
  {
    name: 'state',
    what: '`exists`, `does not exist`, `is ready`, `is not ready`, `is Pending`, `is Running`, `is Succeeded`, `is Failed`, `is CrashLoopBackOff`, `is Terminating`',
  },
  {
    name: 'event',
    what: "Pods: `becomes ready`, `stops being ready`, `crashes`, `restarts`; Nodes: `goes down`, `comes back`, `is cordoned`, `is uncordoned`, `is drained` (kubectl's verbs; drain with `--ignore-daemonsets --delete-emptydir-data --force`); hosts: `goes down`, `comes back`",
  },
  {
    name: 'component',
    what: '`kube-proxy` (on all nodes), `kube-proxy on Node "node01"`, `kubelet on Node "node01"`, `keepalived on host "lb1"`, `CoreDNS`, `the endpoint controllers`, `the load balancer`, `the API server` (a lag of all watches), `upstream DNS`',
  },
  {
    name: 'lifecycle',
    what: '`stops`, `starts` (or `stop`, `start`)',
  },
  {
    name: 'linkState',
    what: '`is cut`, `is restored`, `loses 30 % of its packets`',
  },
  {
    name: 'address',
    what: '`"10.1.0.40"`, `"10.1.0.40:80"`, `the address of Pod "demo/client"` (or Node, host, Service), `the gateway of Node "node01"` (the first address of its Pod range)',
  },
  {
    name: 'party',
    what: '`server`, `last server`, `client`',
  },
  {
    name: 'tool',
    what: "a command line of what reads a node's kernel: `iptables-save`, `iptables -t nat -nL`, `ipset list NAME`, `ipvsadm -Ln`, `nft list chain ip TABLE NAME`, `conntrack -L`, `ip addr`, `journalctl -u keepalived -o cat`, or `curl`, which asks from there ... ([commands](commands.md#exec))",
  },
  {
    name: 'question',
    what: '`"web"`, `"web.demo" A`; types: A, AAAA, CNAME, PTR, SRV, TXT, SOA, NS, ANY. Without a type, what the resolver asks by itself',
  },
  {
    name: 'rcode',
    what: '`NXDOMAIN`, `NODATA`, `SERVFAIL`, `REFUSED`, `a timeout`',
  },
];
