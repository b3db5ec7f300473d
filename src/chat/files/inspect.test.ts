/** What others get of a file, and what they are told of it. The files are made here, those that lie and those that harm included. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { deflateSync, inflateSync } from 'node:zlib'
import { must } from '../../core/must.ts'
import {
  avif,
  box,
  bytesOf,
  corners,
  exifOf,
  film,
  photo,
  pngChunk,
  riff,
  screenshot,
  webpChunk,
  webpWithExif,
} from '../../../test/files-support.ts'
import { cleanPicture } from './clean-picture.ts'
import { inspect, type Inspected, pictureBytes } from './inspect.ts'

setDefaultTimeout(60_000) // against waiting for ever

const look = (bytes: Uint8Array, declared = '') => inspect(new Blob([bytes.slice()]), declared)

async function contentOf({ content }: Inspected): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(content ?? []))
}

/** The colours of the corners of a picture, from the top left to the bottom right. */
async function seen(bytes: Uint8Array): Promise<string> {
  const png = await new Bun.Image(bytes).resize(2, 2, { filter: 'nearest' }).png({ compressionLevel: 0 }).bytes()
  const size = new DataView(png.buffer, png.byteOffset).getUint32(33)
  const rows = inflateSync(png.subarray(41, 41 + size))
  const depth = (rows.length - 2) / 4
  const at = [1, 1 + depth, 2 + 2 * depth, 2 + 3 * depth]
  return at.map((from) => letter(rows.subarray(from, from + 3))).join('')
}

function letter([red = 0, green = 0, blue = 0]: Uint8Array): string {
  const bright = [red, green, blue].map((value) => (value > 127 ? 1 : 0)).join('')
  return { '100': 'R', '010': 'G', '001': 'B', '111': 'W' }[bright] ?? '?'
}

/** By what Exif says of how the camera was held. */
const views = ['RGBW', 'GRWB', 'WBGR', 'BWRG', 'RBGW', 'BRWG', 'WGBR', 'GWRB']

test('a photo is measured, and drawn small, as it is seen, whatever way the camera was held', async () => {
  for (const [at, view] of views.entries()) {
    const inspected = await look(await photo(900, 600, at + 1))
    expect(inspected).toMatchObject({
      type: 'image/jpeg',
      picture: at < 4 ? { width: 900, height: 600 } : { width: 600, height: 900 },
    })
    const thumbnail = must(inspected.picture?.thumbnail)
    expect(await seen(thumbnail)).toBe(view)
    expect(await new Bun.Image(thumbnail).metadata()).toEqual({
      format: 'webp',
      width: at < 4 ? 480 : 320,
      height: at < 4 ? 320 : 480,
    })
    expect(await seen(await contentOf(inspected))).toBe(view) // turned by whoever draws it
    expect(must(inspected.picture?.placeholder)).toMatch(/^data:image\/webp;base64,[\w+/=]{50,400}$/)
  }
})

test('a small picture is not blown up', async () => {
  const { picture } = await look(await screenshot(8, 6))
  expect(await new Bun.Image(must(picture?.thumbnail)).metadata()).toMatchObject({ width: 8, height: 6 })
})

const telling = async (): Promise<readonly (readonly [name: string, type: string, bytes: Buffer])[]> => [
  ['JPEG', 'image/jpeg', await photo(90, 60, 6, 'film of 52 degrees')],
  ['progressive JPEG', 'image/jpeg', await progressive()],
  [
    'PNG',
    'image/png',
    await screenshot(
      90,
      60,
      pngChunk('tEXt', bytesOf('place\x0052 degrees')),
      pngChunk('eXIf', exifOf(6)),
      pngChunk('prVt', bytesOf('52 degrees')),
    ),
  ],
  ['WebP', 'image/webp', await webpWithExif(90, 60, 6)],
  ['GIF', 'image/gif', gif(90, 60, { comment: '52 degrees' })],
  ['AVIF', 'image/avif', avif(90, 60)],
  [
    'HEIC',
    'application/octet-stream',
    Buffer.from(avif(90, 60).toString('latin1').replaceAll('avif', 'heic'), 'latin1'),
  ],
  ['film', 'video/mp4', film()],
  [
    'film of a telephone',
    'application/octet-stream',
    Buffer.from(film().toString('latin1').replace('isom\0\0', 'qt  \0\0'), 'latin1'),
  ],
]

test('nobody is told where a picture or a film was taken', async () => {
  for (const [name, type, bytes] of await telling()) {
    expect(bytes.toString('latin1')).toMatch(/52 degrees|52\.52/)
    const inspected = await look(bytes)
    expect(`${name}: ${inspected.type}`).toBe(`${name}: ${type}`)
    const content = await contentOf(inspected)
    expect(content.length).toBeGreaterThan(20)
    expect(content.toString('latin1')).not.toMatch(/52 degrees|52\.52|place/)
  }
})

test('what is cleaned twice stays as it is', async () => {
  for (const [name, , bytes] of await telling()) {
    const once = await contentOf(await look(bytes))
    const again = await look(once)
    const twice = again.content === undefined ? once : await contentOf(again)
    if (name !== 'AVIF' && name !== 'HEIC') expect(`${name} ${twice.equals(once)}`).toBe(`${name} true`)
    expect(twice.length).toBe(once.length)
  }
})

test('what draws a picture is not touched', async () => {
  const plain = await corners(90, 60).jpeg().bytes()
  expect(await contentOf(await look(plain))).toEqual(Buffer.from(plain))
  const png = await screenshot(90, 60)
  expect(await contentOf(await look(png))).toEqual(png)
  const webp = await corners(90, 60).webp({ lossless: true }).bytes()
  expect(await contentOf(await look(webp))).toEqual(Buffer.from(webp))
  const loop = gif(90, 60, { frames: 3 })
  expect(await contentOf(await look(loop))).toEqual(loop)
})

test('of a film, only what is said about it goes: it is as long as before, and plays', async () => {
  const bytes = film()
  const content = await contentOf(await look(bytes))
  expect(content.length).toBe(bytes.length)
  const mdat = bytes.indexOf('mdat')
  expect(content.subarray(0, mdat + 5004).equals(bytes.subarray(0, mdat + 5004))).toBe(true)
  expect(content.toString('latin1')).toContain('mvhd')
  expect(content.toString('latin1').match(/free\0/g)).toHaveLength(2)
})

test('a film that says nothing about itself is kept as it came', async () => {
  const bytes = Buffer.concat([film().subarray(0, 5040)])
  expect((await look(bytes)).content).toBeUndefined()
})

test('sound and pictures of the newest kinds are measured by their boxes', async () => {
  expect((await look(avif(4000, 3000))).picture).toEqual({ width: 4000, height: 3000 })
  expect((await look(avif(4000, 3000, { turned: true }))).picture).toEqual({ width: 3000, height: 4000 })
})

test('an archive or a page that hangs onto a picture does not come along', async () => {
  for (const bytes of [
    await photo(9, 6, 1, 'PK\x03\x04<script>'),
    Buffer.concat([await screenshot(9, 6), bytesOf('<script>')]),
  ])
    expect((await contentOf(await look(bytes))).toString('latin1')).not.toContain('<script>')
})

test('a picture that unfolds to gigabytes is turned away before it is unfolded', async () => {
  const before = process.memoryUsage.rss()
  const head = (width: number, height: number) => {
    const ihdr = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
    ihdr.writeUInt32BE(width)
    ihdr.writeUInt32BE(height, 4)
    return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), pngChunk('IHDR', ihdr)])
  }
  const zeros = deflateSync(Buffer.alloc(100_000_000))
  const bombs = [
    Buffer.concat([head(30_000, 30_000), pngChunk('IDAT', zeros), pngChunk('IEND', new Uint8Array())]),
    Buffer.concat([head(0xffff_ffff, 0xffff_ffff), pngChunk('IDAT', zeros)]),
    Buffer.concat([head(1, 0xffff_ffff), pngChunk('IDAT', zeros)]),
    gif(65_535, 65_535),
    gif(1, 1, { frame: [65_535, 65_535] }), // the screen is small, the picture on it is not
    avif(30_000, 30_000),
    Buffer.from((await photo(900, 600)).toString('latin1').replace('\x02\x58\x03\x84', '\xff\xff\xff\xff'), 'latin1'),
  ]
  for (const bomb of bombs) {
    const { type, picture } = await look(bomb)
    expect([type, picture]).toEqual(['application/octet-stream', undefined])
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(300_000_000)
})

test('colours that unfold to gigabytes cost little', async () => {
  const before = process.memoryUsage.rss()
  const profile = Buffer.concat([bytesOf('x\0\0'), deflateSync(Buffer.alloc(300_000_000))])
  const { type, picture } = await look(await screenshot(9, 6, pngChunk('iCCP', profile)))
  expect(type).toBe('image/png')
  expect(picture).toMatchObject({ width: 9, height: 6 })
  expect(process.memoryUsage.rss() - before).toBeLessThan(700_000_000)
})

test('a picture that is a film is measured, and has no small one', async () => {
  const one = webpChunk('ANMF', Buffer.concat([frameHead(90, 60), (await corners(90, 60).webp().bytes()).subarray(12)]))
  const head = Buffer.from([2, 0, 0, 0, 89, 0, 0, 59, 0, 0])
  const { type, picture } = await look(riff(webpChunk('VP8X', head), webpChunk('ANIM', Buffer.alloc(6)), one, one))
  expect(type).toBe('image/webp')
  expect(picture).toEqual({ width: 90, height: 60 })
})

test('what only says that it is a picture is bytes to be saved', async () => {
  const jpeg = Buffer.from('\xff\xd8\xff\xe0<script>alert(1)</script>', 'latin1')
  const png = Buffer.from('\x89PNG\r\n\x1a\n<svg onload=alert(1)>', 'latin1')
  for (const bytes of [jpeg, png, Buffer.from('GIF89a/*'), Buffer.from('RIFF\0\0\0\0WEBPVP8 '), bytesOf('<svg/>')])
    expect((await look(bytes, 'image/png')).type).toBe('application/octet-stream')
})

test('a picture that is larger than memory should be is a file like others', async () => {
  const bytes = Buffer.concat([await photo(9, 6), Buffer.alloc(pictureBytes)])
  expect(await look(bytes)).toEqual({ type: 'application/octet-stream' })
})

const endless: readonly [type: string, head: string, tail: string][] = [
  ['image/jpeg', '\xff\xd8\xff\xda\0\x02', '\xff\0'],
  ['image/jpeg', '\xff\xd8\xff\xda\0\x02', '\xff\xd0'],
  ['image/jpeg', '\xff\xd8\xff\xda\0\x02', '\xff\xe1\0\x02'],
  ['image/jpeg', '\xff\xd8', '\xff\xda\0\x02'],
  ['image/gif', 'GIF89a\x01\0\x01\0\0\0\0', '!\xf9\0'],
  ['image/gif', 'GIF89a\x01\0\x01\0\0\0\0!\xf9', '\x01'],
  ['image/png', '\x89PNG\r\n\x1a\n', '\0\0\0\0IHDR\0\0\0\0'],
  ['image/webp', 'RIFF\0\0\0\0WEBP', 'VP8X\0\0\0\0'],
]

test.each(endless)('%s that is nothing but beginnings is given up', (type, head, tail) => {
  const bytes = Buffer.alloc(20_000_000)
  bytes.write(head, 'latin1')
  bytes.fill(Buffer.from(tail, 'latin1'), head.length)
  expect(cleanPicture(type, bytes)).toBeUndefined()
  expect(cleanPicture(type, bytes.subarray(0, 20_000))).toBeDefined() // it was the length that was too much
})

test('places that take no bytes to say are not counted for ever', async () => {
  const hex = (digits: string) => Buffer.from(digits, 'hex')
  const iloc = box('iloc', hex('000000000000ffff'), Buffer.alloc(1_000_000, hex('00010000ffff'))) // 65,535 extents each
  const iprp = box('iprp', box('ipco', box('ispe', hex('000000000000000900000006'))))
  const meta = box('meta', hex('00000000'), box('iinf', hex('000000000000')), iloc, iprp)
  const bytes = Buffer.concat([box('ftyp', bytesOf('avif')), meta])
  expect(await look(bytes)).toEqual({ type: 'application/octet-stream' })
})

test('no damage to a file makes it more than bytes, or makes us stumble', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = randomFrom(seed)
  const all = await telling()
  for (let round = 0; round < 200; round++) {
    const [, , bytes] = must(all[random(all.length)])
    const damaged = Buffer.from(bytes).subarray(0, random(4) === 0 ? random(bytes.length) : bytes.length)
    for (let count = random(12); count >= 0; count--)
      if (damaged.length > 0) damaged[random(damaged.length)] = random(256)
    const inspected = await look(damaged).catch((error: unknown) => {
      throw new Error(`seed ${seed}, round ${round}`, { cause: error })
    })
    await contentOf(inspected)
  }
})

function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

async function progressive(): Promise<Buffer> {
  const jpeg = await corners(90, 60).jpeg({ progressive: true }).bytes()
  const comment = Buffer.from('\xff\xfe\0\x0c52 degrees', 'latin1')
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2, -2), comment, jpeg.subarray(-2)])
}

function gif(width: number, height: number, { frames = 1, comment = '', frame = [width, height] } = {}): Buffer {
  const short = (value: number) => Buffer.from([value & 255, value >> 8])
  const screen = Buffer.concat([
    bytesOf('GIF89a'),
    short(width),
    short(height),
    Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
  ])
  const loop = frames > 1 ? Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1') : Buffer.alloc(0)
  const said = comment === '' ? '' : `\x21\xfe${String.fromCharCode(comment.length)}${comment}\0`
  const control = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0])
  const picture = Buffer.concat([
    Buffer.from([0x2c, 0, 0, 0, 0]),
    short(frame[0] ?? 0),
    short(frame[1] ?? 0),
    Buffer.from([0, 2, 2, 0x44, 1, 0]),
  ])
  return Buffer.concat([
    screen,
    loop,
    Buffer.from(said, 'latin1'),
    ...Array.from({ length: frames }, () => [control, picture]).flat(),
    Buffer.from([0x3b]),
  ])
}

/** Section 2.7.1.1 of RFC 9649. */
function frameHead(width: number, height: number): Buffer {
  return Buffer.from([0, 0, 0, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0, 100, 0, 0, 0])
}
