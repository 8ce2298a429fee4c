// What the parts of a run gave: tests are summed, a part that is no test run counts only when it fails.

export class Results {
  passed = 0
  failed = 0
  #lines = []
  #notes = []

  /** Runs a part that either passes or throws. */
  async check(name, part) {
    console.log(`\n── ${name}`)
    try {
      await part()
      this.#line(name, 'passed')
    } catch (error) {
      this.fail(name, error.message)
    }
  }

  fail(name, why) {
    this.failed += 1
    console.error(`${name}: ${why}`)
    this.#line(name, `failed: ${why}`)
  }

  tests(name, passed, failed) {
    this.passed += passed
    this.failed += failed
    this.#line(name, `${passed} passed, ${failed} failed`)
  }

  leftOut(name, why) {
    this.#line(name, `left out: ${why}`)
  }

  remark(name, what) {
    this.#line(name, what)
  }

  /** Tests that were not registered: `kind` is 'inapplicable' in their mode, or 'missing' on this host. */
  note({ mode, kind, need, reason, name }) {
    this.#notes.push({
      what: `${mode}: ${kind === 'missing' ? 'NOT RUN' : 'not applicable'}, ${need} (${reason})`,
      name,
    })
  }

  print() {
    console.log('\n── results')
    for (const [what, notes] of groupBy(this.#notes)) {
      console.log(`${what}: ${notes.length}`)
      if (what.includes('NOT RUN')) for (const { name } of notes) console.log(`    ${name}`)
    }
    for (const line of this.#lines) console.log(line)
    console.log(`${this.passed} passed, ${this.failed} failed`)
  }

  #line(name, text) {
    this.#lines.push(`${name.padEnd(14)} ${text.split('\n', 1)[0]}`)
  }
}

function groupBy(notes) {
  const groups = new Map()
  for (const note of notes) groups.set(note.what, [...(groups.get(note.what) ?? []), note])
  return groups
}
