// The order in which `ipset -sorted` lists members: it compares their texts, number by number, each read as hexadecimal
// (bystrcmp in lib/session.c of ipset).

/** Where a text is being read, and whether the next number is a prefix length, of which the longer comes first. */
interface Place {
  readonly x: string;
  readonly y: string;
  readonly sign: 1 | -1;
}

const digits = /^[0-9a-f]+/;

/** Less than 0: `a` is listed before `b`. Each is a member as it is printed, without a line break. */
export function compareTexts(a: string, b: string): number {
  let place: Place | number = { x: `${a}\n`, y: `${b}\n`, sign: 1 };
  while (typeof place !== 'number') {
    if (place.x === '' || place.y === '') return place.x.length - place.y.length;
    place = step(place);
  }
  return place;
}

function step({ x, y, sign }: Place): Place | number {
  const [p, q] = [digits.exec(x)?.[0], digits.exec(y)?.[0]];
  if (p === undefined || q === undefined) return stepByWord(x, y);
  const difference = Number.parseInt(p, 16) - Number.parseInt(q, 16);
  if (difference !== 0) return sign * difference;
  const [ends, endsOther] = [x[p.length], y[q.length]];
  if ((ends === '/') !== (endsOther === '/')) return ends === '/' ? 1 : -1;
  const [rest, other] = [x.slice(p.length + 1), y.slice(q.length + 1)];
  const next = ends === '/' ? -1 : sign;
  const isGap = rest.startsWith(':');
  if (isGap !== other.startsWith(':')) return isGap ? -1 : 1;
  const skipped = isGap ? 1 : 0;
  return { x: rest.slice(skipped), y: other.slice(skipped), sign: next };
}

/** Of a protocol, or where an address begins or ends with colons: the shorter word, then the text. */
function stepByWord(x: string, y: string): Place | number {
  const [p, q] = [x, y].map((text) => /^[^:,]*/.exec(text)?.[0] ?? '');
  if (p === undefined || q === undefined || (p === '' && q === '')) return byText(x, y);
  if (p.length !== q.length) return p.length - q.length;
  if (p !== q) return byText(p, q);
  return { x: x.slice(p.length + 1), y: y.slice(q.length + 1), sign: 1 };
}

const byText = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
