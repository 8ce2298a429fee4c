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
   * Rounds of A B C A B C: what disturbs the machine for a while disturbs all. `contenders`: { name, sample },
   * where sample() resolves to one figure; a round's figure is the median of its samples. Before the rounds each
   * is warmed up, as much as in one round and more; one that fails there is listed as missing.
   */
  async compare(title, unit, contenders, { rounds = this.rounds, samples = 1 } = {}) {
    const able = []
    for (const contender of contenders) {
      try {
        for (let i = 0; i < 2 * samples; i++) await contender.sample()
        able.push({ ...contender, rounds: [] })
      } catch (error) {
        this.missing(contender.name, error)
      }
    }
    for (let round = 0; round < rounds; round++) {
      this.#calibration.push(calibrate())
      for (const contender of able) {
        const figures = []
        for (let i = 0; i < samples; i++) figures.push(await contender.sample())
        contender.rounds.push(median(figures))
      }
    }
    const rows = able.map(({ name, rounds: figures }) => ({ name, ...summarize(figures), rounds: figures }))
    this.#tables.push({ title, unit, rounds, samples, rows })
    return new Comparison(rows)
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
