import { expect, test } from 'bun:test'
import { errorNames, waitIn } from '../../src/chat-client/errors.ts'
import { ChatError, chatErrors } from '../../src/chat/errors.ts'

test('the client knows the errors of the server by their names', () => {
  const table = Object.fromEntries(Object.entries(chatErrors).map(([name, { code }]) => [code, name]))
  expect(Object.fromEntries(Object.entries(errorNames).filter(([code]) => Number(code) >= 400))).toEqual(table)
})

test('the client reads out of the sentence how long to wait', () => {
  expect(waitIn(new ChatError('slow', { retryAfter: 11_200 }).message)).toEqual({ retryAfter: 12_000 })
  expect(waitIn(new ChatError('slow').message)).toEqual({})
})
