// How a text is emphasised: functions from text to text, so that whoever prints decides about colour. The plain pens
// are what tests, reports and `--no-color` use.

export interface Pens {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const same = (text: string): string => text;
export const plain: Pens = { good: same, bad: same, bold: same, dim: same };
