import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import manifest from '../package.json' with { type: 'json' }
import { hmacKey } from '../src/access/jwt.ts'
import { TokenVerifier } from '../src/access/token.ts'
import { configFlags, loadFromFlags } from '../src/cli/config-flags.ts'
import { runtimeTrouble } from '../src/cli/runtime.ts'
import { options } from '../src/config.ts'
import { loadConfig } from '../src/load-config.ts'
import { openSecrets } from '../src/secrets.ts'

const root = join(import.meta.dir, '..')
const folder = mkdtempSync(join(tmpdir(), 'posthouse-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(program: readonly string[], environment: Record<string, string> = {}) {
  const child = Bun.spawn([...program], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { status: await child.exited, out, err }
}

const posthouse = (args: readonly string[], environment?: Record<string, string>) =>
  run([process.execPath, join(root, 'src/cli/main.ts'), ...args], environment)

function fileOf(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('posthouse', () => {
  test.each([['help'], ['--help'], ['-h']])('%s prints the commands', async (flag) => {
    const { status, out, err } = await posthouse([flag])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const commands = ['serve', 'token', 'admin', 'config', 'backup', 'restore', 'check', 'epochs', 'version', 'help']
    for (const command of commands) expect(out).toContain(`  ${command} `)
  })

  test.each([['version'], ['--version'], ['-v']])('%s prints the version', async (flag) => {
    expect(await posthouse([flag])).toEqual({ status: 0, out: `${manifest.version}\n`, err: '' })
  })

  test.each([['tokn'], ['constructor'], ['']])(
    'does not know %p: says so, shows the commands, ends with 2',
    async (command) => {
      const { status, out, err } = await posthouse(command === '' ? [] : [command])
      expect({ status, out }).toEqual({ status: 2, out: '' })
      expect(err).toStartWith(command === '' ? 'posthouse: no command' : `posthouse: unknown command "${command}"`)
      expect(err).toContain('Usage: posthouse <command>')
    },
  )
})

describe('posthouse token', () => {
  const secret = 'a-secret-of-more-than-thirty-two-bytes'
  const environment = { POSTHOUSE_CLIENT_TOKEN_HMAC_SECRET_KEY: secret }
  const settings = { keys: [hmacKey(secret)], audience: undefined, issuer: undefined, userClaim: 'sub' }
  const verifier = new TokenVerifier(settings, { now: Date.now })

  async function made(args: readonly string[], more: Record<string, string> = {}) {
    const { status, out, err } = await posthouse(['token', ...args], { ...environment, ...more })
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toMatch(/^\S+\n$/) // alone on its line, to be used in a script
    return out.trim()
  }

  test('prints a connection token that this server takes', async () => {
    const token = await made(['--user', '42', '--info', '{"id":12345678901234567890}'])
    const verdict = await verifier.connection(token)
    expect(verdict).toMatchObject({ ok: true, claims: { user: '42', info: '{"id":12345678901234567890}' } })
    expect((await verifier.subscription(token)).ok).toBe(false)
  })

  test('prints a subscription token for a channel', async () => {
    const token = await made(['--user', '42', '--channel', 'news:"a"'])
    expect(await verifier.subscription(token)).toMatchObject({ ok: true, claims: { user: '42', channel: 'news:"a"' } })
    expect((await verifier.connection(token)).ok).toBe(false)
  })

  async function expireAt(...args: string[]) {
    const verdict = await verifier.connection(await made(['--user', '', ...args]))
    return verdict.ok ? verdict.claims.expireAt : verdict.because
  }

  test('ends it when it was told to', async () => {
    const before = Math.floor(Date.now() / 1000)
    expect(await expireAt('--ttl', '0')).toBeUndefined()
    const [ninety, day] = [await expireAt('--ttl', '1h30m'), await expireAt()]
    const after = Math.ceil(Date.now() / 1000)
    for (const [end, seconds] of [
      [ninety, 5400],
      [day, 86_400],
    ] as const) {
      expect(end).toBeGreaterThanOrEqual(before + seconds)
      expect(end).toBeLessThanOrEqual(after + seconds)
    }
  })

  test('says in it what the configuration asks of one', async () => {
    const config = fileOf(
      'claims.yaml',
      `client: {token: {hmac_secret_key: ${secret}, audience: chat, issuer: me, user_id_claim: uid}}`,
    )
    const token = await made(['--user', '42', '--config', config])
    const strict = { ...settings, audience: 'chat', issuer: 'me', userClaim: 'uid' }
    expect(await new TokenVerifier(strict, { now: Date.now }).connection(token)).toMatchObject({
      ok: true,
      claims: { user: '42' },
    })
    expect(await made(['--user', '42'], { POSTHOUSE_CONFIG: config })).not.toBe('')
  })

  test('signs for subscriptions with their own secret, where they have one', async () => {
    const own = 'a-secret-for-subscriptions-alone!!!'
    const more = {
      POSTHOUSE_CLIENT_SUBSCRIPTION_TOKEN_ENABLED: '1',
      POSTHOUSE_CLIENT_SUBSCRIPTION_TOKEN_HMAC_SECRET_KEY: own,
    }
    const token = await made(['--user', '42', '--channel', 'a'], more)
    const byOwn = new TokenVerifier({ ...settings, keys: [hmacKey(own)] }, { now: Date.now })
    expect((await byOwn.subscription(token)).ok).toBe(true)
    expect((await verifier.subscription(token)).ok).toBe(false)
  })

  test('signs with the secret that the first start made, and makes none itself', async () => {
    const dir = join(folder, 'kept')
    const early = await posthouse(['token', '--user', '42', '--data', dir])
    expect(early).toMatchObject({ status: 1, out: '' })
    expect(early.err).toContain('start the server once')
    const { tokenSecret } = openSecrets(loadConfig({ flags: { 'data.dir': dir } }).config)
    const { status, out } = await posthouse(['token', '--user', '42', '--data', dir])
    expect(status).toBe(0)
    const byKept = new TokenVerifier({ ...settings, keys: [hmacKey(tokenSecret)] }, { now: Date.now })
    expect((await byKept.connection(out.trim())).ok).toBe(true)
  })

  const misused: readonly (readonly string[])[] = [
    [],
    ['--usr', '42'],
    ['--user'],
    ['--user', '42', '--ttl', '5'],
    ['--user', '42', '--ttl', '-1h'],
    ['--user', '42', '--info', '{a}'],
    ['--user', '42', '--channel', ''],
    ['--user', '42', 'more'],
    ['--user', '42', '--client.token.hmac_secret_key', secret],
  ]
  test.each(misused.map((args) => [args]))('used wrongly says how, and ends with 2: %j', async (args) => {
    const { status, out, err } = await posthouse(['token', ...args], environment)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toStartWith('posthouse: token: ')
    expect(err).not.toContain('    at ')
  })
})

describe('posthouse config', () => {
  test('lists every option with its default, its variable and its meaning', async () => {
    const { status, out } = await posthouse(['config'])
    expect(status).toBe(0)
    const entries = out.trim().split('\n\n')
    expect(entries.map((entry) => entry.split('\n')[0])).toEqual(options.map(({ path }) => path))
    for (const [index, { meaning, variable }] of options.entries()) {
      expect(entries[index]).toContain(meaning)
      expect(entries[index]).toContain('· default ')
      if (variable !== undefined) expect(entries[index]).toEndWith(variable)
    }
  })

  test('check ends with 0 for a file that can be used, whatever the environment says', async () => {
    const file = fileOf('good.toml', '[http_server]\nport = 9000\n')
    const { status, out } = await posthouse(['config', 'check', file], { POSTHOUSE_HTTP_SERVER_PORT: 'x' })
    expect({ status, out }).toEqual({ status: 0, out: `${file}: good\n` })
  })

  test('check tells what has no effect', async () => {
    const { status, out } = await posthouse(['config', 'check', fileOf('odd.json', '{"http_server": {"prot": 1}}')])
    expect(status).toBe(0)
    expect(out).toContain('odd.json: http_server.prot: unknown option; did you mean http_server.port?')
    expect(out).not.toContain('good')
  })

  test('check tells all that is wrong, and ends with 1', async () => {
    const file = fileOf('bad.json', '{"http_server": {"port": "x"}, "engine": {"type": "redis"}}')
    const { status, out, err } = await posthouse(['config', 'check', file])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err.trim().split('\n')).toHaveLength(2)
    for (const line of err.trim().split('\n')) expect(line).toStartWith(`posthouse: ${file}: `)
  })

  test.each([[['check']], [['check', 'a', 'b']], [['lst']], [['--all']]])(
    'used wrongly says how, and ends with 2: %j',
    async (args) => {
      const { status, out, err } = await posthouse(['config', ...args])
      expect({ status, out }).toEqual({ status: 2, out: '' })
      expect(err).toStartWith('posthouse: config: ')
    },
  )
})

const read = (args: string[], environment: Record<string, string> = {}) =>
  loadFromFlags(parseArgs({ args, options: configFlags, allowNegative: true }).values, environment).config

describe('the flags', () => {
  test('go over the environment, and that over the file', () => {
    const file = fileOf('flags.json', '{"http_server": {"port": 1, "address": "::1"}, "client": {"channel_limit": 7}}')
    const environment = {
      POSTHOUSE_CONFIG: file,
      POSTHOUSE_HTTP_SERVER_PORT: '2',
      POSTHOUSE_HTTP_SERVER_ADDRESS: '::2',
    }
    const { http_server, client } = read(['--http_server.port', '3'], environment)
    expect(http_server).toMatchObject({ port: 3, address: '::2' })
    expect(client.channel_limit).toBe(7)
    expect(read(['--config', '', '-p', '4'], environment).client.channel_limit).toBe(128)
  })

  test('have short forms for what is used most', () => {
    const config = read(['-p', '5', '-a', '127.0.0.1', '--data', '/x', '--client.insecure', '--no-health.enabled'])
    expect(config.http_server).toMatchObject({ port: 5, address: '127.0.0.1' })
    expect(config.data.dir).toBe('/x')
    expect(config.client.insecure).toBe(true)
    expect(config.health.enabled).toBe(false)
  })

  test('never hold a secret: every user of the machine can read a command line', () => {
    for (const { path, secret } of options) if (secret) expect(Object.keys(configFlags)).not.toContain(path)
  })
})

describe('the runtime', () => {
  const cases: readonly [running: string | undefined, trouble: string | undefined][] = [
    ['1.4.5', undefined],
    ['1.4.6', undefined],
    ['1.10.0', undefined],
    ['2.0.0', undefined],
    ['1.4.5-canary.7', undefined],
    ['1.4.4', 'needs Bun 1.4.5 or newer, and this is 1.4.4'],
    ['1.3.99', 'needs Bun 1.4.5 or newer, and this is 1.3.99'],
    ['0.9.9', 'needs Bun 1.4.5 or newer, and this is 0.9.9'],
    [undefined, 'needs Bun 1.4.5, and this is another runtime'],
  ]
  test.each(cases)('Bun %p: %p', (running, trouble) => {
    expect(runtimeTrouble(running, '1.4.5')?.split(';')[0]).toBe(trouble)
  })

  test('other than Bun ends with one sentence and nothing else', async () => {
    const built = await Bun.build({
      entrypoints: [join(root, 'src/cli/main.ts')],
      target: 'node',
      external: ['./serve.ts', './token.ts', './config.ts'], // as it is: not imported before it is called
      outdir: join(folder, 'node'),
      naming: { entry: '[name].mjs', chunk: '[name]-[hash].mjs' },
      splitting: true, // what is imported when it is needed stays apart
    })
    expect(built.success).toBe(true)
    const { status, out, err } = await run(['node', join(folder, 'node/main.mjs'), 'version'])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toMatch(
      /^posthouse: needs Bun \S+, and this is another runtime; start it as npm installed it: npx posthouse\n$/,
    )
  })
})
