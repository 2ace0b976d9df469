// Names, labels and port names: each check returns the messages the API server gives, none when all is well.
// Models k8s.io/apimachinery/pkg/util/validation/validation.go and its content package.

const LABEL_1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_1123 = `${LABEL_1123}(\\.${LABEL_1123})*`;
const UNDERSCORED = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_UNDERSCORED = `${UNDERSCORED}(\\.${UNDERSCORED})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const label1123 = new RegExp(`^${LABEL_1123}$`);
const subdomain1123 = new RegExp(`^${SUBDOMAIN_1123}$`);
const underscored = new RegExp(`^${SUBDOMAIN_UNDERSCORED}$`);
const label1035 = new RegExp(`^${LABEL_1035}$`);
const qualified = new RegExp(`^${QUALIFIED}$`);
const labelValueForm = new RegExp(`^${LABEL_VALUE}$`);

function regexText(message: string, regex: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${regex}')`;
}

const texts = {
  label1123: regexText(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    LABEL_1123,
    'my-name',
    '123-abc',
  ),
  subdomain1123: regexText(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    SUBDOMAIN_1123,
    'example.com',
  ),
  underscored: regexText(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
    SUBDOMAIN_UNDERSCORED,
    'example.com',
  ),
  label1035: regexText(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    LABEL_1035,
    'my-name',
    'abc-123',
  ),
  qualified: regexText(
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    QUALIFIED,
    'MyName',
    'my.name',
    '123-abc',
  ),
  labelValue: regexText(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    LABEL_VALUE,
    'MyValue',
    'my_value',
    '12345',
  ),
  configMapKey: regexText(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    '[-._a-zA-Z0-9]+',
    'key.name',
    'KEY_NAME',
    'key-name',
  ),
};

function longerThan(value: string, bytesMax: number): string[] {
  return value.length > bytesMax ? [`must be no more than ${bytesMax} characters`] : [];
}

/** DNS label of RFC 1123: port names, namespaces, hostnames. */
export function dns1123Label(value: string): string[] {
  const messages = longerThan(value, 63);
  if (label1123.test(value)) return messages;
  messages.push(subdomain1123.test(value) ? 'must not contain dots' : texts.label1123);
  return messages;
}

/** DNS subdomain of RFC 1123: most object names. */
export function dns1123Subdomain(value: string): string[] {
  const messages = longerThan(value, 253);
  if (!subdomain1123.test(value)) messages.push(texts.subdomain1123);
  return messages;
}

/** The same with "_": search domains. */
export function dns1123SubdomainWithUnderscore(value: string): string[] {
  const messages = longerThan(value, 253);
  if (!underscored.test(value)) messages.push(texts.underscored);
  return messages;
}

/** DNS label of RFC 1035: Service names. */
export function dns1035Label(value: string): string[] {
  const messages = longerThan(value, 63);
  if (!label1035.test(value)) messages.push(texts.label1035);
  return messages;
}

/** Whatever can stand between two slashes of a URL: names of RBAC objects. */
export function pathSegment(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%']
    .filter((char) => value.includes(char))
    .map((char) => `may not contain '${char}'`);
}

/** `[prefix/]name`: label keys, appProtocol, loadBalancerClass. */
export function qualifiedName(value: string): string[] {
  const messages: string[] = [];
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${texts.qualified} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.length === 2 ? parts[1] : parts[0];
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') messages.push('prefix part must be non-empty');
    else messages.push(...dns1123Subdomain(prefix).map((message) => `prefix part ${message}`));
  }
  if (name === undefined || name === '') messages.push('name part must be non-empty');
  else messages.push(...longerThan(name, 63).map((message) => `name part ${message}`));
  if (!qualified.test(name ?? '')) messages.push(`name part ${texts.qualified}`);
  return messages;
}

export function labelValue(value: string): string[] {
  const messages = longerThan(value, 63);
  if (!labelValueForm.test(value)) messages.push(texts.labelValue);
  return messages;
}

/** IANA_SVC_NAME: named container ports and named target ports. */
export function portName(value: string): string[] {
  const messages: string[] = [];
  if (value.length > 15) messages.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(value)) {
    messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(value)) messages.push('must contain at least one letter (a-z)');
  if (value.includes('--')) messages.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) {
    messages.push('must not begin or end with a hyphen');
  }
  return messages;
}

export function portNumber(value: number): string[] {
  return value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** Keys of ConfigMaps and Secrets. */
export function configMapKey(value: string): string[] {
  const messages = longerThan(value, 253);
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) messages.push(texts.configMapKey);
  if (value === '.') messages.push("must not be '.'");
  else if (value === '..') messages.push("must not be '..'");
  else if (value.startsWith('..')) messages.push("must not start with '..'");
  return messages;
}
