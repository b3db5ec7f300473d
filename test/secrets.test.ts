import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../src/load-config.ts'
import { openSecrets, readSecrets } from '../src/secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'posthouse-secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))
let folders = 0
const newPlace = () => join(folder, String(++folders))
const configFor = (dir: string, environment: Record<string, string> = {}) =>
  loadConfig({ environment, flags: { 'data.dir': dir } }).config
const given = {
  POSTHOUSE_CLIENT_TOKEN_HMAC_SECRET_KEY: 'a-secret-of-more-than-thirty-two-bytes',
  POSTHOUSE_HTTP_API_KEY: 'a-key-of-more-than-thirty-two-bytes-too',
}

describe('the first start', () => {
  test('makes secrets that only their owner may read, and says that they are new', () => {
    const dir = join(newPlace(), 'deep', 'data')
    const { tokenSecret, apiKey, fresh } = openSecrets(configFor(dir))
    expect(tokenSecret).toMatch(/^[-\w]{43}$/) // 256 bits
    expect(apiKey).toMatch(/^[-\w]{43}$/)
    expect(apiKey).not.toBe(tokenSecret)
    expect(fresh).toEqual(['tokenSecret', 'apiKey'])
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(statSync(join(dir, 'secrets.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dir)).toEqual(['secrets.json'])
  })

  test('does so whatever the umask', () => {
    const before = process.umask(0)
    try {
      const dir = newPlace()
      openSecrets(configFor(dir))
      expect(statSync(dir).mode & 0o777).toBe(0o700)
      expect(statSync(join(dir, 'secrets.json')).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(before)
    }
  })

  test('shows only what is in force', () => {
    const { POSTHOUSE_HTTP_API_KEY: key, ...rest } = given
    expect(openSecrets(configFor(newPlace(), rest))).toMatchObject({ fresh: ['apiKey'] })
    expect(openSecrets(configFor(newPlace(), { POSTHOUSE_HTTP_API_KEY: key }))).toMatchObject({
      apiKey: key,
      fresh: ['tokenSecret'],
    })
  })

  test('makes none where the configuration gives both', () => {
    const dir = newPlace()
    expect(openSecrets(configFor(dir, given))).toEqual({
      tokenSecret: given.POSTHOUSE_CLIENT_TOKEN_HMAC_SECRET_KEY,
      apiKey: given.POSTHOUSE_HTTP_API_KEY,
      fresh: [],
    })
    expect(readdirSync(dir)).toEqual([])
  })

  test('leaves the mode of a folder that was there as it is', () => {
    const dir = newPlace()
    mkdirSync(dir, { mode: 0o755 })
    openSecrets(configFor(dir))
    expect(statSync(dir).mode & 0o777).toBe(0o755)
  })
})

test('a second start has the same secrets, and they are not new', () => {
  const config = configFor(newPlace())
  const first = openSecrets(config)
  expect(openSecrets(config)).toEqual({ ...first, fresh: [] })
  expect(readSecrets(config)).toEqual({ ...first, fresh: [] })
})

test('to read makes nothing', () => {
  const dir = newPlace()
  expect(readSecrets(configFor(dir))).toBeUndefined()
  expect(() => statSync(dir)).toThrow('ENOENT')
})

test('of many starts at once all have the secrets of one', async () => {
  const dir = newPlace()
  const script = `
    import { loadConfig } from './src/load-config.ts'
    import { openSecrets } from './src/secrets.ts'
    const { tokenSecret, apiKey, fresh } = openSecrets(loadConfig({ flags: { 'data.dir': ${JSON.stringify(dir)} } }).config)
    console.log(tokenSecret, apiKey, fresh.length)`
  const starts = Array.from({ length: 4 }, () =>
    Bun.spawn([process.execPath, '-e', script], {
      cwd: join(import.meta.dir, '..'),
      stdout: 'pipe',
      stderr: 'inherit',
    }),
  )
  const said = await Promise.all(starts.map((start) => new Response(start.stdout).text()))
  const secrets = said.map((line) => line.trim().split(' '))
  expect(secrets.every(([tokenSecret = '']) => tokenSecret.length === 43)).toBe(true)
  expect(new Set(secrets.map(([tokenSecret, apiKey]) => `${tokenSecret} ${apiKey}`)).size).toBe(1)
  expect(secrets.filter(([, , fresh]) => fresh === '2')).toHaveLength(1)
})

describe('in one sentence', () => {
  test('a folder that cannot be made is refused', () => {
    const file = newPlace()
    writeFileSync(file, '')
    for (const dir of [file, join(file, 'data')])
      expect(() => openSecrets(configFor(dir))).toThrow(
        /^\S+: cannot be made or written to \(\w+\); let this user write to data\.dir, or choose another folder$/,
      )
  })

  test('a damaged file is refused, and neither shown nor replaced', () => {
    const dir = newPlace()
    mkdirSync(dir)
    const path = join(dir, 'secrets.json')
    for (const content of [
      '',
      '{',
      '[]',
      '{"token_hmac_secret_key":"top-secret"}',
      '{"token_hmac_secret_key":"","http_api_key":""}',
    ]) {
      writeFileSync(path, content)
      expect(() => openSecrets(configFor(dir))).toThrow(
        /^\S+secrets\.json: is damaged; restore it, or delete it to have new secrets made/,
      )
      expect(() => openSecrets(configFor(dir))).not.toThrow(/top-secret/)
      expect(readFileSync(path, 'utf8')).toBe(content)
    }
  })
})
