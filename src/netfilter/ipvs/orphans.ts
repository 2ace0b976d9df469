// The connections that a deleted server leaves behind, all at once, and the templates that nothing needs any more. Not when:
// table.ts says so. Models ip_vs_expire_nodest_conn_flush (ip_vs_conn.c, Linux 5.9).
import type { IpvsTable } from './table.ts';

export function endOrphans(ipvs: IpvsTable): void {
  const { connectionTable } = ipvs;
  const all = connectionTable.all();
  for (const one of all) {
    if (one.kind !== 'connection' || ipvs.serverOf(one) !== undefined) continue;
    ipvs.end(one);
    const template = connectionTable.template(one.template ?? 0);
    if (template?.controls === 0) ipvs.endTemplate(template);
  }
  for (const one of all) {
    if (one.kind !== 'template' || ipvs.serverOf(one) !== undefined) continue;
    const template = connectionTable.template(one.id);
    if (template?.controls === 0) ipvs.endTemplate(template);
  }
}
