import type { CSSProperties } from 'react'
import { classes } from './classes.ts'

interface Props {
  /** Of whom or what it is; or, where that is not known, the hue that follows from it. */
  readonly id: string | number
  readonly name: string
  readonly picture?: string | undefined
  readonly size?: 'small' | 'medium' | 'large' | 'huge'
  /** A room is a square, a person is round. */
  readonly square?: boolean
  readonly online?: boolean
}

/** A face: the picture, or the first letter on a colour that follows from the id and so never changes. */
export function Avatar({ id, name, picture, size = 'medium', square = false, online = false }: Props) {
  const shape = classes(sizes[size], square ? 'rounded-[30%]' : 'rounded-full')
  const style = { '--hue': `var(--hue-${typeof id === 'number' ? id : hueOf(id)})` } as CSSProperties
  return (
    <span className="relative inline-block flex-none" style={style} aria-hidden>
      {picture === undefined ? (
        <span className={classes(shape, 'grid place-content-center face font-semibold text-(--hue)')}>
          {initial(name)}
        </span>
      ) : (
        <img src={picture} alt="" loading="lazy" className={classes(shape, 'bg-wash object-cover')} />
      )}
      {online && <span className={classes('absolute rounded-full bg-pine ring-2 ring-sheet', dots[size])} />}
    </span>
  )
}

export function hueOf(id: string): number {
  let hash = 7
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return hash % 8
}

/** The first character as people see it: an emoji or a letter with its marks is one. */
function initial(name: string): string {
  const known = initials.get(name)
  if (known !== undefined) return known
  const text = name.trim()
  const found = (alone.exec(text)?.[0] ?? firstSegment(text)).toUpperCase()
  if (initials.size < 1000) initials.set(name, found)
  return found
}

/** Letters and digits that nothing can follow but another one; to have what tells the others apart takes a while. */
const letters = String.raw`0-9A-Za-z\u00C0-\u024F\u0391-\u03C9\u0410-\u044F\u3400-\u9FFF`
const alone = new RegExp(`^[${letters}](?=$|[ ${letters}])`)
const initials = new Map<string, string>()
let made: Intl.Segmenter | undefined

function firstSegment(text: string): string {
  made ??= new Intl.Segmenter()
  const [first] = made.segment(text)
  return first?.segment ?? '?'
}

const sizes = {
  small: 'size-7 text-small',
  medium: 'size-9 text-body',
  large: 'size-12 text-large',
  huge: 'size-20 text-display',
} as const

const dots = {
  small: 'end-0 bottom-0 size-2',
  medium: '-end-px -bottom-px size-2.5',
  large: 'end-0 bottom-0 size-3',
  huge: 'end-1 bottom-1 size-4',
} as const
