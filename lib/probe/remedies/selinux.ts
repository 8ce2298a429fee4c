import { type HostFacts, valueIn } from '../facts.js'
import type { FailedStep, Remedy } from '../types.js'

/** From the record of this very refusal, so that no more is allowed than was asked for. */
export function selinuxRemedies(_failed: FailedStep, { lsm }: HostFacts): Remedy[] {
  const type = valueIn(lsm.label)?.name
  const remedies: Remedy[] = [
    {
      scope: 'process',
      title: 'Allow what was refused, by a policy module made of its audit records',
      commands: [
        'ausearch -m AVC -ts recent | audit2allow -M nskit-namespaces',
        'semodule -i nskit-namespaces.pp',
      ],
      tradeoff: `Holds for every process of ${type === undefined ? 'that type' : type}: read nskit-namespaces.te before it is loaded`,
    },
  ]
  if (type === undefined) return remedies
  return [
    ...remedies,
    {
      scope: 'host',
      title: `Let SELinux only log what ${type} does`,
      commands: [`semanage permissive -a ${type}`],
      tradeoff: `Nothing confines ${type} any more, on the whole host; undo it with semanage permissive -d ${type}`,
    },
  ]
}
