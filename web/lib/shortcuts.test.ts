import { expect, test } from 'bun:test'
import { isPressed, shortcuts } from './shortcuts.ts'

const press = (key: string, more: Partial<Parameters<typeof isPressed>[1]> = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
})

test('the command key counts on a Mac, and Ctrl elsewhere', () => {
  expect(isPressed(['Mod', 'B'], press('b', { ctrlKey: true }), false)).toBe(true)
  expect(isPressed(['Mod', 'B'], press('b', { metaKey: true }), false)).toBe(false)
  expect(isPressed(['Mod', 'B'], press('b', { metaKey: true }), true)).toBe(true)
  expect(isPressed(['Mod', 'B'], press('b', { ctrlKey: true }), true)).toBe(false)
  expect(isPressed(['Mod', 'B'], press('b'), false)).toBe(false)
})

test('no key more than those', () => {
  const [ctrlKey, shiftKey, altKey] = [true, true, true]
  expect(isPressed(['Mod', 'Shift', 'X'], press('X', { ctrlKey, shiftKey }), false)).toBe(true)
  expect(isPressed(['Mod', 'Shift', 'X'], press('x', { ctrlKey }), false)).toBe(false)
  expect(isPressed(['Mod', 'B'], press('B', { ctrlKey, shiftKey }), false)).toBe(false)
  expect(isPressed(['Mod', 'B'], press('b', { ctrlKey, altKey }), false)).toBe(false)
  expect(isPressed(['?'], press('?', { shiftKey }), false)).toBe(true) // where it stands above another sign
})

test('on a keyboard without Latin letters the place of the key counts', () => {
  expect(isPressed(['Mod', 'B'], press('и', { code: 'KeyB', ctrlKey: true }), false)).toBe(true)
  expect(isPressed(['Mod', 'B'], press('x', { code: 'KeyB', ctrlKey: true }), false)).toBe(false) // Dvorak
})

test('no two things have the same keys in one place', () => {
  const all = shortcuts.map(({ keys, where }) => `${where} ${keys.join('+')}`)
  expect(new Set(all).size).toBe(all.length)
})
