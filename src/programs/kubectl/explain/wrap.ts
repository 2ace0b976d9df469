// Lines broken between words. Models mitchellh/go-wordwrap, which keeps the blanks it does not break at, and breaks no word.

export function wrapped(text: string, limit: number): string {
  const w = new Wrapper(limit);
  for (const char of text) w.take(char);
  return w.text();
}

class Wrapper {
  readonly #limit: number;
  #out = '';
  #column = 0;
  #word = '';
  #blanks = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(char: string): void {
    if (char === '\n') this.#newLine();
    else if (/\s/.test(char) && char !== '\u00a0') {
      if (this.#blanks === '' || this.#word !== '') this.#flush();
      this.#blanks += char;
    } else {
      this.#word += char;
      const length = [...this.#word].length;
      if (this.#column + this.#blanks.length + length > this.#limit && length < this.#limit) {
        this.#out += '\n';
        this.#column = 0;
        this.#blanks = '';
      }
    }
  }

  #flush(): void {
    this.#column += this.#blanks.length + [...this.#word].length;
    this.#out += this.#blanks + this.#word;
    this.#blanks = '';
    this.#word = '';
  }

  #newLine(): void {
    if (this.#word !== '') this.#flush();
    else {
      if (this.#column + this.#blanks.length <= this.#limit) this.#out += this.#blanks;
      this.#blanks = '';
    }
    this.#out += '\n';
    this.#column = 0;
  }

  text(): string {
    const fits = this.#column + this.#blanks.length <= this.#limit;
    return this.#word !== '' || fits ? this.#out + this.#blanks + this.#word : this.#out;
  }
}
