import { expect, test } from 'bun:test'
import { askedBy, isSingle, keyNames, keysOf, keyWord, shortcuts, spokenKeys, type Shortcut } from './shortcuts.ts'

const none = { key: '', code: '', metaKey: false, ctrlKey: false, altKey: false, shiftKey: false }

test('no two shortcuts of one place have the same keys', () => {
  const pressed = shortcuts.map(({ keys, where }: Shortcut) => `${where} ${keys.join('+')}`)
  expect(new Set(pressed).size).toBe(pressed.length)
})

test('⌘ is the key on a Mac, Ctrl elsewhere, and nothing that has another one besides', () => {
  expect(askedBy({ ...none, key: 'k', ctrlKey: true }, 'list', false)?.what).toBe('shortcut.search')
  expect(askedBy({ ...none, key: 'k', metaKey: true }, 'list', true)?.what).toBe('shortcut.search')
  expect(askedBy({ ...none, key: 'k', ctrlKey: true }, 'list', true)).toBeUndefined()
  expect(askedBy({ ...none, key: 'k', ctrlKey: true, altKey: true }, 'list', false)).toBeUndefined()
  expect(askedBy({ ...none, key: 'k' }, 'list', false)).toBeUndefined()
})

test('no key more than those', () => {
  const [ctrlKey, shiftKey] = [true, true]
  expect(askedBy({ ...none, key: 'X', ctrlKey, shiftKey }, 'writing', false)?.what).toBe('shortcut.strike')
  expect(askedBy({ ...none, key: 'x', ctrlKey }, 'writing', false)).toBeUndefined()
  expect(askedBy({ ...none, key: 'B', ctrlKey, shiftKey }, 'writing', false)).toBeUndefined()
})

test('signs are found whether or not the keyboard has them behind Shift, and full-width ones too', () => {
  expect(askedBy({ ...none, key: '/', shiftKey: true, ctrlKey: true }, 'list', false)?.what).toBe('shortcut.shortcuts')
  for (const key of ['?', '？'])
    expect(askedBy({ ...none, key, shiftKey: true }, 'list', false)?.what).toBe('shortcut.shortcuts')
  expect(askedBy({ ...none, key: '+' }, 'message', false)?.what).toBe('message.react')
})

test('a letter is its key where the keyboard writes another script', () => {
  expect(askedBy({ ...none, key: 'к', code: 'KeyR' }, 'message', false)?.what).toBe('message.reply')
  expect(askedBy({ ...none, key: 'r', code: 'KeyP' }, 'message', false)?.what).toBe('message.reply') // Dvorak
  expect(askedBy({ ...none, key: 'Process', code: 'KeyR' }, 'message', false)).toBeUndefined() // an input method has it
})

test('keys are named as the keyboard has them', () => {
  expect(keyNames(['Mod', 'Shift', 'ArrowUp'], true)).toEqual(['⌘', '⇧', '↑'])
  expect(keyNames(['Mod', 'Shift', 'ArrowUp'], false)).toEqual(['Ctrl', 'Shift', '↑'])
})

test('what stands beside a deed in a menu, and what is said of it', () => {
  const ways = keysOf('message.copy', 'message') ?? [[]]
  expect([keyWord(ways[0], true), keyWord(ways[0], false)]).toEqual(['⌘C', 'Ctrl+C'])
  expect([spokenKeys(ways, true), spokenKeys(ways, false)]).toEqual(['Meta+C', 'Control+C'])
  expect(spokenKeys(keysOf('shortcut.remove', 'message') ?? [], false)).toBe('Delete Backspace')
  expect(spokenKeys(keysOf('message.react', 'message') ?? [], false)).toBe('Plus')
})

test('what is one sign can be switched off', () => {
  expect([['/'], ['C'], ['F6'], ['Mod', 'K'], ['Enter']].map(isSingle)).toEqual([true, true, false, false, false])
})
