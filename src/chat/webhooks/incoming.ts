/**
 * What somebody posts to an incoming webhook, as a message. Whoever writes such
 * a script has an example of some other chat before them, so the usual ways to
 * say it are all understood:
 *
 *   {"text": "…", "name": "…", "avatar": "https://…"}   ours
 *   {"text": "…", "username": "…", "icon_url": "…"}     as Slack and Mattermost have it
 *   {"content": "…", "username": "…", "avatar_url": …}  as Discord has it
 *   text=…&name=…, payload=<JSON>                       a form, also as Slack once had it
 *   anything else                                       is the text, whatever curl calls it
 *
 * What cannot be a message is refused with a sentence that says what to do.
 */
import { foreignLine } from '../foreign-text.ts'

export interface IncomingMessage {
  readonly text: string
  /** Shown as the sender. It is a label: nobody becomes somebody else by it. */
  readonly name?: string
  /** An https URL. It is not for the readers' browsers, which it would tell about them. */
  readonly avatar?: string
}

export interface IncomingRefused {
  readonly refused: string
}

export interface IncomingOptions {
  readonly longestText: number // code points
}

/** @param type the header; @param body as it came */
export function incoming(
  body: Uint8Array,
  type: string,
  { longestText }: IncomingOptions,
): IncomingMessage | IncomingRefused {
  const said = decode(body)
  if (said === undefined) return { refused: 'The body is not UTF-8. Send UTF-8.' }
  const fields = fieldsOf(said, type.split(';', 1)[0]?.trim().toLowerCase() ?? '')
  if ('refused' in fields) return fields
  const text = clean(fields.text)
  if (text === '') return { refused: 'There is no text. Send {"text": "…"} as JSON, or the text itself.' }
  const length = Array.from(text).length
  if (length > longestText) return { refused: `The text has ${length} characters; ${longestText} fit into a message.` }
  const [name, avatar] = [foreignLine(fields.name ?? '', longestName), avatarOf(fields.avatar)]
  return { text, ...(name === '' ? {} : { name }), ...(avatar === undefined ? {} : { avatar }) }
}

interface Fields {
  readonly text: string
  readonly name?: string | undefined
  readonly avatar?: string | undefined
}

function fieldsOf(said: string, type: string): Fields | IncomingRefused {
  if (type === 'application/json' || type.endsWith('+json')) return fromJson(said)
  if (type.startsWith('multipart/')) return { refused: 'Forms with parts are not read. Send JSON: {"text": "…"}.' }
  if (type !== 'text/plain' && looksLikeJson(said)) {
    const fields = fromJson(said)
    if (!('refused' in fields)) return fields
  }
  return (type === 'application/x-www-form-urlencoded' ? fromForm(said) : undefined) ?? { text: said }
}

/** `curl -d` calls everything a form. It is one if a field of ours is in it. */
function fromForm(said: string): Fields | IncomingRefused | undefined {
  if (!/(?:^|&)(?:text|payload)=/.test(said)) return undefined
  const form = new URLSearchParams(said)
  const payload = form.get('payload')
  if (payload !== null) return fromJson(payload)
  return { text: form.get('text') ?? '', name: form.get('name') ?? undefined, avatar: form.get('avatar') ?? undefined }
}

function fromJson(said: string): Fields | IncomingRefused {
  const value = parse(said)
  if (typeof value === 'string') return { text: value }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { refused: 'The body is not a JSON object. Send {"text": "…"}.' }
  const given = new Map<string, unknown>(Object.entries(value))
  const first = (...names: readonly string[]) =>
    names.map((name) => given.get(name)).find((each) => each !== undefined && each !== null)
  const text = first('text', 'content') ?? ''
  const [name, avatar] = [first('name', 'username'), first('avatar', 'icon_url', 'avatar_url')]
  if (typeof text !== 'string') return { refused: 'text is not a string. Send {"text": "…"}.' }
  if (text === '' && ['blocks', 'attachments', 'embeds'].some((each) => given.has(each)))
    return { refused: 'Blocks, attachments and embeds are not read. Say it in text, which may have Markdown.' }
  return {
    text,
    name: typeof name === 'string' ? name : undefined,
    avatar: typeof avatar === 'string' ? avatar : undefined,
  }
}

function parse(said: string): unknown {
  try {
    return JSON.parse(said)
  } catch {
    return undefined
  }
}

const looksLikeJson = (said: string) => /^\s*\{[^]*\}\s*$/.test(said)

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return undefined
  }
}

/** One kind of line end, no control characters, no halves of characters. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Cc}--[\n\t]]/gv, '')
    .trim()
}

function avatarOf(text = ''): string | undefined {
  const url = text.length > 2048 ? null : URL.parse(text)
  const isFit = url?.protocol === 'https:' && url.username === '' && url.password === ''
  return isFit ? url.href : undefined
}

const longestName = 32
