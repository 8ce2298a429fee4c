// Runs one suite and sends its result to main.mjs.
import { Bench } from './bench.mjs'

// A signal may have ended main.mjs alone.
const abandoned = () => process.exit(1)
process.once('disconnect', abandoned)

const { name, ...settings } = JSON.parse(process.argv[2])
const suite = await import(`../suites/${name}.mjs`)
const bench = new Bench(settings)
await suite.run(bench)
process.off('disconnect', abandoned)
process.send({ title: suite.title, ...bench.result() })
process.disconnect()
