/** Buckets between a power of two and the next. */
const PER_OCTAVE = 32
const LOWEST_OCTAVE = -10
const OCTAVES = 40
const LAST_BUCKET = OCTAVES * PER_OCTAVE
const GAMMA = 2 ** (1 / PER_OCTAVE)

/**
 * How values of 0 and more are distributed: counts in buckets that grow by 2.2 % each, so that a percentile is within
 * 1.1 % of the exact one by the nearest-rank method (DDSketch, https://arxiv.org/abs/1908.10693). Values below 2^-10
 * share the first bucket, those above 2^30 the last; count, sum, least and largest are exact. Memory goes with the
 * range of the values, not with their number: at most 10 KiB.
 */
export class LogHistogram {
  count = 0
  sum = 0
  max = 0
  #min = Infinity
  /** Buckets from `#from` on, whole octaves. */
  #counts = new Float64Array(0)
  #from = 0

  /** Takes a value `times` times. What is no number above 0 counts as 0: a clock may have been set back. */
  add(value: number, times = 1): void {
    const known = value > 0 ? value : 0
    const bucket = bucketOf(known)
    this.#cover(bucket, bucket)
    this.#counts[bucket - this.#from]! += times
    this.count += times
    this.sum += known * times
    if (known > this.max) this.max = known
    if (known < this.#min) this.#min = known
  }

  addAll(other: LogHistogram): void {
    if (other.count === 0) return
    const counts = other.#counts
    this.#cover(other.#from, other.#from + counts.length - 1)
    const shift = other.#from - this.#from
    for (let i = 0; i < counts.length; i++) this.#counts[i + shift]! += counts[i]!
    this.count += other.count
    this.sum += other.sum
    if (other.max > this.max) this.max = other.max
    if (other.#min < this.#min) this.#min = other.#min
  }

  /** The value that the share `p` of all values does not exceed; null of none. */
  percentile(p: number): number | null {
    if (this.count === 0) return null
    const rank = Math.max(1, Math.ceil(p * this.count))
    let passed = 0
    let i = 0
    while (i < this.#counts.length && (passed += this.#counts[i]!) < rank) i++
    const middle = (upperBound(i + this.#from) * 2) / (GAMMA + 1)
    return Math.min(this.max, Math.max(this.#min, middle))
  }

  /** How many values are at most 2^exponent: exact. */
  countUpTo(exponent: number): number {
    const last = Math.min(LAST_BUCKET, (exponent - LOWEST_OCTAVE) * PER_OCTAVE) - this.#from
    let passed = 0
    for (let i = 0; i <= last && i < this.#counts.length; i++) passed += this.#counts[i]!
    return passed
  }

  /** Makes room for these buckets. */
  #cover(first: number, last: number): void {
    const { length } = this.#counts
    if (length > 0 && first >= this.#from && last < this.#from + length) return
    const from = Math.floor((length === 0 ? first : Math.min(first, this.#from)) / PER_OCTAVE) * PER_OCTAVE
    const end = Math.floor(Math.max(last, this.#from + length - 1) / PER_OCTAVE + 1) * PER_OCTAVE
    const counts = new Float64Array(end - from)
    if (length > 0) counts.set(this.#counts, this.#from - from)
    this.#counts = counts
    this.#from = from
  }
}

/** Bucket i holds the values above 2^((i-1)/32 - 10), up to 2^(i/32 - 10) itself. */
function bucketOf(value: number): number {
  const place = (Math.log2(value) - LOWEST_OCTAVE) * PER_OCTAVE
  const bucket = Math.min(LAST_BUCKET, Math.max(0, Math.ceil(place)))
  // The logarithm of what lies just above a bound may be rounded to that of the bound.
  return bucket === place && bucket < LAST_BUCKET && value > upperBound(bucket) ? bucket + 1 : bucket
}

const upperBound = (bucket: number): number => 2 ** (bucket / PER_OCTAVE + LOWEST_OCTAVE)
