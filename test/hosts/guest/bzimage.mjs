// The ELF image inside a bzImage (Documentation/arch/x86/boot.rst): started by its PVH entry, nothing is
// left to be unpacked under emulation.

import { spawnSync } from 'node:child_process'
import { gunzipSync } from 'node:zlib'
import { tool } from './tools.mjs'

const SETUP_SECTORS = 0x1f1
const PAYLOAD_OFFSET = 0x248
const PAYLOAD_LENGTH = 0x24c
const SECTOR = 512

const PACKERS = [
  { magic: 'fd377a58', unpack: (data) => through('usr/bin/xz', data) },
  { magic: '28b52ffd', unpack: (data) => through('usr/bin/zstd', data) },
  { magic: '02214c18', unpack: (data) => through('usr/bin/lz4', data) },
  { magic: '1f8b', unpack: gunzipSync },
]

export function extractKernel(image) {
  // 0 means 4, for the sake of very old loaders.
  const start = ((image[SETUP_SECTORS] || 4) + 1) * SECTOR + image.readUInt32LE(PAYLOAD_OFFSET)
  const payload = image.subarray(start, start + image.readUInt32LE(PAYLOAD_LENGTH))
  const packer = PACKERS.find(({ magic }) => payload.subarray(0, magic.length / 2).toString('hex') === magic)
  if (packer === undefined)
    throw new Error(`unknown compression of the kernel: ${payload.toString('hex', 0, 6)}`)
  const elf = packer.unpack(payload)
  if (elf.toString('latin1', 0, 4) !== '\x7fELF') throw new Error('the kernel is no ELF image')
  return elf
}

/** Behind the stream stands its unpacked size: a complaint about that, after all of the output, is none. */
function through(path, input) {
  const [file, ...args] = tool(path, '-dc')
  return spawnSync(file, args, { input, maxBuffer: 2 ** 30 }).stdout
}
