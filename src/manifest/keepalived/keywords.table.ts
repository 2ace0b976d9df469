// The keywords of keepalived.conf by block: those that are read, those that change nothing a packet could meet (mails,
// scripts that are told, names of processes), and those that keepalived has and that are refused. Any other is unknown.
// Models install_keyword of vrrp_parser.c, check_parser.c, check_api.c, check_http.c, check_tcp.c, global_parser.c.

export type BlockName =
  | 'keepalived.conf'
  | 'global_defs'
  | 'vrrp_instance'
  | 'authentication'
  | 'virtual_server'
  | 'real_server'
  | 'TCP_CHECK'
  | 'HTTP_GET'
  | 'url';

export interface Keywords {
  readonly read: readonly string[];
  readonly idle: readonly string[];
  /** With the reason. */
  readonly refused: Readonly<Record<string, string>>;
}

const scripts = 'what a script finds out is not modelled';
const otherDevices = 'a host has the one interface eth0';
const checkTimes = ['retry', 'delay_before_retry', 'warmup', 'delay_loop', 'alpha'] as const;
const connection = ['connect_ip', 'connect_port', 'connect_timeout', ...checkTimes] as const;
const otherSource = 'a check goes out from the host\u2019s own address';
const connectionRefused = {
  bindto: otherSource,
  bind_port: otherSource,
  bind_if: otherSource,
  fwmark: 'packets of checks carry no mark',
};
const notifies = [
  'notify',
  'notify_backup',
  'notify_deleted',
  'notify_fault',
  'notify_master',
  'notify_master_rx_lower_pri',
  'notify_priority_changes',
  'notify_stop',
  'smtp_alert',
] as const;

/** How the system runs a process. */
function ofProcess(name: string): readonly string[] {
  const settings = 'cpu_affinity no_swap priority process_name rlimit_rttime rt_priority';
  return settings.split(' ').map((one) => `${name}_${one}`);
}

const otherChecks = 'checks are TCP_CHECK and HTTP_GET';

export const keywords: Readonly<Record<BlockName, Keywords>> = {
  'keepalived.conf': {
    read: ['global_defs', 'virtual_server', 'vrrp_instance'],
    idle: [],
    refused: {
      SSL: 'checks over TLS are not modelled',
      bfd_instance: 'BFD is not modelled',
      garp_group: otherDevices,
      include: 'one text is the whole configuration',
      linkbeat_interfaces: otherDevices,
      net_namespace: 'a host has one network namespace',
      static_ipaddress: 'a host has the address of the Cluster document',
      static_routes: 'routes are hosts[].routes',
      static_rules: 'policy routing is not modelled',
      track_file: scripts,
      virtual_server_group: 'write a virtual_server for each address and port',
      vrrp_script: scripts,
      vrrp_sync_group: 'instances fail over by themselves',
      vrrp_track_process: scripts,
    },
  },
  global_defs: {
    read: [
      'vrrp_down_timer_adverts',
      'vrrp_garp_lower_prio_repeat',
      'vrrp_garp_master_delay',
      'vrrp_garp_master_refresh',
      'vrrp_higher_prio_send_advert',
      'vrrp_lower_prio_no_advert',
      'vrrp_version',
    ],
    idle: [
      ...['checker', 'vrrp'].flatMap(ofProcess),
      'checker_log_all_failures',
      'dynamic_interfaces',
      'enable_dbus',
      'enable_script_security',
      'enable_snmp_checker',
      'enable_snmp_keepalived',
      'enable_snmp_rfc',
      'enable_snmp_rfcv2',
      'enable_snmp_rfcv3',
      'enable_snmp_vrrp',
      'enable_traps',
      'log_unknown_vrids',
      'lvs_notify_fifo',
      'lvs_process_name',
      'max_auto_priority',
      'min_auto_priority_delay',
      'notify_fifo',
      'no_checker_emails',
      'no_email_faults',
      'notification_email',
      'notification_email_from',
      'process_name',
      'process_names',
      'router_id',
      'script_user',
      'smtp_alert',
      'smtp_alert_checker',
      'smtp_alert_vrrp',
      'smtp_connect_timeout',
      'smtp_helo_name',
      'smtp_server',
      'snmp_socket',
      'umask',
      'use_symlink_paths',
      'vrrp_garp_interval',
      'vrrp_garp_lower_prio_delay',
      'vrrp_garp_master_refresh_repeat',
      'vrrp_garp_master_repeat',
      'vrrp_gna_interval',
      'vrrp_ipsets',
      'vrrp_iptables',
      'vrrp_min_garp',
      'vrrp_notify_fifo',
      'vrrp_notify_priority_changes',
      'vrrp_skip_check_adv_addr',
    ],
    refused: {
      default_interface: otherDevices,
      lvs_flush: 'nobody but keepalived writes virtual servers on a host',
      lvs_sync_daemon: 'connections are not synchronised between directors',
      lvs_flush_on_stop: 'a virtual server goes with its keepalived',
      lvs_timeouts: 'connections time out as the kernel has it',
      nftables: 'its tables for no_accept and virtual server groups are not modelled',
      nftables_ipvs: 'virtual server groups are not modelled',
      vmac_prefix: 'addresses move by gratuitous ARP, not with a hardware address',
      vrrp_check_unicast_src: 'whom unicast adverts come from is not checked',
      vrrp_garp_extra_if: otherDevices,
      vrrp_mcast_group4: 'all instances of a LAN hear one multicast group',
      vrrp_mcast_group6: 'all instances of a LAN hear one multicast group',
      vrrp_owner_ignore_adverts: 'owners take adverts as RFC 5798 has it',
      vrrp_startup_delay: 'instances begin as keepalived starts',
      vrrp_strict: 'it writes firewall rules that drop what is sent to the virtual addresses',
    },
  },
  vrrp_instance: {
    read: [
      'advert_int',
      'authentication',
      'down_timer_adverts',
      'garp_lower_prio_repeat',
      'garp_master_delay',
      'garp_master_refresh',
      'higher_prio_send_advert',
      'interface',
      'lower_prio_no_advert',
      'nopreempt',
      'preempt',
      'preempt_delay',
      'priority',
      'state',
      'unicast_peer',
      'unicast_src_ip',
      'mcast_src_ip',
      'version',
      'virtual_ipaddress',
      'virtual_router_id',
    ],
    idle: [
      'accept',
      'debug',
      'dont_track_primary',
      'garp_lower_prio_delay',
      'garp_master_refresh_repeat',
      'garp_master_repeat',
      'kernel_rx_buf_size',
      'promote_secondaries',
      'skip_check_adv_addr',
      'unicast_ttl',
      ...notifies,
    ],
    refused: {
      lvs_sync_daemon_interface: 'connections are not synchronised between directors',
      native_ipv6: 'version 3 is the one for IPv6',
      check_unicast_src: 'whom unicast adverts come from is not checked',
      garp_extra_if: otherDevices,
      mcast_dst_ip: 'all instances of a LAN hear one multicast group',
      no_accept: 'it writes firewall rules that drop what is sent to the virtual addresses',
      owner_ignore_adverts: 'owners take adverts as RFC 5798 has it',
      old_unicast_checksum: 'checksums are not modelled',
      strict_mode: 'it writes firewall rules that drop what is sent to the virtual addresses',
      track_bfd: 'BFD is not modelled',
      track_file: scripts,
      track_interface: otherDevices,
      track_process: scripts,
      track_script: scripts,
      unicast_fault_no_peer: 'instances are never in the fault state',
      use_ipvlan: otherDevices,
      use_vmac: 'addresses move by gratuitous ARP, not with a hardware address',
      virtual_ipaddress_excluded: 'write them in virtual_ipaddress',
      virtual_routes: 'routes are hosts[].routes',
      virtual_rules: 'policy routing is not modelled',
    },
  },
  authentication: { read: ['auth_pass', 'auth_type'], idle: [], refused: {} },
  virtual_server: {
    read: [
      'alpha',
      'connect_timeout',
      'delay_before_retry',
      'delay_loop',
      'hysteresis',
      'inhibit_on_failure',
      'lb_algo',
      'lb_kind',
      'lvs_method',
      'lvs_sched',
      'mh-fallback',
      'mh-port',
      'persistence_granularity',
      'persistence_timeout',
      'protocol',
      'quorum',
      'real_server',
      'retry',
      'sh-fallback',
      'sh-port',
      'sorry_server',
      'virtualhost',
      'warmup',
      'weight',
    ],
    idle: ['omega', 'quorum_down', 'quorum_up', 'smtp_alert', 'snmp_name'],
    refused: {
      'flag-1': 'write the scheduler\u2019s own word: sh-fallback, mh-fallback',
      'flag-2': 'write the scheduler\u2019s own word: sh-port, mh-port',
      'flag-3': 'no scheduler has a third flag',
      ha_suspend: 'checks go on on every director',
      ip_family: 'the family is the address\u2019s',
      ops: 'one-packet scheduling is not modelled',
      persistence_engine: 'persistence by SIP is not modelled',
      sorry_server_inhibit: 'the sorry server is added when it is needed',
      sorry_server_lvs_method: 'the sorry server is reached as the real servers are',
    },
  },
  real_server: {
    read: [
      'HTTP_GET',
      'TCP_CHECK',
      'alpha',
      'connect_timeout',
      'delay_before_retry',
      'delay_loop',
      'inhibit_on_failure',
      'lvs_method',
      'retry',
      'virtualhost',
      'warmup',
      'weight',
    ],
    idle: ['notify_down', 'notify_up', 'smtp_alert', 'snmp_name'],
    refused: {
      BFD_CHECK: otherChecks,
      DNS_CHECK: otherChecks,
      FILE_CHECK: otherChecks,
      MISC_CHECK: scripts,
      PING_CHECK: otherChecks,
      SMTP_CHECK: otherChecks,
      SSL_GET: 'checks over TLS are not modelled',
      UDP_CHECK: otherChecks,
      lthreshold: 'thresholds of connections are not modelled',
      uthreshold: 'thresholds of connections are not modelled',
    },
  },
  TCP_CHECK: { read: connection, idle: ['log_all_failures'], refused: connectionRefused },
  HTTP_GET: {
    read: [...connection, 'http_protocol', 'nb_get_retry', 'url', 'virtualhost'],
    idle: ['log_all_failures'],
    refused: {
      ...connectionRefused,
      enable_sni: 'checks over TLS are not modelled',
      fast_recovery: 'a server that is back is checked as usual',
      sni_name: 'checks over TLS are not modelled',
    },
  },
  url: {
    read: ['path', 'status_code', 'virtualhost'],
    idle: [],
    refused: {
      digest: 'check the status_code: what a program answers is not digested',
      regex: 'check the status_code: what a program answers is not searched',
    },
  },
};
