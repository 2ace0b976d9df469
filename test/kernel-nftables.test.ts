// Random clusters against the running kernel, with the rules of nftables: simulated and real connections agree on how they
// end, on the set of backends, on shares, on the source that is seen and on where the answer comes from. Skips with one
// line where there is no root or a tool is missing. By hand: npm run test:kernel -- --clusters N --seed S --mode nftables.
import { agrees } from './kernel/suite.ts';

agrees('nftables');
