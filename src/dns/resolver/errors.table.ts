// What gai_strerror(3) says: glibc 2.36 posix/gai_strerror-strs.h, musl 1.2.5 src/network/gai_strerror.c. Programs of the
// other libraries have texts of their own.
import type { GaiError } from './found.ts';

export const GAI_TEXTS: Readonly<Record<'glibc' | 'musl', Readonly<Record<GaiError, string>>>> = {
  glibc: {
    EAI_NONAME: 'Name or service not known',
    EAI_AGAIN: 'Temporary failure in name resolution',
    EAI_NODATA: 'No address associated with hostname',
    EAI_FAIL: 'Non-recoverable failure in name resolution',
  },
  musl: {
    EAI_NONAME: 'Name does not resolve',
    EAI_AGAIN: 'Try again',
    EAI_NODATA: 'Name has no usable address',
    EAI_FAIL: 'Non-recoverable error',
  },
};
