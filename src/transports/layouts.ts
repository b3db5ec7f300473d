/** How frames stand in the body of a stream, for each way in. */
import type { Codec, Frame } from '../protocol/messages.ts'
import type { Layout } from './stream.ts'

/** One frame a line. */
export const lines: Layout = { contentType: undefined, prelude: '', lay: remembered((frame) => `${frame}\n`) }

/**
 * Server-sent events (HTML standard, section 9.2), one a frame. The prelude is an empty line,
 * which opens the stream in every browser at once and means nothing.
 */
export const events: Layout = {
  contentType: 'text/event-stream; charset=utf-8',
  prelude: '\r\n',
  lay: remembered((frame) => `data: ${frame}\n\n`),
}

/** Frames that say themselves where they end. */
export function asTheyAre(codec: Codec): Layout {
  return { contentType: 'application/octet-stream', prelude: '', lay: (frames) => codec.join(frames) }
}

/** A publication goes to many streams one after the other, so the last piece is the one asked for again. */
function remembered(layOne: (frame: string) => string): (frames: readonly Frame[]) => string {
  let last = ''
  let lastPiece = ''
  return (frames) => {
    const texts = frames as readonly string[] // the encodings that have these layouts are texts
    const [first] = texts
    if (texts.length !== 1 || first === undefined) return texts.map(layOne).join('')
    if (first !== last) {
      last = first
      lastPiece = layOne(first)
    }
    return lastPiece
  }
}
