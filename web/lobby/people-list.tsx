import { useWords } from '../i18n/language.ts'
import { hue, type Person } from '../lib/person.ts'

interface Props {
  people: readonly Person[]
  me: string
  open: boolean
}

export function PeopleList({ people, me, open }: Props) {
  const words = useWords()
  return (
    <aside id="people" className={open ? 'people open' : 'people'} aria-label={words.people}>
      <h2>
        {words.people} <span>{people.length}</span>
      </h2>
      <ul>
        {people.map(({ user, name }) => (
          <li key={user}>
            <i className="face" data-hue={hue(user)} aria-hidden="true">
              {initial(name)}
            </i>
            <bdi>{name === '' ? words.anonymous : name}</bdi>
            {user === me && user !== '' && <small>{words.you}</small>}
          </li>
        ))}
      </ul>
    </aside>
  )
}

/** The first character as a reader counts them, which may be an emoji made of many. */
export function initial(name: string): string {
  const [first] = segmenter.segment(name)
  return (first?.segment ?? '·').toUpperCase()
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
