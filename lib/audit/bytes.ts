/** The bytes that audit's and JSON's grammars are made of. */

export const TAB = 0x09
export const NEWLINE = 0x0a
export const RETURN = 0x0d
/** What auditd puts between the kernel's fields and those it has added (AUDIT_INTERP_SEPARATOR). */
export const ENRICHED = 0x1d
export const SPACE = 0x20
export const QUOTE = 0x22
export const APOSTROPHE = 0x27
export const OPEN_PARENTHESIS = 0x28
export const PARENTHESIS = 0x29
export const COMMA = 0x2c
export const DOT = 0x2e
export const ZERO = 0x30
export const NINE = 0x39
export const COLON = 0x3a
export const EQUALS = 0x3d
export const BACKSLASH = 0x5c
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d

export function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

/** 1 for each of the characters. */
export function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const byte of ascii(characters)) set[byte] = 1
  return set
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}

/** Whether `text` stands at `at`. `end` is not its end but that of what may be read. */
export function hasAt(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}

/** Values of upper-case hex digits, which are all that audit writes; 255 for any other byte. */
export const HEX = new Uint8Array(256).fill(255)
for (let value = 0; value < 16; value++) HEX[value.toString(16).toUpperCase().charCodeAt(0)] = value

/** Whether a value is a string that audit has encoded: audit_log_n_hex(). */
export function isHex(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start || ((end - start) & 1) !== 0) return false
  for (let i = start; i < end; i++) if (HEX[bytes[i]!] === 255) return false
  return true
}
