/** Looks for who or what is meant behind a sign. What is known is shown at once, and again when more has come. */
import type { Sign } from '../../lib/signs.ts'
import { emojiNames, type EmojiName } from '../../lib/emoji-names.ts'
import { rightsIn } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import { emojiLike, everyoneLike, mostSuggestions, peopleLike, type Suggestion } from '../../lib/suggestions.ts'
import type { Person, Room } from '../../lib/views.ts'

export interface Where {
  readonly model: RoomModel
  readonly room: Room
  readonly me: string
  readonly lang: string
}

export type Show = (suggestions: readonly Suggestion[]) => void

/** Returns how to stop. */
export function suggest(sign: Sign, where: Where, show: Show): () => void {
  let isWanted = true
  const tell: Show = (suggestions) => isWanted && show(suggestions)
  if (sign.kind === 'emoji') suggestEmoji(sign.query, where.lang, tell)
  else suggestPeople(sign.query, where, tell)
  return () => {
    isWanted = false
  }
}

const emoji = new Map<string, readonly EmojiName[]>() // by language, as far as they have come

function suggestEmoji(query: string, lang: string, show: Show): void {
  const language = lang.startsWith('zh') ? 'zh' : 'en'
  const known = emoji.get(language)
  if (known !== undefined) return show(emojiLike(query, known))
  void emojiNames(language).then(
    (names) => {
      emoji.set(language, names)
      show(emojiLike(query, names))
    },
    () => undefined, // without a network there is no list
  )
}

function suggestPeople(query: string, { model, room, me, lang }: Where, show: Show): void {
  const all = rightsIn(room).mentionAll ? everyoneLike(query, lang) : []
  const speakers = [...new Set(model.paging.page.value.messages.toReversed().map(({ from }) => from))]
  const found = (people: readonly Person[]): void =>
    show([...peopleLike(query, people, { speakers, me }), ...all].slice(0, mostSuggestions + 1))
  membersOf(model).find(query, found)
}

const memory = new WeakMap<RoomModel, Members>()

function membersOf(model: RoomModel): Members {
  const members = memory.get(model) ?? new Members(model)
  memory.set(model, members)
  return members
}

const freshFor = 20_000 // ms; who came in since is found after that
const keptAnswers = 50

interface Answer {
  readonly people: readonly Person[]
  /** Everybody of the room is among them. */
  readonly all: boolean
  readonly at: number
}

/** A small room is asked for once, a large one for each beginning of a name. */
class Members {
  readonly #model: RoomModel
  readonly #answers = new Map<string, Answer>()
  readonly #asking = new Map<string, Promise<Answer | undefined>>()

  constructor(model: RoomModel) {
    this.#model = model
  }

  find(query: string, found: (people: readonly Person[]) => void): void {
    const whole = this.#answers.get('')
    const beginning = whole === undefined || whole.all ? '' : query.trimEnd().toLowerCase()
    const known = this.#answers.get(beginning)
    if (known !== undefined) found(known.people)
    if (known !== undefined && Date.now() - known.at < freshFor) return
    void this.#ask(beginning).then((answer) => {
      const isTooFew = answer?.all === false && beginning === '' && query.trim() !== ''
      if (isTooFew) this.find(query, found)
      else if (answer !== undefined || known === undefined) found(answer?.people ?? [])
    })
  }

  #ask(beginning: string): Promise<Answer | undefined> {
    const asking = this.#asking.get(beginning) ?? this.#answer(beginning)
    this.#asking.set(beginning, asking)
    return asking
  }

  async #answer(beginning: string): Promise<Answer | undefined> {
    const outcome = await this.#model.deeds.membersLike(beginning)
    this.#asking.delete(beginning)
    if (!outcome.ok) return undefined
    const answer = { ...outcome.value, at: Date.now() }
    this.#answers.delete(beginning)
    this.#answers.set(beginning, answer)
    const oldest = Array.from(this.#answers.keys()).find((key) => key !== '')
    if (this.#answers.size > keptAnswers && oldest !== undefined) this.#answers.delete(oldest)
    return answer
  }
}
