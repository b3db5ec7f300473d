/** The one table: what was measured, beside the bare servers, and whether it is good enough. */

export interface Row {
  readonly what: string
  readonly measured: string
  readonly bun?: string // the barest server on Bun
  readonly node?: string // the same on Node and ws
  readonly target?: string
  readonly isMet?: boolean
}

const heads = { what: '', measured: 'posthouse', bun: 'bare bun', node: 'node + ws', target: 'target', ok: 'ok' }

export function table(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(toCells)]
  const columns = Object.keys(heads) as (keyof typeof heads)[]
  const widths = columns.map((column) => Math.max(...lines.map((line) => line[column].length)))
  const text = lines.map((line) =>
    columns
      .map((column, at) => line[column].padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  text.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('──'))
  return text.join('\n')
}

function toCells({ what, measured, bun = '', node = '', target = '', isMet }: Row): typeof heads {
  return { what, measured, bun, node, target, ok: isMet === undefined ? '' : isMet ? 'ok' : 'NOT MET' }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
