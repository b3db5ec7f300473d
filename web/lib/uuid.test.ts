import { expect, test } from 'bun:test'
import { isUuid, uuid } from './uuid.ts'

test('ids are UUIDs of version 7, and those made later sort later', () => {
  const ids = [0, 1, 1_700_000_000_000, 2 ** 48 - 1].map((now) => uuid(now))
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(isUuid(id)).toBe(true)
  }
  expect(ids.toSorted()).toEqual(ids)
  expect(uuid(1)).not.toBe(uuid(1))
})
