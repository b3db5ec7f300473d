/**
 * What a file is, by its first bytes: never by what its sender says it is.
 *
 * Only what is known here, pictures, sound and film that every browser shows,
 * is shown at our address. All the rest is bytes to be saved
 * (`application/octet-stream`): SVG, HTML and XML above all, which are programs
 * that would run as us (a stored SVG took over accounts of a file server,
 * CVE-2026-28683). A file that is several things at once is served as the one
 * thing that it is taken for here, with `nosniff`, so that no browser looks for
 * the other one.
 *
 * The signatures are those of the MIME Sniffing Standard of the WHATWG, section
 * 6, and of RFC 9559 (WebM), RFC 9639 (FLAC), ISO/IEC 14496-12 (`ftyp`).
 */
export const unknownType = 'application/octet-stream'

/** So many first bytes are enough: a frame of MP3 may have 1,441, and the next one is looked at too. */
export const headSize = 2048

/**
 * @param declared what the sender says: believed only where the bytes say the same of sound and of film, as in a
 *   voice clip of WebM
 */
export function typeOf(head: Uint8Array, declared = ''): string {
  const type = signatures.find(([, matches]) => matches(head))?.[0] ?? unknownType
  return declared.startsWith('audio/') ? (soundOnly[type] ?? type) : type
}

/** Whether a browser may show it at our address. */
export function isShown(type: string): boolean {
  return shown.has(type)
}

export function isPicture(type: string): boolean {
  return type.startsWith('image/')
}

type Matches = (head: Uint8Array) => boolean

const signatures: readonly (readonly [type: string, matches: Matches])[] = [
  ['image/png', begins('\x89PNG\r\n\x1a\n')],
  ['image/jpeg', begins('\xff\xd8\xff')],
  ['image/gif', begins('GIF87a', 'GIF89a')],
  ['image/webp', (head) => begins('RIFF')(head) && has(head, 8, 'WEBPVP')],
  ['audio/wav', (head) => begins('RIFF')(head) && has(head, 8, 'WAVE')],
  ['image/avif', hasBrand('avif', 'avis')],
  ['image/heic', hasBrand('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1')],
  ['audio/mp4', hasBrand('M4A ', 'M4B ')],
  ['video/quicktime', hasBrand('qt  ')],
  ['video/mp4', isMp4],
  ['video/webm', (head) => begins('\x1a\x45\xdf\xa3')(head) && within(head, 64, '\x42\x82\x84webm')],
  ['audio/ogg', begins('OggS\0')],
  ['audio/flac', begins('fLaC')],
  ['audio/mpeg', (head) => begins('ID3')(head) || isMp3Frame(head)],
  ['application/pdf', begins('%PDF-')],
]

const soundOnly: Readonly<Record<string, string>> = { 'video/mp4': 'audio/mp4', 'video/webm': 'audio/webm' }

// Not among them: HEIC and QuickTime, which most browsers cannot show, and PDF, which is a program of its own kind.
const shown: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'audio/mp4',
  'audio/webm',
  'audio/wav',
  'audio/ogg',
  'audio/flac',
  'audio/mpeg',
])

function begins(...texts: readonly string[]): Matches {
  return (head) => texts.some((text) => has(head, 0, text))
}

/** The brand that a file of the ISO family gives itself, and for want of a better one those it says it is compatible with. */
function hasBrand(...brands: readonly string[]): Matches {
  return (head) => has(head, 4, 'ftyp') && brands.some((brand) => has(head, 8, brand))
}

function isMp4(head: Uint8Array): boolean {
  return has(head, 4, 'ftyp') && /^(isom|iso[2-9]|mp4[12]|avc1|M4V |MSNV|dash|3g[gp2]\w|f4v )/.test(ascii(head, 8, 12))
}

/** MPEG audio, layer III (ISO/IEC 11172-3, section 2.4.1.3), followed by a second frame where the first one ends. */
function isMp3Frame(head: Uint8Array): boolean {
  const length = mp3FrameLength(head, 0)
  return length !== undefined && mp3FrameLength(head, length) !== undefined
}

function mp3FrameLength(head: Uint8Array, at: number): number | undefined {
  const [first = 0, second = 0, third = 0] = head.subarray(at, at + 3)
  const version = (second >> 3) & 3 // 3: MPEG 1; 2: MPEG 2; 0: MPEG 2.5
  const rate = mp3Rates[version === 3 ? 0 : 1]?.[third >> 4]
  const frequency = mp3Frequencies[version]?.[(third >> 2) & 3]
  const isFrame = first === 0xff && second >> 5 === 7 && ((second >> 1) & 3) === 1
  if (!isFrame || rate === undefined || rate === 0 || frequency === undefined) return undefined
  return Math.floor(((version === 3 ? 144_000 : 72_000) * rate) / frequency) + ((third >> 1) & 1)
}

const mp3Frequencies: readonly (readonly number[])[] = [
  [11_025, 12_000, 8000],
  [],
  [22_050, 24_000, 16_000],
  [44_100, 48_000, 32_000],
]

const mp3Rates: readonly (readonly number[])[] = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
]

function has(head: Uint8Array, at: number, text: string): boolean {
  return ascii(head, at, at + text.length) === text
}

function within(head: Uint8Array, end: number, text: string): boolean {
  return ascii(head, 0, end).includes(text)
}

/** One character a byte. */
function ascii(head: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...head.subarray(from, to))
}
