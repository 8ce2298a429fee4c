import { getSystemErrorMap } from 'node:util'

let names: Map<number, [string, string]> | undefined

/** libuv's table lacks what it never meets itself; the numbers are those of x86-64 and arm64 alike. */
const BEYOND_LIBUV: Readonly<Record<number, readonly [string, string]>> = {
  8: ['ENOEXEC', 'exec format error'],
  10: ['ECHILD', 'no child processes'],
  44: ['ECHRNG', 'channel number out of range'],
  80: ['ELIBBAD', 'accessing a corrupted shared library'],
  87: ['EUSERS', 'too many users'],
  116: ['ESTALE', 'stale file handle'],
  122: ['EDQUOT', 'disk quota exceeded'],
  129: ['EKEYREJECTED', 'key was rejected by service'],
}

function entry(errno: number): readonly [string, string] | undefined {
  names ??= getSystemErrorMap()
  return names.get(-errno) ?? BEYOND_LIBUV[errno]
}

/** 'EPERM' for 1. */
export function errnoCode(errno: number): string {
  return entry(errno)?.[0] ?? `E${errno}`
}

/** 'operation not permitted' for 1. */
export function errnoMessage(errno: number): string {
  return entry(errno)?.[1] ?? `unknown error ${errno}`
}
