/**
 * The name of a file, as its sender calls it: for people to read, and for their
 * browser to save it by. It is never a path of ours.
 *
 * What could make a name lie is taken out: characters that turn the direction
 * of writing (`photo_gpj.exe` that reads as `photo_exe.jpg`), invisible ones,
 * line ends, and whatever leads out of a folder on some system.
 */
export const nameBytes = 255 // what file systems take

/** Never empty, whatever comes; a name that is cleaned twice stays as it is. */
export function fileName(given: string): string {
  const known = given.length > 2000 ? given.slice(0, 1000) + given.slice(-1000) : given // megabytes cost nothing
  const last = known.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const plain = last
    .replaceAll(hidden, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[<>:"|?*]/g, '_')
  const name = shorten(plain.replace(/^[\s.]+/, '').replace(/[\s.]+$/, ''))
  return name === '' ? 'file' : reserved.test(name) ? `_${name}` : name
}

/** RFC 6266: the name twice, for browsers (RFC 8187) and for what is older than that. */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const old = name.replaceAll(/[^ !#$&+\-.0-9A-Z^_`a-z{}~]/g, '_')
  return `${kind}; filename="${old}"; filename*=UTF-8''${encode(name)}`
}

/** RFC 8187, section 3.2.1: `attr-char` is less than what `encodeURIComponent` leaves alone. */
function encode(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Cuts before the ending, which tells what it is, and never within a character. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= nameBytes) return name
  const ending = /\.[^.\s]{1,16}$/.exec(name)?.[0] ?? ''
  let kept = ''
  let left = nameBytes - Buffer.byteLength(ending)
  for (const { segment } of segmenter.segment(name.slice(0, name.length - ending.length))) {
    left -= Buffer.byteLength(segment)
    if (left < 0) break
    kept += segment
  }
  return (kept.trimEnd() + ending).replace(/^[\s.]+/, '')
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
// Controls, directions, private and unassigned code points, line separators, what is drawn as nothing; but not the
// joiners and selectors that emoji and some scripts are made with.
const hidden =
  /[[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]--[\p{Join_Control}\p{Variation_Selector}\t\n\r]]/gv
// Devices on Windows, with any ending.
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i
