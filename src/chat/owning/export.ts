/**
 * What is handed out to take along, in one of two forms: JSON for programs, and
 * a page for people. Both are written piece by piece, so that a room of any
 * length takes the memory of a page.
 */
export type Row = Readonly<Record<string, unknown>>

export interface Section {
  readonly name: string
  readonly pages: () => Iterable<readonly Row[]>
}

export interface Export {
  readonly title: string
  readonly about: Row
  readonly sections: readonly Section[]
}

/** A row in a line. `made`: when, in milliseconds since 1970. */
export function* asJson({ title, about, sections }: Export, made: number): Generator<string> {
  const head = JSON.stringify({ format: 'posthouse-export', version: 1, made, title, about })
  yield head.slice(0, -1)
  for (const { name, pages } of sections) {
    yield `,\n${JSON.stringify(name)}: [`
    let separator = '\n'
    for (const rows of pages()) {
      const text = rows.map((row) => JSON.stringify(row)).join(',\n')
      if (text === '') continue
      yield separator + text
      separator = ',\n'
    }
    yield '\n]'
  }
  yield '}\n'
}
