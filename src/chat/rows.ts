/**
 * Columns of a row with their types. The tables are strict, so a column that is
 * not what it is declared as is a mistake of ours.
 */
import type { SqlRow } from '../index.ts'

export function text(row: SqlRow, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new TypeError(`${column} is no text`)
  return value
}

export function number(row: SqlRow, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw new TypeError(`${column} is no number`)
  return value
}

export const flag = (row: SqlRow, column: string): boolean => number(row, column) !== 0

export function textOrNull(row: SqlRow, column: string): string | null {
  return row[column] === null ? null : text(row, column)
}

export function numberOrNull(row: SqlRow, column: string): number | null {
  return row[column] === null ? null : number(row, column)
}

/** JSON that was written by us. */
export function record(row: SqlRow, column: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text(row, column))
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
