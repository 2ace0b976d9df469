// Random clusters against the running kernel, with the rules of iptables-nft and of iptables-legacy: simulated and real
// connections agree on how they end, on the set of backends, on shares, on the source that is seen and on where the answer
// comes from; what is wrong on purpose makes them disagree. What is simulated is so once for all of them. Skips with one line where
// there is no root or a tool is missing. By hand: npm run test:kernel -- --clusters N --seed S --mode iptables-legacy.
import { agrees, catches, covers } from './kernel/suite.ts';

covers('iptables');
for (const mode of ['iptables', 'iptables-legacy'] as const) {
  agrees(mode);
  catches(mode);
}
