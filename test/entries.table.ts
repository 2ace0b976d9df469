// Who gets where from where in each mode of kube-proxy: the words are those of kernel/entry-ends.ts. All of IPv6 is the
// same, but for what stands in `six`.

export const tables: Readonly<Record<string, string>> = {
  // Held against Linux 6.18 with iptables-nft and iptables-legacy.
  iptables: `
                              | both Cluster          | both Local  | here Cluster | here Local | there Cluster | there Local | host Cluster | host Local | none Cluster | none Local
outside -> balancer IP        | a:gw1 a:n2 b:gw2 b:n1 | a:own b:own | a:gw1 a:n2   | a:own      | b:gw2 b:n1    | b:own       | a:n2 a:own   | a:own      | icmp         | silent
outside -> node port of n1    | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | drop        | a:own        | a:own      | icmp         | icmp
outside -> node port of n2    | a:n2 b:gw2            | b:own       | a:n2         | drop       | b:gw2         | b:own       | a:n2         | drop       | icmp         | icmp
routed -> cluster IP          | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:n1          | drop        | a:own        | a:own      | icmp         | icmp
routed -> external IP         | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | drop        | a:own        | a:own      | icmp         | icmp
c1 -> cluster IP              | a:own b:own           | a:own       | a:own        | a:own      | b:own         | drop        | a:own        | a:own      | icmp         | icmp
c1 -> external IP             | a:gw1 b:n1            | a:own b:own | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> balancer IP             | a:gw1 b:n1            | a:own b:own | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> node port of n1         | a:gw1 b:n1            | a:own b:own | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> node port of n2         | a:n2 b:gw2            | b:n1        | a:n2         | drop       | b:gw2         | b:n1        | a:n2         | drop       | icmp         | icmp
c1 -> node port of the bridge | a:gw1 b:n1            | a:own b:own | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
s0-0 -> cluster IP            | a:gw1 b:own           | a:gw1       | a:gw1        | a:gw1      | b:gw2         | b:gw2       | a:n1         | a:n1       | -            | -
s0-0 -> external IP           | a:gw1 b:n1            | a:gw1 b:own | a:gw1        | a:gw1      | b:gw2         | b:gw2       | a:n1         | a:n1       | -            | -
s0-0 -> node port of n1       | a:gw1 b:n1            | a:gw1 b:own | a:gw1        | a:gw1      | b:n1          | drop        | a:n1         | a:n1       | -            | -
n1 -> cluster IP              | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:n1          | drop        | a:n1         | a:n1       | icmp         | icmp
n1 -> external IP             | a:gw1 b:n1            | a:gw1 b:n1  | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | silent       | silent
n1 -> balancer IP             | a:gw1 b:n1            | a:gw1 b:n1  | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | drop icmp    | silent
n1 -> node port of n1         | a:gw1 b:n1            | a:gw1 b:n1  | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | icmp         | icmp
n1 -> node port of n2         | a:n2 b:gw2            | b:n1        | a:n2         | drop       | b:gw2         | b:n1        | a:n2         | drop       | icmp         | icmp
n1 -> node port of the bridge | a:gw1 b:n1            | a:gw1 b:gw1 | a:gw1        | a:gw1      | b:n1          | b:gw1       | a:n1         | a:gw1      | icmp         | icmp
n1 -> node port of localhost  | a:gw1 b:n1            | a:gw1 b:n1  | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | icmp         | icmp
n2 -> cluster IP              | a:n2 b:gw2            | b:gw2       | a:n2         | drop       | b:gw2         | b:gw2       | a:n2         | drop       | icmp         | icmp
n2 -> external IP             | a:n2 b:gw2            | a:n2 b:gw2  | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | silent       | silent
n2 -> node port of n1         | a:gw1 b:n1            | a:n2        | a:gw1        | a:n2       | b:n1          | drop        | a:n2         | a:n2       | icmp         | icmp
n2 -> node port of localhost  | a:n2 b:gw2            | a:n2 b:gw2  | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | icmp         | icmp
`,
  // Held against Linux 6.18. A node's own address is its first one alone, and localhost is none: what nobody serves there is
  // refused by the node itself. What a node sends to an address without endpoints is rejected on its way out.
  nftables: `
                              | both Cluster          | both Local  | here Cluster | here Local | there Cluster | there Local | host Cluster | host Local | none Cluster | none Local
outside -> balancer IP        | a:gw1 a:n2 b:gw2 b:n1 | a:own b:own | a:gw1 a:n2   | a:own      | b:gw2 b:n1    | b:own       | a:n2 a:own   | a:own      | icmp         | silent
outside -> node port of n1    | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | drop        | a:own        | a:own      | icmp         | icmp
outside -> node port of n2    | a:n2 b:gw2            | b:own       | a:n2         | drop       | b:gw2         | b:own       | a:n2         | drop       | icmp         | icmp
routed -> cluster IP          | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:n1          | drop        | a:own        | a:own      | icmp         | icmp
routed -> external IP         | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | drop        | a:own        | a:own      | icmp         | icmp
c1 -> cluster IP              | a:own b:own           | a:own       | a:own        | a:own      | b:own         | drop        | a:own        | a:own      | icmp         | icmp
c1 -> external IP             | a:gw1 b:n1            | a:own b:own | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> balancer IP             | a:gw1 b:n1            | a:own b:own | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> node port of n1         | a:gw1 b:n1            | a:own b:own | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> node port of n2         | a:n2 b:gw2            | b:n1        | a:n2         | drop       | b:gw2         | b:n1        | a:n2         | drop       | icmp         | icmp
c1 -> node port of the bridge | rst                   | rst         | rst          | rst        | rst           | rst         | rst          | rst        | rst          | rst
s0-0 -> cluster IP            | a:gw1 b:own           | a:gw1       | a:gw1        | a:gw1      | b:gw2         | b:gw2       | a:n1         | a:n1       | -            | -
s0-0 -> external IP           | a:gw1 b:n1            | a:gw1 b:own | a:gw1        | a:gw1      | b:gw2         | b:gw2       | a:n1         | a:n1       | -            | -
s0-0 -> node port of n1       | a:gw1 b:n1            | a:gw1 b:own | a:gw1        | a:gw1      | b:n1          | drop        | a:n1         | a:n1       | -            | -
n1 -> cluster IP              | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:n1          | drop        | a:n1         | a:n1       | icmp         | icmp
n1 -> external IP             | a:gw1 b:n1            | a:gw1 b:n1  | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | icmp         | icmp
n1 -> balancer IP             | a:gw1 b:n1            | a:gw1 b:n1  | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | icmp         | icmp
n1 -> node port of n1         | a:gw1 b:n1            | a:gw1 b:n1  | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | icmp         | icmp
n1 -> node port of n2         | a:n2 b:gw2            | b:n1        | a:n2         | drop       | b:gw2         | b:n1        | a:n2         | drop       | icmp         | icmp
n1 -> node port of the bridge | rst                   | rst         | rst          | rst        | rst           | rst         | rst          | rst        | rst          | rst
n1 -> node port of localhost  | rst                   | rst         | rst          | rst        | rst           | rst         | rst          | rst        | rst          | rst
n2 -> cluster IP              | a:n2 b:gw2            | b:gw2       | a:n2         | drop       | b:gw2         | b:gw2       | a:n2         | drop       | icmp         | icmp
n2 -> external IP             | a:n2 b:gw2            | a:n2 b:gw2  | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | icmp         | icmp
n2 -> node port of n1         | a:gw1 b:n1            | a:n2        | a:gw1        | a:n2       | b:n1          | drop        | a:n2         | a:n2       | icmp         | icmp
n2 -> node port of localhost  | rst                   | rst         | rst          | rst        | rst           | rst         | rst          | rst        | rst          | rst
`,
  // Virtual servers take all endpoints where none is local (but for balancers, which ask for health), and only the local
  // ones under LOCAL, for Pods and the node too. What LOCAL serves is not masked: a node comes with the address it dialled,
  // which every node holds on kube-ipvs0 and drops, and outsiders hear from an endpoint they have not dialled. None stands
  // on a loopback address. IPVS is asked before any route, so nothing of a node's own leaves without endpoints.
  ipvs: `
                              | both Cluster          | both Local  | here Cluster | here Local | there Cluster | there Local | host Cluster | host Local | none Cluster | none Local
outside -> balancer IP        | a:gw1 a:n2 b:gw2 b:n1 | a:own b:own | a:gw1 a:n2   | a:own      | b:gw2 b:n1    | b:own       | a:n2 a:own   | a:own      | icmp         | silent
outside -> node port of n1    | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | silent      | a:own        | a:own      | icmp         | icmp
outside -> node port of n2    | a:n2 b:gw2            | b:own       | a:n2         | silent     | b:gw2         | b:own       | a:n2         | a:n2       | icmp         | icmp
routed -> cluster IP          | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:n1          | b:n1        | a:own        | a:own      | icmp         | icmp
routed -> external IP         | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | silent      | a:own        | a:own      | icmp         | icmp
c1 -> cluster IP              | a:own b:own           | a:own       | a:own        | a:own      | b:own         | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> external IP             | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> balancer IP             | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> node port of n1         | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
c1 -> node port of n2         | a:n2 b:gw2            | b:n1        | a:n2         | drop       | b:gw2         | b:n1        | a:n2         | a:n2       | icmp         | icmp
c1 -> node port of the bridge | a:gw1 b:n1            | a:own       | a:gw1        | a:own      | b:n1          | b:own       | a:own        | a:own      | icmp         | icmp
s0-0 -> cluster IP            | a:gw1 b:own           | a:gw1       | a:gw1        | a:gw1      | b:gw2         | b:gw2       | a:n1         | a:n1       | -            | -
s0-0 -> external IP           | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:gw2         | b:gw2       | a:n1         | a:dialled  | -            | -
s0-0 -> node port of n1       | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:n1          | drop        | a:n1         | a:n1       | -            | -
n1 -> cluster IP              | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | icmp         | icmp
n1 -> external IP             | a:gw1 b:n1            | a:dialled   | a:gw1        | a:dialled  | b:n1          | drop        | a:n1         | a:dialled  | icmp         | icmp
n1 -> balancer IP             | a:gw1 b:n1            | a:dialled   | a:gw1        | a:dialled  | b:n1          | drop        | a:n1         | a:dialled  | icmp         | icmp
n1 -> node port of n1         | a:gw1 b:n1            | a:n1        | a:gw1        | a:n1       | b:n1          | b:n1        | a:n1         | a:n1       | icmp         | icmp
n1 -> node port of n2         | a:n2 b:gw2            | b:n1        | a:n2         | drop       | b:gw2         | b:n1        | a:n2         | a:n2       | icmp         | icmp
n1 -> node port of the bridge | a:gw1 b:n1            | a:gw1       | a:gw1        | a:gw1      | b:n1          | b:gw1       | a:n1         | a:gw1      | icmp         | icmp
n1 -> node port of localhost  | rst                   | rst         | rst          | rst        | rst           | rst         | rst          | rst        | rst          | rst
n2 -> cluster IP              | a:n2 b:gw2            | b:gw2       | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | icmp         | icmp
n2 -> external IP             | a:n2 b:gw2            | b:dialled   | a:n2         | drop       | b:gw2         | b:dialled   | a:n2         | a:n2       | icmp         | icmp
n2 -> node port of n1         | a:gw1 b:n1            | a:n2        | a:gw1        | a:n2       | b:n1          | drop        | a:n2         | a:n2       | icmp         | icmp
n2 -> node port of localhost  | rst                   | rst         | rst          | rst        | rst           | rst         | rst          | rst        | rst          | rst
`,
  // The proxy's process answers for every frontend and dials an endpoint itself: its own node is the source, policies mean
  // nothing to it, endpoints take turns (the first one is seen here), without one it hangs up. It has no health check node
  // port, so a LOCAL balancer finds no node. External IPs are taken from outsiders only, or where they are local.
  userspace: `
                              | both Cluster | both Local | here Cluster | here Local | there Cluster | there Local | host Cluster | host Local | none Cluster | none Local
outside -> balancer IP        | a:gw1 a:n2   | silent     | a:gw1 a:n2   | silent     | b:gw2 b:n1    | silent      | a:n1 a:n2    | silent     | rst          | silent
outside -> node port of n1    | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
outside -> node port of n2    | a:n2         | a:n2       | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | rst          | rst
routed -> cluster IP          | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
routed -> external IP         | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
c1 -> cluster IP              | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
c1 -> external IP             | silent       | silent     | silent       | silent     | silent        | silent      | silent       | silent     | silent       | silent
c1 -> balancer IP             | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
c1 -> node port of n1         | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
c1 -> node port of n2         | a:n2         | a:n2       | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | rst          | rst
c1 -> node port of the bridge | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
s0-0 -> cluster IP            | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:gw2         | b:gw2       | a:n1         | a:n1       | -            | -
s0-0 -> external IP           | silent       | silent     | silent       | silent     | silent        | silent      | silent       | silent     | -            | -
s0-0 -> node port of n1       | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | -            | -
n1 -> cluster IP              | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
n1 -> external IP             | silent       | silent     | silent       | silent     | silent        | silent      | silent       | silent     | silent       | silent
n1 -> balancer IP             | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
n1 -> node port of n1         | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
n1 -> node port of n2         | a:n2         | a:n2       | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | rst          | rst
n1 -> node port of the bridge | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
n1 -> node port of localhost  | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
n2 -> cluster IP              | a:n2         | a:n2       | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | rst          | rst
n2 -> external IP             | silent       | silent     | silent       | silent     | silent        | silent      | silent       | silent     | silent       | silent
n2 -> node port of n1         | a:gw1        | a:gw1      | a:gw1        | a:gw1      | b:n1          | b:n1        | a:n1         | a:n1       | rst          | rst
n2 -> node port of localhost  | a:n2         | a:n2       | a:n2         | a:n2       | b:gw2         | b:gw2       | a:n2         | a:n2       | rst          | rst
`,
};

/** Rows of IPv6 that differ: no address is routed from ::1, so iptables mode has no node ports there; the rule that drops
 * where LOCAL finds nobody, and the one that rejects, ask for no address. What IPVS sends back to the client's node with its
 * address unmasked is a martian there in IPv4; IPv6 takes it, and nobody has dialled what then answers. */
export const six: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  iptables: {
    'n1 -> node port of localhost': 'rst | rst | rst | rst | rst | drop | rst | rst | icmp | icmp',
    'n2 -> node port of localhost': 'rst | rst | rst | drop | rst | rst | rst | drop | icmp | icmp',
  },
  ipvs: {
    'c1 -> node port of n2':
      'a:n2 b:gw2 | b:n1 | a:n2 | silent | b:gw2 | b:n1 | a:n2 | a:n2 | icmp | icmp',
    's0-0 -> node port of n1':
      'a:gw1 b:n1 | a:gw1 | a:gw1 | a:gw1 | b:n1 | silent | a:n1 | a:n1 | - | -',
    'n1 -> external IP':
      'a:gw1 b:n1 | a:dialled | a:gw1 | a:dialled | b:n1 | silent | a:n1 | a:dialled | icmp | icmp',
    'n1 -> node port of n2':
      'a:n2 b:gw2 | b:n1 | a:n2 | silent | b:gw2 | b:n1 | a:n2 | a:n2 | icmp | icmp',
    'n2 -> external IP':
      'a:n2 b:gw2 | b:dialled | a:n2 | silent | b:gw2 | b:dialled | a:n2 | a:n2 | icmp | icmp',
    'n2 -> node port of n1':
      'a:gw1 b:n1 | a:n2 | a:gw1 | a:n2 | b:n1 | silent | a:n2 | a:n2 | icmp | icmp',
  },
};
