// The document that `svcspec check -o json` prints (schema/check.schema.json).

import type { Severity } from './checks/check.ts';
import type { Checked } from './checks/checks.ts';

export interface CheckDocument {
  readonly apiVersion: 'svcspec.dev/v1alpha1';
  readonly kind: 'Check';
  readonly summary: {
    readonly errors: number;
    readonly warnings: number;
    readonly infos: number;
    /** Kept back by svcspec.dev/ignore. */
    readonly muted: number;
  };
  readonly findings: readonly {
    readonly id: string;
    readonly severity: Severity;
    readonly object: string;
    readonly file: string | null;
    readonly line: number | null;
    readonly column: number | null;
    readonly message: string;
    readonly effect: string;
    readonly fix: string;
  }[];
}

export function checkDocument({ findings, muted }: Checked): CheckDocument {
  const count = (wanted: Severity) => findings.filter((f) => f.severity === wanted).length;
  return {
    apiVersion: 'svcspec.dev/v1alpha1',
    kind: 'Check',
    summary: {
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      muted,
    },
    findings: findings.map(({ position, sourceLine: _line, effect, fix, ...finding }) => ({
      id: finding.id,
      severity: finding.severity,
      object: finding.object,
      file: position?.file ?? null,
      line: position?.line ?? null,
      column: position?.column ?? null,
      message: finding.message,
      effect,
      fix,
    })),
  };
}
