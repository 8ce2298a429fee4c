/** Chromium's zygote and what embeds it (zygote_host_impl_linux.cc, namespace_sandbox.cc, credentials.cc). */

import type { Message } from './message.js'

export const CHROME_MESSAGES: readonly Message[] = [
  { says: /No usable sandbox!/, step: 'create-user', code: 'EPERM', together: true },
  // The old sandbox is only looked for where user namespaces do not work.
  {
    says: /SUID sandbox helper binary was (found, but is not configured|missing)/,
    step: 'create-user',
    code: 'EPERM',
    together: true,
  },
  {
    says: /chrome-sandbox is owned by root and has mode 4755/,
    step: 'create-user',
    code: 'EPERM',
    together: true,
  },
  { says: /Failed to move to new namespace:/, step: 'create-user', together: true },
  { says: /credentials\.cc.*Check failed/, step: 'write-uid-map' },
  { says: /namespace_sandbox\.cc.*(Check failed|EPERM|denied)/, step: 'create-user', together: true },
  { says: /seccomp.*(is not supported|failed)/i, step: 'create-user', code: 'ENOSYS', together: true },
]
