/** The reference of the chat is written from what runs. */
import { expect, test } from 'bun:test'
import { chatReference, mark, page } from '../../scripts/chat-reference.ts'
import { actions } from '../../src/chat/actions.ts'

test('the reference has every action as it is defined, and every link in it leads somewhere', async () => {
  const text = await Bun.file(page).text()
  expect(text.slice(text.indexOf(mark))).toBe(await chatReference()) // if not: bun scripts/chat-reference.ts
  for (const name of Object.keys(actions)) expect(text).toContain(`### \`${name}\``)
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(/[`.]/g, '').replaceAll(' ', '-'),
  )
  const led = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
  expect(led.filter((anchor) => !anchors.includes(anchor))).toEqual([])
})
