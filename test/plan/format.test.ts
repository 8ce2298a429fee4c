import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LAUNCH_EVENT } from '../../lib/native/binding'
import * as format from '../../lib/plan/format'
import { MAX_INSTRUCTIONS } from '../../lib/seccomp/instructions'
import { flagsOf, NAMESPACE_TYPES } from '../../lib/tables/namespaces'

const header = readFileSync(join(__dirname, '../../native/plan/format.h'), 'utf8')

function constant(name: string): number {
  const text = new RegExp(`constexpr uint32_t ${name} = ([^;]+);`).exec(header)?.[1]
  if (text === undefined) throw new Error(`no ${name} in format.h`)
  const [base = '', shift = '0'] = text.replaceAll('u', '').split('<<')
  return Number(base.trim()) * 2 ** Number(shift)
}

function table(name: string): Record<string, number> {
  const body = new RegExp(`#define ${name}\\(X\\)([\\s\\S]*?)\\n\\n`).exec(header)?.[1] ?? ''
  return Object.fromEntries(
    [...body.matchAll(/X\((\w+), (\d+)\)/g)].map(([, key, value]) => [key, Number(value)]),
  )
}

describe('the two copies of the plan layout agree', () => {
  test.each([
    ['kPlanMagic', format.PLAN_MAGIC],
    ['kPlanVersion', format.PLAN_VERSION],
    ['kMaxSteps', format.MAX_STEPS],
    ['kMaxPlanSize', format.MAX_PLAN_SIZE],
    ['kFollowsParent', format.FOLLOWS_PARENT],
    ['kNamespaceFlags', flagsOf(NAMESPACE_TYPES)],
    ['kByHelper', format.BY_HELPER],
    ['kIfAllowed', format.IF_ALLOWED],
    ['kShareMemory', format.SHARE_MEMORY],
    ['kInheritEnvironment', format.INHERIT_ENVIRONMENT],
    ['kMaxTrees', format.MAX_TREES],
    ['kRootTmpfs', format.ROOT_TMPFS],
    ['kRootDirectory', format.ROOT_DIRECTORY],
    ['kMayCreate', format.MAY_CREATE],
    ['kRecursive', format.RECURSIVE],
    ['kIdmapped', format.IDMAPPED],
    ['kBindSelf', format.BIND_SELF],
    ['kIfPresent', format.IF_PRESENT],
    ['kHardOnly', format.HARD_ONLY],
    ['kCapabilityWords', format.CAPABILITY_WORDS],
    ['kMaxNetlink', format.MAX_NETLINK],
    ['kMaxFilter', MAX_INSTRUCTIONS],
  ])('%s', (name, value) => {
    expect(constant(name)).toBe(value)
  })

  test('the steps', () => {
    expect(table('NSKIT_OPS')).toEqual(format.OPS)
  })

  test('the sizes', () => {
    expect(header).toContain(`sizeof(PlanHeader) == ${format.HEADER_SIZE}`)
    expect(header).toContain(`sizeof(PlanStep) == ${format.STEP_SIZE}`)
  })

  test('the launch events have numbers of their own', () => {
    expect(new Set(Object.values(LAUNCH_EVENT)).size).toBe(Object.keys(LAUNCH_EVENT).length)
  })
})
