// What IPVS mode makes of one Service of each kind, in the order of ServicePortName: the restore input, the
// ipset commands, and what ipvsadm would be told. Used by overall.test.ts alone.

export const overallRestore = `*nat
:KUBE-SERVICES - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-LOAD-BALANCER - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
-A KUBE-POSTROUTING -m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
-A KUBE-SERVICES -m comment --comment "Kubernetes service lb portal" -m set --match-set KUBE-LOAD-BALANCER dst,dst -j KUBE-LOAD-BALANCER
-A KUBE-LOAD-BALANCER -m comment --comment "Kubernetes service load balancer ip + port with externalTrafficPolicy=local" -m set --match-set KUBE-LOAD-BALANCER-LOCAL dst,dst -j RETURN
-A KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port with externalTrafficPolicy=local" -m set --match-set KUBE-NODE-PORT-LOCAL-TCP dst -j RETURN
-A KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m comment --comment "Kubernetes service external ip + port for masquerade and filter purpose" -m set --match-set KUBE-EXTERNAL-IP dst,dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m comment --comment "Kubernetes service external ip + port for masquerade and filter purpose" -m set --match-set KUBE-EXTERNAL-IP dst,dst -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT
-A KUBE-SERVICES -m comment --comment "Kubernetes service external ip + port for masquerade and filter purpose" -m set --match-set KUBE-EXTERNAL-IP dst,dst -m addrtype --dst-type LOCAL -j ACCEPT
-A KUBE-SERVICES -m comment --comment "Kubernetes service external ip + port with externalTrafficPolicy=local" -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT
-A KUBE-SERVICES -m comment --comment "Kubernetes service external ip + port with externalTrafficPolicy=local" -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -m addrtype --dst-type LOCAL -j ACCEPT
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
-A KUBE-SERVICES -m set --match-set KUBE-LOAD-BALANCER dst,dst -j ACCEPT
-A KUBE-POSTROUTING -m mark ! --mark 0x00004000/0x00004000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x00004000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE
-A KUBE-MARK-MASQ -j MARK --or-mark 0x00004000
COMMIT
*filter
:KUBE-FORWARD - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SOURCE-RANGES-FIREWALL - [0:0]
:KUBE-IPVS-FILTER - [0:0]
:KUBE-IPVS-OUT-FILTER - [0:0]
-A KUBE-PROXY-FIREWALL -m comment --comment "Kubernetes service load balancer ip + port for load balancer with sourceRange" -m set --match-set KUBE-LOAD-BALANCER-FW dst,dst -j KUBE-SOURCE-RANGES-FIREWALL
-A KUBE-SOURCE-RANGES-FIREWALL -m comment --comment "Kubernetes service load balancer ip + port + source cidr for packet filter purpose" -m set --match-set KUBE-LOAD-BALANCER-SOURCE-CIDR dst,dst,src -j RETURN
-A KUBE-SOURCE-RANGES-FIREWALL -j DROP
-A KUBE-IPVS-OUT-FILTER -s 5.6.7.8 -m ipvs --vaddr 5.6.7.8 --vproto tcp --vport 80 -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x00004000/0x00004000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-NODE-PORT -m comment --comment "Kubernetes health check node port" -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j ACCEPT
-A KUBE-IPVS-FILTER -m set --match-set KUBE-LOAD-BALANCER dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j RETURN
-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT
COMMIT
`;

export const overallIpset = `create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536 -exist
create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536 -exist
create KUBE-EXTERNAL-IP hash:ip,port family inet hashsize 1024 maxelem 65536 -exist
create KUBE-EXTERNAL-IP-LOCAL hash:ip,port family inet hashsize 1024 maxelem 65536 -exist
create KUBE-LOAD-BALANCER hash:ip,port family inet hashsize 1024 maxelem 65536 -exist
create KUBE-LOAD-BALANCER-FW hash:ip,port family inet hashsize 1024 maxelem 65536 -exist
create KUBE-LOAD-BALANCER-LOCAL hash:ip,port family inet hashsize 1024 maxelem 65536 -exist
create KUBE-LOAD-BALANCER-SOURCE-IP hash:ip,port,ip family inet hashsize 1024 maxelem 65536 -exist
create KUBE-LOAD-BALANCER-SOURCE-CIDR hash:ip,port,net family inet hashsize 1024 maxelem 65536 -exist
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535 -exist
create KUBE-NODE-PORT-LOCAL-TCP bitmap:port range 0-65535 -exist
create KUBE-NODE-PORT-UDP bitmap:port range 0-65535 -exist
create KUBE-NODE-PORT-LOCAL-UDP bitmap:port range 0-65535 -exist
create KUBE-NODE-PORT-SCTP-HASH hash:ip,port family inet hashsize 1024 maxelem 65536 -exist
create KUBE-NODE-PORT-LOCAL-SCTP-HASH hash:ip,port family inet hashsize 1024 maxelem 65536 -exist
create KUBE-HEALTH-CHECK-NODE-PORT bitmap:port range 0-65535 -exist
create KUBE-IPVS-IPS hash:ip family inet hashsize 1024 maxelem 65536 -exist
add KUBE-LOOP-BACK 10.180.0.5,tcp:80,10.180.0.5 -exist
add KUBE-CLUSTER-IP 172.30.0.41,tcp:80 -exist
add KUBE-CLUSTER-IP 172.30.0.42,tcp:80 -exist
add KUBE-CLUSTER-IP 172.30.0.43,tcp:80 -exist
add KUBE-CLUSTER-IP 172.30.0.44,tcp:80 -exist
add KUBE-CLUSTER-IP 172.30.0.45,tcp:80 -exist
add KUBE-CLUSTER-IP 172.30.0.46,tcp:80 -exist
add KUBE-EXTERNAL-IP 192.168.99.33,tcp:80 -exist
add KUBE-EXTERNAL-IP-LOCAL 192.168.99.22,tcp:80 -exist
add KUBE-LOAD-BALANCER 1.2.3.4,tcp:80 -exist
add KUBE-LOAD-BALANCER 5.6.7.8,tcp:80 -exist
add KUBE-LOAD-BALANCER-FW 5.6.7.8,tcp:80 -exist
add KUBE-LOAD-BALANCER-LOCAL 1.2.3.4,tcp:80 -exist
add KUBE-LOAD-BALANCER-SOURCE-CIDR 5.6.7.8,tcp:80,203.0.113.0/25 -exist
add KUBE-NODE-PORT-TCP 3001 -exist
add KUBE-NODE-PORT-TCP 3003 -exist
add KUBE-NODE-PORT-TCP 3002 -exist
add KUBE-NODE-PORT-LOCAL-TCP 3001 -exist
add KUBE-HEALTH-CHECK-NODE-PORT 30000 -exist
add KUBE-IPVS-IPS 172.30.0.41 -exist
add KUBE-IPVS-IPS 172.30.0.42 -exist
add KUBE-IPVS-IPS 192.168.99.22 -exist
add KUBE-IPVS-IPS 1.2.3.4 -exist
add KUBE-IPVS-IPS 172.30.0.43 -exist
add KUBE-IPVS-IPS 172.30.0.44 -exist
add KUBE-IPVS-IPS 192.168.99.33 -exist
add KUBE-IPVS-IPS 172.30.0.45 -exist
add KUBE-IPVS-IPS 5.6.7.8 -exist
add KUBE-IPVS-IPS 172.30.0.46 -exist
`;

export const overallServers = `-A -t 172.30.0.41:80 -s rr
-a -t 172.30.0.41:80 -r 10.180.0.1:80 -m -w 1
-A -t 172.30.0.42:80 -s rr
-a -t 172.30.0.42:80 -r 10.180.0.2:80 -m -w 1
-A -t 192.168.99.22:80 -s rr
-a -t 192.168.99.22:80 -r 10.180.0.2:80 -m -w 1
-A -t 1.2.3.4:80 -s rr
-a -t 1.2.3.4:80 -r 10.180.0.2:80 -m -w 1
-A -t 192.168.0.2:3001 -s rr
-a -t 192.168.0.2:3001 -r 10.180.0.2:80 -m -w 1
-A -t 172.30.0.43:80 -s rr
-a -t 172.30.0.43:80 -r 10.180.0.3:80 -m -w 1
-A -t 192.168.0.2:3003 -s rr
-a -t 192.168.0.2:3003 -r 10.180.0.3:80 -m -w 1
-A -t 172.30.0.44:80 -s rr
-a -t 172.30.0.44:80 -r 10.180.0.4:80 -m -w 1
-a -t 172.30.0.44:80 -r 10.180.0.5:80 -m -w 1
-A -t 192.168.99.33:80 -s rr
-a -t 192.168.99.33:80 -r 10.180.0.4:80 -m -w 1
-a -t 192.168.99.33:80 -r 10.180.0.5:80 -m -w 1
-A -t 172.30.0.45:80 -s rr -p 10800
-a -t 172.30.0.45:80 -r 10.180.0.3:80 -m -w 1
-A -t 5.6.7.8:80 -s rr -p 10800
-a -t 5.6.7.8:80 -r 10.180.0.3:80 -m -w 1
-A -t 192.168.0.2:3002 -s rr -p 10800
-a -t 192.168.0.2:3002 -r 10.180.0.3:80 -m -w 1
-A -t 172.30.0.46:80 -s rr
`;
