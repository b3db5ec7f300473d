/** What the tests of files share. */
export const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Bytes that no two places of share. */
export function dataOf(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4))
  for (let at = 0, state = seed; at < words.length; at++)
    words[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return new Uint8Array(words.buffer, 0, size)
}

/** A picture that no two corners of look alike: red, green, blue, white; each in its quarter. */
export function corners(width: number, height: number): Bun.Image {
  const row = Math.ceil((width * 3) / 4) * 4
  const bitmap = Buffer.alloc(54 + row * height) // the simplest format that there is; rows from the bottom up, blue first
  bitmap.write('BM')
  bitmap.writeUInt32LE(bitmap.length, 2)
  bitmap.writeUInt32LE(54, 10)
  bitmap.writeUInt32LE(40, 14)
  bitmap.writeInt32LE(width, 18)
  bitmap.writeInt32LE(height, 22)
  bitmap.writeUInt16LE(1, 26)
  bitmap.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [left, top] = [x < width / 2, y >= height / 2]
      const colour = top ? (left ? [0, 0, 255] : [0, 255, 0]) : left ? [255, 0, 0] : [255, 255, 255]
      bitmap.set(colour, 54 + y * row + x * 3)
    }
  }
  return new Bun.Image(bitmap)
}

/** Exif as a telephone writes it: how it was held, and where. The place is there to be searched for. */
export function exifOf(orientation: number): Buffer {
  const place = '52 degrees 31 minutes north'
  const tiff = Buffer.alloc(38 + place.length)
  tiff.write('II')
  tiff.writeUInt16LE(42, 2)
  tiff.writeUInt32LE(8, 4)
  tiff.writeUInt16LE(2, 8)
  tiff.writeUInt16LE(0x0112, 10)
  tiff.writeUInt16LE(3, 12)
  tiff.writeUInt32LE(1, 14)
  tiff.writeUInt16LE(orientation, 18)
  tiff.writeUInt16LE(0x8825, 22)
  tiff.writeUInt16LE(4, 24)
  tiff.writeUInt32LE(1, 26)
  tiff.writeUInt32LE(38, 30)
  tiff.write(place, 38)
  return tiff
}

function jpegSegment(marker: number, content: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

export async function photo(width: number, height: number, orientation = 1, after = ''): Promise<Buffer> {
  const jpeg = await corners(width, height).jpeg().bytes()
  const exif = jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exifOf(orientation)]))
  const xmp = jpegSegment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<place>52 degrees 31</place>'))
  const comment = jpegSegment(0xfe, Buffer.from('taken at 52 degrees'))
  return Buffer.concat([jpeg.subarray(0, 2), exif, xmp, comment, jpeg.subarray(2), Buffer.from(after)])
}

export function pngChunk(type: string, content: Uint8Array): Buffer {
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(type), content, Buffer.alloc(4)])
  chunk.writeUInt32BE(content.length)
  chunk.writeUInt32BE(Bun.hash.crc32(chunk.subarray(4, -4)), chunk.length - 4)
  return chunk
}

/** With chunks put in after the head. */
export async function screenshot(width: number, height: number, ...chunks: readonly Buffer[]): Promise<Buffer> {
  const png = await corners(width, height).png().bytes()
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)])
}

export function webpChunk(type: string, content: Uint8Array): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`)
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
}

export function riff(...chunks: readonly Buffer[]): Buffer {
  return webpChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]))
}

export async function webpWithExif(width: number, height: number, orientation: number): Promise<Buffer> {
  const plain = await corners(width, height).webp().bytes()
  const head = Buffer.alloc(10)
  head[0] = 8 | 4
  head.writeUIntLE(width - 1, 4, 3)
  head.writeUIntLE(height - 1, 7, 3)
  const xmp = webpChunk('XMP ', Buffer.from('<place>52 degrees</place>'))
  return riff(webpChunk('VP8X', head), Buffer.from(plain.subarray(12)), webpChunk('EXIF', exifOf(orientation)), xmp)
}

/** A box of the ISO family. */
export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const made = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), ...content])
  made.writeUInt32BE(made.length)
  return made
}

export function film(...inMoov: readonly Buffer[]): Buffer {
  const udta = box('udta', box('\xa9xyz', Buffer.from('+52.5200+013.4050/')))
  const track = box('trak', box('tkhd', Buffer.alloc(84)), box('meta', Buffer.from('+52.5200 again')))
  const moov = box('moov', box('mvhd', Buffer.alloc(100)), track, udta, ...inMoov)
  return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\x02\0isommp42')), box('mdat', dataOf(5000)), moov])
}

/** An AVIF whose picture is noise, with Exif in it: enough for whoever reads boxes only. */
export function avif(width: number, height: number, { turned = false } = {}): Buffer {
  const numbers = (bytes: number, ...values: number[]) =>
    Buffer.concat(values.map((value) => Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex')))
  const ftyp = box('ftyp', Buffer.from('avif\0\0\0\0avifmif1'))
  const properties = [box('ispe', numbers(4, 0, width, height)), ...(turned ? [box('irot', numbers(1, 1))] : [])]
  const infe = (id: number, type: string) =>
    box('infe', numbers(4, 0x0200_0000), numbers(2, id, 0), Buffer.from(`${type}\0`))
  const iinf = box('iinf', numbers(4, 0), numbers(2, 2), infe(1, 'av01'), infe(2, 'Exif'))
  const exif = exifOf(1)
  const meta = (at: number) => {
    const iloc = [
      [1, at, 1000],
      [2, at + 1000, exif.length],
    ].map(([id = 0, from = 0, length = 0]) => Buffer.concat([numbers(2, id, 0, 1), numbers(4, from, length)]))
    const places = box('iloc', numbers(4, 0), numbers(1, 0x44, 0), numbers(2, 2), ...iloc)
    return box('meta', numbers(4, 0), iinf, places, box('iprp', box('ipco', ...properties)))
  }
  const start = ftyp.length + meta(0).length + 8
  return Buffer.concat([ftyp, meta(start), box('mdat', dataOf(1000), exif)])
}
