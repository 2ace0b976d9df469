// What Secrets of the well-known types must hold. Models the switch over secret.Type of ValidateSecret.

export interface SecretTypeRow {
  readonly type: string;
  /** Data keys that must be there. */
  readonly keys: readonly string[];
  /** all: each that is missing is reported; any: only when none of them is there. */
  readonly wanted: 'all' | 'any';
  /** The value must not be empty either. */
  readonly filled?: true;
  /** The value must be a JSON object. */
  readonly json?: true;
}

export const secretTypes: readonly SecretTypeRow[] = [
  { type: 'kubernetes.io/dockercfg', keys: ['.dockercfg'], wanted: 'all', json: true },
  {
    type: 'kubernetes.io/dockerconfigjson',
    keys: ['.dockerconfigjson'],
    wanted: 'all',
    json: true,
  },
  { type: 'kubernetes.io/basic-auth', keys: ['username', 'password'], wanted: 'any' },
  { type: 'kubernetes.io/ssh-auth', keys: ['ssh-privatekey'], wanted: 'all', filled: true },
  { type: 'kubernetes.io/tls', keys: ['tls.crt', 'tls.key'], wanted: 'all' },
];

/** Annotation that a Secret of type kubernetes.io/service-account-token needs. */
export const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';
