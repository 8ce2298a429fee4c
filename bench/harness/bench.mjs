// What a suite is given: it compares contenders, states what is missing, and sets results beside their bars.
import { calibrate } from './machine.mjs'
import { median, summarize } from './statistics.mjs'

export class Bench {
  #tables = []
  #bars = []
  #missing = []
  #calibration = []

  constructor({ rounds, quick }) {
    this.rounds = rounds
    this.quick = quick
  }

  /**
   * Takes samples in turns, A B C A B C: what disturbs the machine for a while disturbs all, and none runs in
   * caches that its own last run has left warm. `contenders`: { name, sample }, where sample() resolves to one
   * figure. A round's figure is the median of its samples. One that fails in the warm-up is listed as missing.
   */
  async compare(title, unit, contenders, { rounds = this.rounds, samples = 1 } = {}) {
    const able = await this.#warmUp(contenders, 2 * samples)
    const figures = new Map(able.map((contender) => [contender, []]))
    for (let round = 0; round < rounds; round++) {
      this.#calibration.push(calibrate())
      const taken = await takeTurns(able, samples)
      for (const contender of able) figures.get(contender).push(median(taken.get(contender)))
    }
    const rows = able.map((contender) => {
      const each = figures.get(contender)
      return { name: contender.name, ...summarize(each), rounds: each }
    })
    this.#tables.push({ title, unit, rounds, samples, rows })
    return new Comparison(rows)
  }

  async #warmUp(contenders, samples) {
    const able = []
    for (const contender of contenders) {
      try {
        for (let i = 0; i < samples; i++) await contender.sample()
        able.push(contender)
      } catch (error) {
        this.missing(contender.name, error)
      }
    }
    return able
  }

  missing(name, reason) {
    this.#missing.push({ name, reason: String(reason?.message ?? reason).split('\n', 1)[0] })
  }

  /** `figure`: of Comparison; undefined where a contender was missing. `limit`: { atMost } or { atLeast }. */
  bar(what, figure, unit, limit) {
    if (figure === undefined) return
    const { atMost, atLeast } = limit
    const met = atMost === undefined ? figure.median >= atLeast : figure.median <= atMost
    this.#bars.push({ what, unit, ...figure, ...limit, met })
  }

  result() {
    const calibration = this.#calibration.length === 0 ? undefined : summarize(this.#calibration)
    return { tables: this.#tables, bars: this.#bars, missing: this.#missing, calibration }
  }
}

async function takeTurns(contenders, samples) {
  const taken = new Map(contenders.map((contender) => [contender, []]))
  for (let i = 0; i < samples; i++) {
    for (const contender of contenders) taken.get(contender).push(await contender.sample())
  }
  return taken
}

class Comparison {
  #rows

  constructor(rows) {
    this.#rows = new Map(rows.map((row) => [row.name, row]))
  }

  of(name) {
    const row = this.#rows.get(name)
    return row && { median: row.median, p25: row.p25, p75: row.p75 }
  }

  /** Round by round, as neighbours in time share the machine's state; the median of these ratios. */
  ratio(name, other) {
    const [mine, its] = [this.#rows.get(name), this.#rows.get(other)]
    return mine && its && summarize(mine.rounds.map((figure, round) => figure / its.rounds[round]))
  }
}
