// node embed.mjs PROGRAM HEADER: writes the stage's executable as a C array, for the addon to carry.

import { readFileSync, writeFileSync } from 'node:fs'

const [program, header] = process.argv.slice(2)
const bytes = readFileSync(program)

const lines = []
for (let at = 0; at < bytes.length; at += 20) {
  lines.push(`  ${Array.from(bytes.subarray(at, at + 20)).join(',')},`)
}
writeFileSync(
  header,
  `// Made by native/stage/embed.mjs.
#pragma once

alignas(16) constexpr unsigned char kStageImage[] = {
${lines.join('\n')}
};
`,
)
