// The parameter types of the vocabulary: literal regular expressions, as the editor extension needs them, and what each
// stands for (src/harness/refs.ts).
import { defineParameterType } from '@cucumber/cucumber';
import {
  addressRef,
  bound,
  clientRef,
  componentRef,
  durationMs,
  linkState,
  objectRef,
  outcomeRef,
  questionRef,
  targetRef,
} from '../src/harness/refs.ts';

defineParameterType({
  name: 'object',
  regexp: /(?:(?:container "[^"]*" of )?[A-Z][A-Za-z]+|host) "[^"]*"/,
  transformer: (text: string) => objectRef(text),
});

defineParameterType({
  name: 'client',
  regexp: /(?:Pod|Deployment|StatefulSet|DaemonSet|Node|host) "[^"]*"/,
  transformer: (text: string) => clientRef(text),
});

defineParameterType({
  name: 'target',
  regexp:
    /(?:"[^"]*"(?: over (?:TCP|UDP|SCTP))?|port \d+(?:\/TCP|\/UDP|\/SCTP)? of (?:Service|Pod|Node|host) "[^"]*")(?: from port \d+)?/,
  transformer: (text: string) => targetRef(text),
});

defineParameterType({
  name: 'outcome',
  regexp:
    /(?:is|are) answered(?: with status \d{3})?(?: by (?:Pod|Deployment|StatefulSet|DaemonSet|Node|host) "[^"]*")?|(?:is|are) (?:refused|unreachable|lost|closed|reset)|times? out|fails? to resolve/,
  transformer: (text: string) => outcomeRef(text),
});

defineParameterType({
  name: 'usage',
  regexp: /uses|closes|resets/,
  transformer: (text: string) => text,
});

defineParameterType({
  name: 'bound',
  regexp: /no|(?:at least |at most )?\d+/,
  transformer: (text: string) => bound(text),
});

defineParameterType({
  name: 'every',
  regexp: /every|no/,
  transformer: (text: string) => text === 'every',
});

defineParameterType({
  name: 'duration',
  regexp: /\d+(?:\.\d+)? (?:milliseconds?|seconds?|minutes?|hours?|days?)/,
  transformer: (text: string) => durationMs(text),
});

defineParameterType({
  name: 'state',
  regexp:
    /exists|does not exist|is (?:not )?ready|is (?:Pending|Running|Succeeded|Failed|CrashLoopBackOff|Terminating)/,
  transformer: (text: string) => text,
});

defineParameterType({
  name: 'event',
  regexp:
    /becomes ready|stops being ready|crashes|restarts|goes down|comes back|is (?:un)?cordoned|is drained/,
  transformer: (text: string) => text,
});

defineParameterType({
  name: 'component',
  regexp:
    /kube-proxy(?: on Node "[^"]*")?|kubelet on Node "[^"]*"|keepalived on host "[^"]*"|CoreDNS|the endpoint controllers|the load balancer|the API server|upstream DNS/,
  transformer: (text: string) => componentRef(text),
});

defineParameterType({
  name: 'lifecycle',
  regexp: /stops?|starts?/,
  transformer: (text: string) => (text.startsWith('stop') ? 'stops' : 'starts'),
});

defineParameterType({
  name: 'linkState',
  regexp: /is cut|is restored|loses \d+ % of its packets/,
  transformer: (text: string) => linkState(text),
});

defineParameterType({
  name: 'address',
  regexp: /"[^"]*"|the (?:address|gateway) of (?:Pod|Node|host|Service) "[^"]*"/,
  transformer: (text: string) => addressRef(text),
});

defineParameterType({
  name: 'party',
  regexp: /(?:last )?server|client/,
  transformer: (text: string) => text,
});

defineParameterType({
  name: 'tool',
  regexp:
    /(?:ip6?tables(?:-save)?|ipset|ipvsadm|nft|conntrack|ss|sysctl|ip addr|journalctl|cat|curl)(?: (?!on )\S+)*/,
  transformer: (text: string) => text,
});

defineParameterType({
  name: 'question',
  regexp: /"[^"]*"(?: (?:A|AAAA|CNAME|PTR|SRV|TXT|SOA|NS|ANY))?/,
  transformer: (text: string) => questionRef(text),
});

defineParameterType({
  name: 'rcode',
  regexp: /NXDOMAIN|NODATA|SERVFAIL|REFUSED|a timeout/,
  transformer: (text: string) => text,
});
