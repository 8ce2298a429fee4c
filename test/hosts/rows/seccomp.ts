/** Seccomp filters, as engines and service managers install them. */

import type { Denied, Row } from '../row'
import { EVERYWHERE, SANDBOX, USER } from './common'

const UNFILTERED = { through: [] } as const

function denied(step: Denied['step'], code: string, confidence: Denied['confidence']): Denied {
  return {
    step,
    code,
    cause: 'seccomp',
    confidence,
    // The machine may itself be a container, or this a service of it.
    remedy: {
      title: /^(Have whoever starts this process allow|Start the container with|Let \S+ create) /,
      tried: UNFILTERED,
    },
  }
}

export function seccompRows(filter: string): Row[] {
  return [
    {
      name: "a filter as Docker's",
      on: EVERYWHERE,
      through: [filter, 'docker'],
      options: SANDBOX,
      expected: denied('create-user', 'EPERM', 'certain'),
      bwrap: { step: 'create-user', code: 'EPERM', cause: 'seccomp', confidence: 'certain' },
    },
    {
      name: "a filter as Docker's, asked by root without a user namespace",
      on: ['this'],
      user: 'root',
      through: [filter, 'docker'],
      options: { namespaces: ['net'] },
      expected: denied('create-net', 'EPERM', 'certain'),
    },
    {
      name: "a filter as Docker's, in a container of Docker's",
      on: ['6.1'],
      setup: 'touch /.dockerenv',
      undo: 'rm /.dockerenv',
      through: [filter, 'docker'],
      options: SANDBOX,
      expected: {
        ...denied('create-user', 'EPERM', 'certain'),
        remedy: { scope: 'service', title: /^Start the container with the default seccomp profile/ },
      },
    },
    {
      name: 'a filter that answers ENOSYS',
      on: ['5.10', 'this'],
      through: [filter, 'absent'],
      options: USER,
      expected: denied('create-user', 'ENOSYS', 'certain'),
    },
    {
      name: 'a filter that kills',
      on: ['6.12', 'this'],
      through: [filter, 'kill'],
      options: USER,
      expected: denied('create-user', 'SIGSYS', 'certain'),
      bwrap: { step: 'create-user', code: 'SIGSYS', cause: 'seccomp', confidence: 'certain' },
    },
    {
      name: 'a filter that denies mounts',
      on: ['6.1', 'this'],
      through: [filter, 'mount'],
      options: SANDBOX,
      expected: denied('set-propagation', 'EPERM', 'certain'),
      bwrap: { step: 'set-propagation', code: 'EPERM', cause: 'seccomp', confidence: 'certain' },
    },
    {
      name: 'a filter that denies mounts, which are not asked for',
      on: ['this'],
      through: [filter, 'mount'],
      options: { namespaces: ['user', 'net'] },
      expected: 'granted',
    },
  ]
}
