/**
 * What a page's bytes say, in the order in which browsers believe: the byte
 * order mark, the HTTP header, the page itself. A page that says nothing is
 * UTF-8 if it can be, otherwise what was usual where its language is spoken.
 */
export function decodePage(bytes: Uint8Array, contentType = ''): string {
  return new TextDecoder(encodingOf(bytes, contentType)).decode(bytes)
}

function encodingOf(bytes: Uint8Array, contentType: string): string {
  const marked = marks.find(([mark]) => mark.every((byte, at) => bytes[at] === byte))
  if (marked !== undefined) return marked[1]
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, looked))
  const stated = known(/charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(contentType)?.[1]) ?? known(statedBy(head))
  if (stated !== undefined) return stated
  if (isUtf8(bytes)) return 'utf-8'
  return /<html[^<>]*\slang\s*=\s*["']?zh/i.test(head) ? 'gb18030' : 'windows-1252'
}

/** A page whose words could be read to say so is not UTF-16, whatever it says. */
function statedBy(head: string): string | undefined {
  const stated = /<meta\s[^<>]*charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1]
  return stated?.toLowerCase().startsWith('utf-16') === true ? 'utf-8' : stated
}

function known(label: string | undefined): string | undefined {
  try {
    return label === undefined ? undefined : new TextDecoder(label).encoding
  } catch {
    return undefined // no encoding of the standard: as if nothing had been said
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }) // it may be cut in a character
    return true
  } catch {
    return false
  }
}

const marks: readonly [mark: readonly number[], encoding: string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0xff, 0xfe], 'utf-16le'],
]
const looked = 8192 // bytes in which a page may say what it is
