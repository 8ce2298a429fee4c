/** Linear interpolation between the two nearest, as numpy's default. */
function quantile(values, q) {
  const sorted = Float64Array.from(values).sort()
  const at = (sorted.length - 1) * q
  const below = Math.floor(at)
  const next = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[next] - sorted[below]) * (at - below)
}

export function median(values) {
  return quantile(values, 0.5)
}

export function summarize(values) {
  return { median: median(values), p25: quantile(values, 0.25), p75: quantile(values, 0.75) }
}
