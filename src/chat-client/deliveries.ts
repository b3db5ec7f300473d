/**
 * Tells who writes to somebody directly that it has arrived, whichever room is
 * looked at: at most once a second for each of them, and by one of the tabs of a
 * browser. In rooms of many nobody waits for that.
 */
import type { Clock } from './clock.ts'
import { Marks } from './marks.ts'
import type { Observable } from './observable.ts'
import type { RoomView } from './types.ts'

interface Parts {
  readonly me: string
  readonly rooms: Observable<ReadonlyMap<string, RoomView>>
  readonly clock: Clock
  /** Whether it is to be told here, and can be. */
  readonly may: () => boolean
  readonly tell: (room: string, offset: number) => Promise<unknown>
}

export class Deliveries {
  readonly #parts: Parts
  readonly #marks = new Map<string, Marks>()
  readonly #stop: () => void

  constructor(parts: Parts) {
    this.#parts = parts
    this.#stop = parts.rooms.subscribe(() => this.look())
  }

  /** Tells what has arrived and was not told. */
  look(): void {
    const { rooms, me, may } = this.#parts
    if (!may()) return
    for (const { id, kind, last, delivered, role } of rooms.value.values())
      if (kind === 'direct' && role !== undefined && last !== undefined && last.from !== me && last.offset > delivered)
        this.#of(id).read(last.offset)
  }

  close(): void {
    this.#stop()
  }

  #of(room: string): Marks {
    const { clock, tell } = this.#parts
    const known = this.#marks.get(room)
    if (known !== undefined) return known
    const marks = new Marks(clock, (offset) =>
      tell(room, offset).then(
        () => undefined,
        () => void this.#marks.delete(room), // the next look tries again
      ),
    )
    this.#marks.set(room, marks)
    return marks
  }
}
