// The same faults in the rules that iptables-legacy loads.
import { catches } from './kernel/suite.ts';

catches('iptables-legacy');
