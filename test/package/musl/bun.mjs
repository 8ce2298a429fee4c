// A runtime with Node-API for musl: Bun. It is no Node, but the npm registry has none for musl.
import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchPackage } from '../fetched.mjs'

const VERSION = '1.4.5'
const LOADER = '/lib/ld-musl-x86_64.so.1'
/** What libstdc++ asks of glibc, and musl lacks. */
const SHIM = `#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>
char __libc_single_threaded = 0;
int __pthread_key_create(pthread_key_t *key, void (*destroy)(void *)) { return pthread_key_create(key, destroy); }
int _dl_find_object(void *address, void *result) { (void)address; (void)result; return -1; }
uint32_t arc4random(void) {
  uint32_t word = 0;
  syscall(SYS_getrandom, &word, sizeof word, 0);
  return word;
}
`

/** { bun, libraries }: the program, and what has to be its LD_LIBRARY_PATH. */
export async function muslBun(checks) {
  if (!existsSync(LOADER)) checks.missing(`no ${LOADER}: Debian's package musl has it`)
  const name = '@oven/bun-linux-x64-musl'
  const bun = join(await fetchPackage(checks, name, VERSION, `bun/${VERSION}`), name, 'bin/bun')
  const libraries = await checks.shared('bun-libraries', async (folder) => {
    // Alpine's name for it.
    symlinkSync(LOADER, join(folder, 'libc.musl-x86_64.so.1'))
    await libstdcxx(checks, folder, await wanted(checks, bun))
    return folder
  })
  return { bun, libraries }
}

/** The few names of libstdc++ that Bun asks for, out of the static one that g++ has for glibc. */
async function libstdcxx(checks, folder, names) {
  const compiler = checks.tool('g++')
  const part = (name) => checks.exec(compiler, [`-print-file-name=${name}`])
  const source = join(folder, 'shim.c')
  writeFileSync(source, SHIM)
  const soname = 'libstdc++.so.6'
  await checks.exec(compiler, [
    ...['-x', 'c', '-fPIC', '-O2', '-shared', '-nostdlib', `-Wl,-soname,${soname}`, '-Wl,--gc-sections'],
    ...names.map((each) => `-Wl,-u,${each}`),
    ...[source, '-x', 'none', await part('crtbeginS.o'), await part('libstdc++.a')],
    ...[await part('libgcc_eh.a'), await part('libgcc.a'), await part('crtendS.o')],
    ...['-o', join(folder, soname)],
  ])
}

async function wanted(checks, bun) {
  const symbols = await checks.exec(checks.tool('readelf'), ['--wide', '--dyn-syms', bun])
  const relocations = await checks.exec(checks.tool('readelf'), ['--wide', '--relocs', bun])
  const undefinedNames = [...symbols.matchAll(/ UND (\w+)/g)].map(([, name]) => name)
  // Objects that the linker has given a place in the program.
  const copied = [...relocations.matchAll(/_COPY\s.* (\w+) \+ 0$/gm)].map(([, name]) => name)
  return [...undefinedNames, ...copied].filter((name) =>
    /^(_Z|__cxa_|__dynamic_cast|__once_proxy)/.test(name),
  )
}
