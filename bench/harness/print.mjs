// The report for people.

export function printReport({ machine, load, quick, suites }) {
  const { kernel, architecture, node, cpu, processors, memoryGiB, uid } = machine
  console.log(
    `Linux ${kernel} ${architecture}, ${processors} × ${cpu}, ${memoryGiB} GiB, Node ${node}, uid ${uid}`,
  )
  console.log(`load average ${load.map((each) => each.toFixed(2)).join(' before, ')} after`)
  if (quick) console.log('quick: few rounds, no claim can rest on it')
  for (const suite of suites) printSuite(suite)
  printBars(suites.flatMap(({ bars }) => bars))
}

function printSuite({ title, tables, missing, calibration }) {
  console.log(`\n── ${title}`)
  for (const { title: heading, unit, rounds, samples, rows } of tables) {
    const cells = rows.map((row) => [row.name, number(row.median), spread(row)])
    console.log(`\n${heading} (${rounds} rounds of ${samples})`)
    print([['', unit, 'p25–p75'], ...cells])
  }
  for (const { name, reason } of missing) console.log(`missing: ${name}: ${reason}`)
  if (calibration !== undefined) {
    const { median, p25, p75 } = calibration
    const noise = Math.round(((p75 - p25) / median) * 100)
    console.log(
      `the machine's noise: a fixed loop took ${number(median)} ms, p25–p75 within ${noise} % of it`,
    )
  }
}

function printBars(bars) {
  if (bars.length === 0) return
  console.log('\n── against the bars\n')
  print([
    ['', 'measured', 'p25–p75', 'bar', ''],
    ...bars.map((bar) => [
      bar.what,
      `${number(bar.median)} ${bar.unit}`.trim(),
      spread(bar),
      bar.atMost === undefined ? `≥ ${bar.atLeast}` : `≤ ${bar.atMost}`,
      bar.met ? 'met' : 'NOT MET',
    ]),
  ])
}

function spread({ p25, p75 }) {
  return `${number(p25)}–${number(p75)}`
}

/** Three significant digits, without an exponent. */
function number(value) {
  if (Math.abs(value) >= 100) return value.toFixed(0)
  return value.toFixed(Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)))))
}

/** Columns; the first to the left, numbers to the right. */
function print(cells) {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  for (const row of cells) {
    const [first, ...rest] = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    )
    console.log([first, ...rest].join('  ').trimEnd())
  }
}
