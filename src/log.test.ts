import { expect, test } from 'bun:test'
import { createLog, type LogLevel } from './log.ts'

function logged(isTTY: boolean, level: LogLevel, write: (log: ReturnType<typeof createLog>) => void): string {
  let text = ''
  write(createLog(level, { isTTY, write: (part) => (text += part) }))
  return text
}

const nasty = 'a\nb\r\u001B[31mred\u202Eevil\u2028line'

test('an event is one line of JSON when nobody looks', () => {
  const text = logged(false, 'info', (log) => log.warn('something', { name: nasty, n: 1 }))
  expect(text.match(/\n/g)).toHaveLength(1)
  expect(text).not.toContain('\u001B')
  expect(JSON.parse(text)).toMatchObject({ level: 'warn', event: 'something', name: nasty, n: 1 })
})

test('on a terminal it can be read, and nothing in it moves the cursor or begins a line', () => {
  const text = logged(true, 'info', (log) => log.info('listening', { url: nasty }))
  expect(text).toMatch(/^\d\d:\d\d:\d\d info {2}listening {2}url=/)
  expect(text.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
})

test('an error is told with its stack and its causes', () => {
  const error = new Error('outer', { cause: new Error('inner') })
  const text = logged(false, 'info', (log) => log.error('failed', { error }))
  expect(text).toContain('outer')
  expect(text).toContain('inner')
})

test('on a terminal its stack stands below, line by line', () => {
  const text = logged(true, 'info', (log) => log.error('failed', { error: new Error('outer') }))
  expect(text.split('\n').length).toBeGreaterThan(3)
  expect(text).toContain('Error: outer')
})

test('what is below the level is left out', () => {
  expect(logged(false, 'warn', (log) => log.info('no'))).toBe('')
  expect(logged(false, 'none', (log) => log.error('no'))).toBe('')
})
