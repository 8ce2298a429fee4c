import { constants } from 'node:os'
import { hintFor } from '../../lib/errors/hints'
import { SetupError } from '../../lib/errors/setup-error'

describe('a SetupError', () => {
  const failure = { step: 'create-user', errno: constants.errno.EPERM, syscall: 'unshare' } as const

  it('says step, target, and the kernel’s words in its message; what to do in its hint alone', () => {
    const error = new SetupError({
      ...failure,
      target: 'user',
      hint: 'Look at the sysctl',
      detail: ' said\n',
    })
    expect(error.message).toBe('create-user user: EPERM, operation not permitted (said)')
    expect(error.hint).toBe('Look at the sysctl')
  })

  it('is known across realms and copies, and by nothing that only looks like it', () => {
    const error = new SetupError(failure)
    expect([error, { ...error }, null, 'x'].map(SetupError.is)).toEqual([true, false, false, false])
  })
})

describe('a hint', () => {
  it.each([
    ['create-user', 'EPERM', /sysctl|kernel\.unprivileged_userns_clone/],
    ['create-user', 'EACCES', /AppArmor.*SELinux/],
    ['create-net', 'EACCES', /AppArmor.*SELinux/],
    ['create-pid', 'ENOSPC', /33 user and 32 pid namespaces/],
  ] as const)('of %s, %s', (step, code, words) => {
    expect(hintFor(step, code)).toMatch(words)
  })

  it('is none where no cause is the likeliest', () => {
    expect(hintFor('open-proc', 'EIO')).toBeUndefined()
  })
})
