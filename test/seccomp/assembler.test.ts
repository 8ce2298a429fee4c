import { Assembler } from '../../lib/seccomp/assembler.js'
import { checkSeccompProgram } from '../../lib/seccomp/index.js'
import { JEQ, LOAD, RETURN } from '../../lib/seccomp/instructions.js'
import { run } from './bpf.js'

/** A jump whose targets are `gap` and `gap` + 1 statements away; `nearer` is the one for number 1. */
function branching(gap: number, nearer: boolean): Uint8Array {
  const code = new Assembler()
  const second = code.statement(RETURN, 222)
  const first = code.statement(RETURN, 111)
  for (let index = 0; index < gap; index++) code.statement(LOAD, 0)
  if (nearer) code.jump(JEQ, 1, first, second)
  else code.jump(JEQ, 1, second, first)
  code.statement(LOAD, 0)
  return code.finish()
}

describe('a jump', () => {
  it.each([true, false])('reaches its targets at any distance, the first one nearer: %p', (nearer) => {
    for (let gap = 0; gap < 600; gap++) {
      const program = branching(gap, nearer)
      checkSeccompProgram(program)
      const answers = [1, 2].map((number) => run(program, { number, arch: 0, args: [] }).answer)
      expect({ gap, answers }).toEqual({ gap, answers: nearer ? [111, 222] : [222, 111] })
    }
  })

  it('ends at once where it can, however far the last such end is', () => {
    const code = new Assembler()
    code.jump(JEQ, 7, { returns: 1 }, { returns: 2 })
    for (let index = 0; index < 300; index++) code.statement(LOAD, 0)
    code.jump(JEQ, 5, { returns: 1 }, { returns: 2 })
    code.statement(LOAD, 0)
    const program = code.finish()
    expect(run(program, { number: 5, arch: 0, args: [] })).toEqual({ answer: 1, steps: 3 })
    expect(run(program, { number: 4, arch: 0, args: [] })).toEqual({ answer: 2, steps: 3 })
  })
})
