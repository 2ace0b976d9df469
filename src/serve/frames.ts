// DNS messages in a TCP stream (RFC 1035 section 4.2.2, RFC 7766 section 8): two bytes of length, then the message, cut
// into segments anywhere. What has not come yet is kept, never more than one message and one segment.

export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that are complete now, in order. */
  push(segment: Buffer): readonly Uint8Array[] {
    const bytes = this.#rest.length === 0 ? segment : Buffer.concat([this.#rest, segment]);
    const messages: Uint8Array[] = [];
    let at = 0;
    while (bytes.length - at >= 2) {
      const end = at + 2 + bytes.readUInt16BE(at);
      if (end > bytes.length) break;
      messages.push(bytes.subarray(at + 2, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return messages;
  }
}

/** The message with its length in front; one buffer, so that it leaves in one segment (RFC 7766 section 8). */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(message.length + 2);
  frame.writeUInt16BE(message.length, 0);
  frame.set(message, 2);
  return frame;
}
