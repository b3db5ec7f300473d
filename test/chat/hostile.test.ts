/** Attacks on who somebody is: cookies, sessions, names and passwords. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Browser } from './browser.ts'
import { Refusal, refusalOf, startChat } from './support.ts'

setDefaultTimeout(120_000)

const password = 'correct horse'
const cookieName = 'posthouse_session'

describe('a cookie', () => {
  test('is for the browser alone, and over TLS only where there is TLS', async () => {
    await using chat = await startChat({
      server: { http_server: { address: '127.0.0.1', port: 0, trusted_proxies: ['127.0.0.1'] } },
    })
    const browser = new Browser(chat)
    await browser.post('people.enter', { name: 'Ann' })
    const [plain = ''] = browser.setCookies
    expect(plain).toContain('HttpOnly')
    expect(plain).toContain('SameSite=Lax')
    expect(plain).toContain('Path=/')
    expect(plain).toContain(`Max-Age=${30 * 24 * 3600}`)
    expect(plain).not.toContain('Secure')
    await new Browser(chat).post('people.enter', { name: 'Bob' })
    const behind = new Browser(chat)
    await behind.post('people.enter', { name: 'Cid' }, { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' })
    expect(behind.setCookies[0]).toContain('Secure')
    expect(
      chat.server.sql(
        'SELECT network FROM chat_sessions WHERE person = (SELECT id FROM chat_people WHERE name = ?)',
        'Cid',
      ),
    ).toEqual([{ network: '192.0.2.1' }])
  })

  test('proves nothing with any bit of it changed, a signature of another, or another name', async () => {
    await using chat = await startChat()
    const [ann, eve] = [new Browser(chat), new Browser(chat)]
    await ann.post('people.enter', { name: 'Ann' })
    await eve.post('people.enter', { name: 'Eve' })
    expect(await ann.name()).toBe('Ann')
    const good = ann.cookies.get(cookieName) ?? ''
    const hers = eve.cookies.get(cookieName) ?? ''
    const [value = '', expiry = '', signature = ''] = good.split('.')
    const [otherValue = '', , otherSignature = ''] = hers.split('.')
    const forged = [
      ...Array.from(good, (letter, at) => good.slice(0, at) + (letter === 'A' ? 'B' : 'A') + good.slice(at + 1)),
      ...Array.from(good, (_, at) => good.slice(0, at)),
      `${value}.${expiry}.${otherSignature}`,
      `${otherValue}.${expiry}.${signature}`,
      `${value}.${Number(expiry) + 1}.${signature}`,
      `${value}.${expiry}.`,
      value,
      Buffer.from(value, 'base64url').toString(),
    ].filter((cookie) => cookie !== good)
    const statuses = new Set<number>()
    for (const cookie of forged)
      statuses.add((await new Browser(chat).post('people.me', {}, { cookie: `${cookieName}=${cookie}` })).status)
    expect([...statuses]).toEqual([401])
    expect((await new Browser(chat).post('people.me', {}, { cookie: `other=${good}` })).status).toBe(401)
    expect(await ann.name()).toBe('Ann')
  })

  test('that was copied is void after logout, and after the time of the session', async () => {
    await using chat = await startChat()
    const ann = new Browser(chat)
    await ann.post('people.register', { name: 'Ann', password })
    const copied = { cookie: ann.cookie }
    await ann.post('people.logout', {})
    expect(ann.cookies.size).toBe(0)
    expect((await new Browser(chat).post('people.me', {}, copied)).status).toBe(401)
    await ann.post('people.login', { name: 'Ann', password })
    expect(await ann.name()).toBe('Ann')
    chat.pass(31 * 24 * 3600 * 1000)
    expect(await ann.name()).toBeUndefined()
  })

  test('that somebody put into a browser is worth nothing after login, claim and register', async () => {
    await using chat = await startChat()
    await chat.call('people.register', { name: 'Ann', password })
    for (const [action, input] of [
      ['people.login', { name: 'Ann', password }],
      ['people.claim', { password }],
      ['people.register', { name: 'Bea', password }],
    ] as const) {
      const eve = new Browser(chat)
      await eve.post('people.enter', { name: `Eve ${action}` })
      const victim = new Browser(chat)
      for (const [name, value] of eve.cookies) victim.cookies.set(name, value)
      expect((await victim.post(action, input)).status).toBe(200)
      expect(victim.cookie).not.toBe(eve.cookie)
      expect(await victim.name()).toBeDefined()
      if (action !== 'people.register') expect(await eve.name()).toBeUndefined()
      else expect(await eve.name()).toBe(`Eve ${action}`) // still nobody but the guest that it was
    }
  })
})

describe('another site', () => {
  test('does nothing in somebody’s name: not by a form, a script, nor by logging them in', async () => {
    await using chat = await startChat()
    const ann = new Browser(chat)
    await ann.post('people.register', { name: 'Ann', password })
    const login = { name: 'Ann', password }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: `http://127.0.0.1:${chat.server.port + 1}` },
    ]) {
      expect((await ann.post('people.rename', { name: 'Owned' }, headers)).status).toBe(403)
      const browser = new Browser(chat)
      expect((await browser.post('people.login', login, headers)).status).toBe(403)
      expect((await browser.post('people.enter', { name: 'Owned' }, headers)).status).toBe(403)
      expect(browser.setCookies).toEqual([])
    }
    expect(await ann.name()).toBe('Ann')
    const own = { origin: `http://127.0.0.1:${chat.server.port}`, 'sec-fetch-site': 'same-origin' }
    expect((await ann.post('people.rename', { name: 'Anna' }, own)).status).toBe(200)
  })

  test('cannot send what a form can: an action takes JSON, by POST', async () => {
    await using chat = await startChat()
    const ann = new Browser(chat)
    await ann.post('people.enter', { name: 'Ann' })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])
      expect((await ann.post('people.rename', '{"name":"Owned"}', { 'content-type': type })).status).toBe(415)
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await fetch(new URL('/api/chat/people.me', chat.server.url), {
        method,
        headers: { cookie: ann.cookie },
      })
      expect(answer.status).toBe(405)
    }
    expect(await ann.name()).toBe('Ann')
  })
})

describe('a login', () => {
  test('answers the same for a name that nobody has, a guest’s, and a wrong password', async () => {
    await using chat = await startChat()
    await chat.call('people.register', { name: 'Ann', password })
    await chat.enter('Guest')
    const answers = new Set<string>()
    for (const name of ['Ann', 'Nobody', 'Guest', 'ＡＮＮ', '\u202eAnn', 'x'.repeat(500)]) {
      const response = await new Browser(chat).post('people.login', { name, password: 'a wrong one' })
      const headers = [...response.headers].filter(([header]) => header !== 'date')
      answers.add(JSON.stringify([response.status, headers, await response.text()]))
    }
    expect(answers.size).toBe(1)
    expect([...answers][0]).toContain('[401,')
  })

  test('is limited by account, however the name is spelt, and known addresses get in all the same', async () => {
    await using chat = await startChat({
      server: { http_server: { address: '127.0.0.1', port: 0, trusted_proxies: ['127.0.0.1'] } },
    })
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const browser = new Browser(chat)
    await browser.post('people.register', { name: 'Ann', password }, from('192.0.2.7'))
    const spellings = ['Ann', 'ann', 'ANN', ' Ann ', 'Ａnn', 'aＮn']
    const statuses: number[] = []
    for (let n = 0; n < 30; n++) {
      const name = spellings[n % spellings.length] ?? ''
      const answer = await new Browser(chat).post(
        'people.login',
        { name, password: `guess ${n}` },
        from('198.51.100.1'),
      )
      statuses.push(answer.status)
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    for (let n = 0; n < 40; n++)
      await new Browser(chat).post('people.login', { name: 'Ann', password: `guess ${n}` }, from(`203.0.113.${n}`))
    const stranger = await new Browser(chat).post('people.login', { name: 'Ann', password }, from('203.0.113.200'))
    expect(stranger.status).toBe(429)
    expect(Number(stranger.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    const owner = await new Browser(chat).post('people.login', { name: 'Ann', password }, from('192.0.2.7'))
    expect(owner.status).toBe(200)
    chat.pass(60_000)
    const journey = await new Browser(chat).post('people.login', { name: 'Ann', password }, from('203.0.113.201'))
    expect(journey.status).toBe(200)
  })

  test('is limited by address, which nobody makes up behind no proxy', async () => {
    await using chat = await startChat({ limitFactor: 1 })
    const statuses: number[] = []
    for (let n = 0; n < 30; n++) {
      const headers = {
        'x-forwarded-for': `203.0.113.${n}`,
        'x-real-ip': `203.0.113.${n}`,
        forwarded: `for=203.0.113.${n}`,
      }
      const answer = await new Browser(chat).post('people.login', { name: `Name ${n}`, password: 'a guess' }, headers)
      statuses.push(answer.status)
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(10)
  })

  test('takes no long passwords, no objects, and no hundred at once', async () => {
    await using chat = await startChat()
    await chat.call('people.register', { name: 'Ann', password })
    const browser = new Browser(chat)
    expect((await browser.post('people.login', { name: 'Ann', password: 'x'.repeat(1_000_000) })).status).toBe(413)
    expect((await browser.post('people.login', { name: 'Ann', password: 'x'.repeat(2000) })).status).toBe(400)
    for (const wrong of [{ $ne: '' }, { $gt: '' }, ['x'], null, true, 1, undefined])
      expect((await browser.post('people.login', { name: 'Ann', password: wrong })).status).toBe(400)
    for (const wrong of [{ $ne: '' }, ['Ann'], null])
      expect((await browser.post('people.login', { name: wrong, password })).status).toBe(400)
    const many = await Promise.all(
      Array.from({ length: 100 }, (_, n) => browser.post('people.login', { name: `Name ${n}`, password: 'a guess' })),
    )
    const [guessed, sentAway] = [401, 429].map((status) => many.filter((answer) => answer.status === status).length)
    expect((guessed ?? 0) + (sentAway ?? 0)).toBe(100)
    expect(sentAway).toBeGreaterThan(0)
    expect((await browser.post('people.login', { name: 'Ann', password })).status).toBe(200)
  })
})

describe('a name', () => {
  const alike: readonly (readonly [string, string])[] = [
    ['Ann', 'aNN'],
    ['Ann', 'Ａｎｎ'],
    ['Ann', '  Ann\t'],
    ['Ann Lee', 'Ann\u00a0\u00a0Lee'],
    ['Straße', 'STRASSE'],
    ['ﬁne', 'FINE'],
    ['É', 'E\u0301'],
    ['Σίσυφος', 'ΣΊΣΥΦΟΣ'],
    ['K', '\u212a'], // the sign of kelvin
    ['ⓐ', 'a'],
  ]
  test('is taken if one is that looks the same', async () => {
    await using chat = await startChat()
    for (const [one, other] of alike) {
      const first = await chat.enter(one)
      const [here, there] = [
        await refusalOf(chat.enter(other)),
        await refusalOf(chat.call('people.register', { name: other, password })),
      ]
      expect([one, other, here, there]).toEqual([one, other, 'nameTaken', 'nameTaken'])
      const third = await chat.enter('Somebody else')
      expect(await refusalOf(third.call('people.rename', { name: other }))).toBe('nameTaken')
      for (const each of [first, third]) await each.call('people.delete', {})
    }
  })

  test('cannot be invisible, turn the direction of writing, nor be another one when it is made plain again', async () => {
    await using chat = await startChat()
    const bad = [
      '',
      ' ',
      '\u200b',
      'A\u200bnn',
      'A\u202enn',
      '\u2066Ann\u2069',
      'A\u0000',
      '\u3164',
      'A\u034f',
      'x'.repeat(33),
      '\ud800',
      '\u{e0041}',
    ]
    for (const name of bad) {
      const refused = await refusalOf(chat.enter(name))
      expect([name, refused]).toEqual([name, 'badName'])
    }
    const ann = await chat.enter('Ann')
    for (const name of bad) expect(await refusalOf(ann.call('people.rename', { name }))).toBe('badName')
  })

  test('that becomes free goes to one of those who want it at once', async () => {
    await using chat = await startChat()
    const wanting = await Promise.all(Array.from({ length: 20 }, (_, n) => chat.enter(`Guest ${n}`)))
    const came = await Promise.allSettled([
      ...wanting.map((guest) => guest.call('people.rename', { name: 'Ann' })),
      ...Array.from({ length: 20 }, () => chat.enter('ANN')),
    ])
    expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of came) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(Refusal)
  })
})
