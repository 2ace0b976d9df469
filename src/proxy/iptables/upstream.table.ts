// What kube-proxy itself does with the first 12 cases of test/arbitraries/iptables-case.ts, as sums:
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
    sums: '34ef074c 0b05f3dc 334198ad b8f943b5 ff3b6f5d 7f76a592 938de7d7 c8d7886c a12c68f1 27f81e4f 021ce4e5 f7370f9d',
  },
  {
    version: '1.32.9',
    family: 6,
    sums: 'f1923c20 3ef86c47 42428cca 380167d3 615da8c4 c24bda57 b45d5e02 87197ae3 9f192985 2a5b0221 92cabff3 68aa47d3',
  },
  {
    version: '1.33.5',
    family: 4,
    sums: '34ef074c 0b05f3dc 334198ad b8f943b5 ff3b6f5d 7f76a592 938de7d7 c8d7886c a12c68f1 2aaf11a6 8b73a2eb f7370f9d',
  },
  {
    version: '1.33.5',
    family: 6,
    sums: 'f1923c20 3ef86c47 42428cca 380167d3 615da8c4 c24bda57 b45d5e02 87197ae3 9f192985 5693553b 35d8780c 68aa47d3',
  },
  {
    version: '1.34.1',
    family: 4,
    sums: '34ef074c 0b05f3dc 334198ad b8f943b5 ff3b6f5d 7f76a592 938de7d7 c8d7886c da41f26b b5da7f6c 8b73a2eb f7370f9d',
  },
  {
    version: '1.34.1',
    family: 6,
    sums: 'f1923c20 3ef86c47 42428cca 380167d3 615da8c4 c24bda57 b45d5e02 87197ae3 84bca4b7 5d836310 35d8780c 68aa47d3',
  },
  {
    version: '1.35.0',
    family: 4,
    sums: '34ef074c 0b05f3dc 334198ad b8f943b5 ff3b6f5d 7f76a592 938de7d7 c8d7886c da41f26b b5da7f6c 8b73a2eb f7370f9d',
  },
  {
    version: '1.35.0',
    family: 6,
    sums: 'f1923c20 3ef86c47 42428cca 380167d3 615da8c4 c24bda57 b45d5e02 87197ae3 84bca4b7 5d836310 35d8780c 68aa47d3',
  },
  {
    version: '1.36.0',
    family: 4,
    sums: '34ef074c 0b05f3dc 334198ad b8f943b5 ff3b6f5d 7f76a592 938de7d7 c8d7886c da41f26b b5da7f6c 8b73a2eb f7370f9d',
  },
  {
    version: '1.36.0',
    family: 6,
    sums: 'f1923c20 3ef86c47 42428cca 380167d3 615da8c4 c24bda57 b45d5e02 87197ae3 84bca4b7 5d836310 35d8780c 68aa47d3',
  },
];
