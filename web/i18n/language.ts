/** The language of the page: what the reader chose, else what the browser prefers. A missing text does not compile. */
import { useSyncExternalStore } from 'react'
import { Observable } from '../lib/observable.ts'
import { browserStorage, read, write } from '../lib/storage.ts'
import { en, type Words } from './en.ts'
import { zh } from './zh.ts'

class Language extends Observable {
  #words: Words = choose(read(browserStorage(), key) ?? navigator.language)

  constructor() {
    super()
    document.documentElement.lang = this.#words.lang
  }

  get words(): Words {
    return this.#words
  }

  switch(): void {
    this.#words = this.#words === en ? zh : en
    write(browserStorage(), key, this.#words.lang)
    document.documentElement.lang = this.#words.lang
    this.changed()
  }
}

const key = 'posthouse.language'

function choose(tag: string): Words {
  return /^zh\b/i.test(tag) ? zh : en
}

export const language = new Language()

export function useWords(): Words {
  return useSyncExternalStore(language.subscribe, () => language.words)
}
