/** The page of an invitation shows the room as it is inside. */
import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { photo } from '../files-support.ts'
import { chromiumPath } from '../chromium.ts'
import { composer, isCalm, openApp } from './support.ts'

test.skipIf(chromiumPath === undefined)(
  'an invitation shows the room in the colour, or with the picture, that it has inside',
  async () => {
    await using app = await openApp()
    const { chat } = app
    const ann = await chat.enter('Ann')
    // Of eight colours, so that it is no accident.
    const rooms = await Promise.all(
      ['Tea', 'Milk', 'Jam'].map((name) => ann.call('rooms.create', { kind: 'group', name })),
    )
    const visitor = await app.visit('/')
    const member = await app.as(ann)
    for (const { room } of rooms) {
      const { token } = await ann.call('invitations.create', { room })
      await visitor.open(`/i/${token}`)
      await member.open(`/r/${room}`)
      await composer(member.page).waitFor()
      expect(await colour(visitor.page, 'main')).toBe(await colour(member.page, 'section header'))
    }
    const room = rooms[0]?.room ?? ''
    const { token } = await ann.call('invitations.create', { room })
    const response = await fetch(new URL('/api/chat/files?name=room.jpg', chat.server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.token}` },
      body: (await photo(90, 60, 1)).slice(),
    })
    const { id } = (await response.json()) as { id: string }
    await ann.call('rooms.change', { room, avatar: id })
    await visitor.open(`/i/${token}`)
    const picture = visitor.page.locator('main img')
    await picture.waitFor()
    await visitor.page.waitForFunction(() => (document.querySelector('main img') as HTMLImageElement).naturalWidth > 0)
    expect(await picture.getAttribute('src')).toStartWith(`/files/${id}/thumbnail`)
    isCalm(visitor, member)
  },
  120_000,
)

/** Of the first letter. */
async function colour(page: Page, within: string): Promise<string> {
  return page
    .locator(`${within} .face`)
    .first()
    .evaluate((face) => getComputedStyle(face).color)
}
