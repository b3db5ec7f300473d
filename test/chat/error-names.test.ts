import { expect, test } from 'bun:test'
import { errorNames } from '../../src/chat-client/errors.ts'
import { chatErrors } from '../../src/chat/errors.ts'

test('the client knows the errors of the server by their names', () => {
  const table = Object.fromEntries(Object.entries(chatErrors).map(([name, { code }]) => [code, name]))
  expect(Object.fromEntries(Object.entries(errorNames).filter(([code]) => Number(code) >= 400))).toEqual(table)
})
