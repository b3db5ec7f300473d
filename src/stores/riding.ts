/** SQL from outside that runs in a transaction which it shares with others: what may, and what its parameters become. */
import { Refused, StoreError } from '../core/store.ts'
import type { SQLQueryBindings } from 'bun:sqlite'
import type { Statement, StatementParam } from '../core/store.ts'
import type { Statements } from './statements.ts'

/** What only an append knows. */
export interface Known {
  readonly offset: number
  readonly epoch: string
  readonly time: number
}

/** @throws StoreError for a text that may not run, Refused for a guard that does not hold, what SQLite throws for what fails */
export function ride(prepared: Statements, statements: readonly Statement[], known: Known | undefined): void {
  for (const { sql, params = [], guard } of statements) {
    const objection = objectionTo(sql)
    if (objection !== undefined) throw new StoreError(objection, false)
    const statement = prepared.remember(sql)
    const bindings = params.map((param) => bindingOf(param, known))
    if (guard === undefined) statement.run(...bindings)
    // One row will do: whatever a statement with RETURNING changes it has changed before its first row.
    else if (statement.get(...bindings) === null) throw new Refused(guard)
  }
}

function bindingOf(param: StatementParam, known: Known | undefined): SQLQueryBindings {
  if (typeof param !== 'object' || param === null || param instanceof Uint8Array) return param
  if (known === undefined) throw new StoreError(`Without a publication there is no ${param.of} to refer to`, false)
  return known[param.of]
}

const literalOrComment = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g
const verdicts = new Map<string, string | undefined>()

/**
 * Why a statement may not share a transaction; undefined if it may. It must not
 * end the transaction for the others, and it must be one: of two in one text
 * SQLite would silently run the first only.
 */
function objectionTo(sql: string): string | undefined {
  if (verdicts.has(sql)) return verdicts.get(sql)
  const verdict = judge(sql)
  if (verdicts.size >= 1000) verdicts.clear() // texts are few; values belong into parameters
  verdicts.set(sql, verdict)
  return verdict
}

function judge(sql: string): string | undefined {
  const bare = sql.replace(literalOrComment, (match) => (/^[-/]/.test(match) ? ' ' : ' ? ')).trim()
  if (!/^(?:insert|update|delete|replace|select|with|create|drop|alter)\b/i.test(bare))
    return 'Only INSERT, UPDATE, DELETE, REPLACE, SELECT, WITH, CREATE, DROP and ALTER may share a transaction'
  const isTrigger = /^create\s+(?:temp\s+|temporary\s+)?trigger\b/i.test(bare)
  if (isTrigger ? !/\bend[\s;]*$/i.test(bare) : /;[\s;]*[^\s;]/.test(bare))
    return 'There is more than one statement in one text; hand them in one by one'
  return undefined
}
