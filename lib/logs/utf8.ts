/** UTF-8, byte by byte: what is none, and what some readers of lines take for the end of one. */

/** The length of the character that begins at `at`; 0 where none does (RFC 3629: the shortest form, no surrogates). */
export function characterAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!
  if (first < 0x80) return 1
  const length = lengthOf(first)
  if (length === 0 || at + length > end) return 0
  const second = bytes[at + 1]!
  const [least, most] = secondAfter(first)
  if (second < least || second > most) return 0
  for (let i = 2; i < length; i++) if (!isContinuation(bytes[at + i]!)) return 0
  return length
}

function lengthOf(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2
  if (first >= 0xe0 && first <= 0xef) return 3
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0
}

function secondAfter(first: number): readonly [least: number, most: number] {
  if (first === 0xe0) return [0xa0, 0xbf]
  if (first === 0xed) return [0x80, 0x9f]
  if (first === 0xf0) return [0x90, 0xbf]
  return first === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf]
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

/** The last place, at `at` or up to three bytes before it, that is not within a character. */
export function boundaryBefore(bytes: Uint8Array, start: number, at: number, end: number): number {
  for (let begin = at - 1; begin >= Math.max(start, at - 3); begin--) {
    if (isContinuation(bytes[begin]!)) continue
    return begin + characterAt(bytes, begin, end) > at ? begin : at
  }
  return at
}

/**
 * The code of the character there, if it is one that JSON lets stand and that moves a cursor or ends a line for some:
 * the controls U+0080 to U+009F, the separators U+2028 and U+2029. Otherwise 0.
 */
export function controlAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!
  if (first === 0xc2 && at + 1 < end) {
    const second = bytes[at + 1]!
    return second >= 0x80 && second <= 0x9f ? second : 0
  }
  if (first === 0xe2 && at + 2 < end && bytes[at + 1] === 0x80) {
    const third = bytes[at + 2]!
    return third === 0xa8 || third === 0xa9 ? 0x2000 + third - 0x80 : 0
  }
  return 0
}

/** The first bytes of those. */
export const MAY_BEGIN_CONTROL = new Uint8Array(256)
MAY_BEGIN_CONTROL[0xc2] = MAY_BEGIN_CONTROL[0xe2] = 1
