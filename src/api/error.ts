// A refusal by the API server, worded as the real one words it (metav1.Status). Not a program error: whoever
// sent the request decides what to do with it.

export type StatusReason =
  | 'BadRequest'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'Forbidden'
  | 'InternalError'
  | 'MethodNotAllowed'
  | 'UnsupportedMediaType'
  | 'Expired'
  | 'TooManyRequests'
  | 'RequestEntityTooLarge'
  /** An error of the server's own that has no reason: kubectl names none. */
  | 'Unknown'
  /** Nobody answers at its address: the text is the client's own. */
  | 'Unreachable';

/** One cause of an Invalid answer: `field: text`. */
export interface Cause {
  /** JSON path as Kubernetes prints it: `spec.ports[0].nodePort`. */
  readonly field: string;
  /** "Invalid value: 80: ..." and the like: type, value and detail, without the field. */
  readonly text: string;
}

const codes: Readonly<Record<StatusReason, number>> = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  Unknown: 500,
  Unreachable: 0,
};

export class ApiError extends Error {
  readonly reason: StatusReason;
  /** HTTP status. */
  readonly code: number;
  readonly causes: readonly Cause[];
  /** The object the request was about, for kubectl's wording: kind, optional group, name. */
  readonly about: { readonly kind: string; readonly group: string; readonly name: string };

  constructor(
    reason: StatusReason,
    message: string,
    about: { readonly kind: string; readonly group: string; readonly name: string },
    causes: readonly Cause[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
    this.reason = reason;
    this.code = codes[reason];
    this.about = about;
    this.causes = causes;
  }
}
