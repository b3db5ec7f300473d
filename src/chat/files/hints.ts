/**
 * What a sender says of its file beyond the bytes: its name, its type, and what
 * its own player knows: how long a clip is, how loud it is over time, how large
 * a film. All of it is checked, and believed only where it can do no harm.
 */
import * as z from 'zod'
import { refuse } from './file-error.ts'
import { fileName } from './file-name.ts'
import type { Hint, NewFile } from './file-table.ts'

const waveformLimit = 100 // bars
const durationLimit = 24 * 60 * 60 * 1000
const sideLimit = 16_384 // pixels

const shape = z.object({
  name: z.string().transform(fileName),
  type: z.string().transform((type) => type.slice(0, 127).toLowerCase()),
  duration: whole(durationLimit),
  width: whole(sideLimit),
  height: whole(sideLimit),
  voice: z
    .enum(['0', '1'])
    .nullable()
    .transform((voice) => (voice === '1' ? 1 : 0)),
  waveform: z
    .string()
    .max(4 * waveformLimit)
    .regex(/^\d+(,\d+)*$/)
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(z.int().min(0).max(255)).max(waveformLimit))
    .transform((bars) => JSON.stringify(bars))
    .nullable(),
})

/** @throws FileError 400 */
export function hintsOf(query: URLSearchParams, type: string): Pick<NewFile, 'name' | 'type' | Hint> {
  const said = Object.fromEntries(
    ['duration', 'width', 'height', 'waveform', 'voice'].map((key) => [key, query.get(key)]),
  )
  const parsed = shape.safeParse({ ...said, name: query.get('name') ?? '', type })
  if (parsed.success) return parsed.data
  const [{ path, message } = { path: [], message: '' }] = parsed.error.issues
  throw refuse.invalid(`The parameter ${path.join('.')} cannot be used: ${message}`)
}

function whole(limit: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(0).max(limit))
    .nullable()
}
