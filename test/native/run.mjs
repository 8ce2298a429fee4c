// The native parts by themselves: the plan's checker, the stage, the status parser, and their sources.
//
//   node test/native/run.mjs        after npm run build:native
//
// One line a check. A tool that is not installed leaves its checks out, which is said; with CI=true it fails them.

import { Checks } from '../support/checks.mjs'
import { armStage } from './checks/arm-stage.mjs'
import { planChecker, planFuzzer } from './checks/plan-checker.mjs'
import { formatted, tidyAddon, tidyStage, warnings } from './checks/sources.mjs'
import { hostedStage, realStage, stageUnderValgrind } from './checks/stage.mjs'
import { stageFile } from './checks/stage-file.mjs'
import { statusParser } from './checks/status-parser.mjs'

const checks = new Checks('native', { atOnce: 2 })
try {
  // The longest first: two run at a time.
  await checks.all([
    tidyAddon,
    tidyStage,
    warnings,
    planFuzzer,
    hostedStage,
    planChecker,
    realStage,
    stageUnderValgrind,
    armStage,
    stageFile,
    statusParser,
    formatted,
  ])
} finally {
  checks.cleanUp()
}
console.log(`${checks.passed} passed, ${checks.failed} failed, ${checks.leftOut} not run`)
process.exitCode = checks.failed === 0 ? 0 : 1
