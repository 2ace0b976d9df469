// What kube-proxy itself does with the first 24 cases of test/arbitraries/iptables-case.ts, as sums:
// the first eight digits of SHA-256 over the text of each sync, the names and sizes of the chains of
// service ports after it, and the flows that it deleted. Taken from pkg/proxy/iptables of each
// version, run on the same cases with Go's map orders put into the order of names.

export interface UpstreamRow {
  readonly version: string;
  readonly family: 4 | 6;
  readonly sums: string;
}

export const upstreamTable: readonly UpstreamRow[] = [
  {
    version: '1.32.9',
    family: 4,
    sums:
      '34ef074c 0b05f3dc 334198ad 9abbd98b ff3b6f5d 7f76a592 938de7d7 92e88cc0 a12c68f1 27f81e4f 021ce4e5 f7370f9d ' +
      '66b6d18b b8dac282 fa71e606 33f0f028 693ab356 28ddb726 e8b884f5 b0f198be 2306624a 9b3d8b13 0788bcc4 7ecc5b01',
  },
  {
    version: '1.32.9',
    family: 6,
    sums:
      'f1923c20 3ef86c47 42428cca 12bae360 615da8c4 c24bda57 b45d5e02 ea848f80 9f192985 2a5b0221 92cabff3 68aa47d3 ' +
      '788d501a 075b638f 4387a6e7 8354537f ffcc4d79 09392905 95fd4733 5964fb39 00b745d8 bca14bd1 7a880387 92eff8d6',
  },
  {
    version: '1.33.5',
    family: 4,
    sums:
      '34ef074c 0b05f3dc 334198ad 9abbd98b ff3b6f5d 7f76a592 938de7d7 92e88cc0 a12c68f1 2aaf11a6 8b73a2eb f7370f9d ' +
      '66b6d18b b8dac282 fa71e606 33f0f028 693ab356 28ddb726 4eb7b1b5 b0f198be 2306624a 9b3d8b13 7c9bd5a3 7ecc5b01',
  },
  {
    version: '1.33.5',
    family: 6,
    sums:
      'f1923c20 3ef86c47 42428cca 12bae360 615da8c4 c24bda57 b45d5e02 ea848f80 9f192985 5693553b 35d8780c 68aa47d3 ' +
      '788d501a 075b638f 4387a6e7 8354537f ffcc4d79 09392905 4590d902 5964fb39 00b745d8 bca14bd1 76847547 92eff8d6',
  },
  {
    version: '1.34.1',
    family: 4,
    sums:
      '34ef074c 0b05f3dc 334198ad 9abbd98b ff3b6f5d 7f76a592 938de7d7 92e88cc0 da41f26b b5da7f6c 8b73a2eb f7370f9d ' +
      'd421dc05 b8dac282 57064540 33f0f028 693ab356 28ddb726 ac53c2fc b0f198be 2306624a 9b3d8b13 7c9bd5a3 7ecc5b01',
  },
  {
    version: '1.34.1',
    family: 6,
    sums:
      'f1923c20 3ef86c47 42428cca 12bae360 615da8c4 c24bda57 b45d5e02 ea848f80 84bca4b7 5d836310 35d8780c 68aa47d3 ' +
      '788d501a 075b638f 3e5fdaf3 8354537f ffcc4d79 09392905 a64f12a3 5964fb39 00b745d8 bca14bd1 76847547 92eff8d6',
  },
  {
    version: '1.35.0',
    family: 4,
    sums:
      '34ef074c 0b05f3dc 334198ad 9abbd98b ff3b6f5d 7f76a592 938de7d7 92e88cc0 da41f26b b5da7f6c 8b73a2eb f7370f9d ' +
      'd421dc05 b8dac282 57064540 33f0f028 693ab356 28ddb726 ac53c2fc b0f198be 2306624a 9b3d8b13 7c9bd5a3 7ecc5b01',
  },
  {
    version: '1.35.0',
    family: 6,
    sums:
      'f1923c20 3ef86c47 42428cca 12bae360 615da8c4 c24bda57 b45d5e02 ea848f80 84bca4b7 5d836310 35d8780c 68aa47d3 ' +
      '788d501a 075b638f 3e5fdaf3 8354537f ffcc4d79 09392905 a64f12a3 5964fb39 00b745d8 bca14bd1 76847547 92eff8d6',
  },
  {
    version: '1.36.0',
    family: 4,
    sums:
      '34ef074c 0b05f3dc 334198ad 9abbd98b ff3b6f5d 7f76a592 938de7d7 92e88cc0 da41f26b b5da7f6c 8b73a2eb f7370f9d ' +
      'edfb0f6c b8dac282 57064540 33f0f028 693ab356 d0900603 59f1a207 b0f198be 2306624a 9b3d8b13 7c9bd5a3 cfd497b3',
  },
  {
    version: '1.36.0',
    family: 6,
    sums:
      'f1923c20 3ef86c47 42428cca 12bae360 615da8c4 c24bda57 b45d5e02 ea848f80 84bca4b7 5d836310 35d8780c 68aa47d3 ' +
      'ba2c6d08 075b638f 3e5fdaf3 8354537f ffcc4d79 7d2d3b14 853f9090 5964fb39 00b745d8 bca14bd1 76847547 0c64e8b6',
  },
];
