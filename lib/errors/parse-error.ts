/**
 * A file of /proc, an id map or a record that does not read.
 *
 * `message` is `source:line: reason`, so that an editor or a terminal can jump to it.
 */
export class ParseError extends SyntaxError {
  /** What was read: a path, or the name that the caller gave to its text. */
  readonly source: string
  /** 1 for the first line. */
  readonly line: number

  /**
   * For who parses more of that kind.
   *
   * @param reason what is wrong with the line.
   * @param source a path, or a name for the text.
   * @param line 1 for the first.
   */
  constructor(reason: string, source: string, line: number) {
    super(`${source}:${line}: ${reason}`)
    this.source = source
    this.line = line
  }

  static {
    // On the prototype, as for the built-in errors: an own `name` would show up in every inspection.
    Object.defineProperty(this.prototype, 'name', { value: 'ParseError', configurable: true, writable: true })
  }
}
