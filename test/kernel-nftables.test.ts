// Random clusters against the running kernel, with the rules of nftables: simulated and real connections agree on how they
// end, on the set of backends, on shares, on the source that is seen and on where the answer comes from; what is wrong on
// purpose makes them disagree. Skips with one line where there is no root or a tool is missing. By hand:
// npm run test:kernel -- --clusters N --seed S --mode nftables.
import { agrees, catches, covers } from './kernel/suite.ts';

covers('nftables');
agrees('nftables');
catches('nftables');
