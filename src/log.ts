/**
 * The server's log: one line of JSON an event, or a readable one on a terminal.
 * JSON escapes control characters, so that nothing a client sends can forge a
 * line or move the cursor; the readable form is made from it. Tokens, keys and
 * payloads are never passed in.
 */
import pino from 'pino'

export interface Log {
  debug(event: string, fields?: Fields): void
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  error(event: string, fields?: Fields): void
}

type Fields = Readonly<Record<string, unknown>>
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'none'

export function createLog(level: LogLevel, out: { write(text: string): unknown; isTTY?: boolean }): Log {
  const destination = out.isTTY === true ? { write: (line: string) => void out.write(readable(line)) } : out
  const logger = pino(
    {
      level: level === 'none' ? 'silent' : level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    { write: (line: string) => void destination.write(line) },
  )
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  }
}

/** `12:34:56 warn  event  name=value`, and the stack of an error below it. */
function readable(line: string): string {
  const { level, time, event, error, ...fields } = JSON.parse(line) as Record<string, unknown>
  const rest = Object.entries(fields).map(([name, value]) => `  ${name}=${escaped(JSON.stringify(value))}`)
  const head = `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${escaped(String(event))}${rest.join('')}\n`
  return error === undefined ? head : `${head}${stackOf(error)}`
}

function stackOf(error: unknown): string {
  const text = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : String(error)
  return text
    .split('\n')
    .map((line) => `  ${escaped(line)}\n`)
    .join('')
}

/** Control and direction-changing characters by their number. */
function escaped(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
