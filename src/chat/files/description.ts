/** What people are told of a file: enough to draw it before it is there. It travels in messages, so it is small. */
import type { Attachment } from '../events.ts'
import type { FileRow } from './file-table.ts'

export function describe(file: FileRow): Attachment {
  const { id, name, type, size, width, height, duration, waveform, placeholder, thumbnail, voice } = file
  const isSound = type.startsWith('audio/')
  return {
    id,
    name,
    type,
    size,
    ...(width !== null && height !== null && !isSound && { width, height }),
    ...(duration !== null && { duration }),
    ...(waveform !== null && { waveform: JSON.parse(waveform) as number[] }),
    ...(placeholder !== null && { placeholder }),
    ...(thumbnail !== null && { thumbnail: true }),
    ...(voice === 1 && isSound && { voice: true }),
  }
}
