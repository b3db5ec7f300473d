/** What people are told of a file: enough to draw it before it is there. It travels in messages, so it is small. */
import type { FileRow } from './file-table.ts'

export interface FileDescription {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly width?: number
  readonly height?: number
  /** Milliseconds. */
  readonly duration?: number
  /** How loud it is over time, from 0 to 100. */
  readonly waveform?: readonly number[]
  /** A `data:` URL, to be drawn blurred. */
  readonly placeholder?: string
  /** Whether there is a small picture of it. */
  readonly thumbnail: boolean
}

export function describe(file: FileRow): FileDescription {
  const { id, name, type, size, width, height, duration, waveform, placeholder, thumbnail } = file
  return {
    id,
    name,
    type,
    size,
    ...(width !== null && height !== null && !type.startsWith('audio/') && { width, height }),
    ...(duration !== null && { duration }),
    ...(waveform !== null && { waveform: JSON.parse(waveform) as number[] }),
    ...(placeholder !== null && { placeholder }),
    thumbnail: thumbnail !== null,
  }
}
