/** The translator of the language that is chosen, for components. */
import { createContext, useContext } from 'react'
import type { Messages, Translate } from './translate.ts'
import { translator } from './translate.ts'

export type Language = 'en' | 'zh'
export type LanguageChoice = 'system' | Language

/** Each language is fetched when it is wanted: nobody reads two at once. */
const load: Record<Language, () => Promise<Messages>> = {
  en: async () => (await import('./messages/en.ts')).en,
  zh: async () => (await import('./messages/zh.ts')).zh,
}

const regionOf: Record<Language, string> = { en: 'en', zh: 'zh-CN' }

const made = new Map<string, Promise<Translate>>()

/**
 * The reader's region decides how times and numbers look: there is one English
 * here, and many clocks. The same translator each time, so that who has it
 * already draws nothing anew.
 */
export function translatorOf(language: Language, preferred: readonly string[]): Promise<Translate> {
  const tag = preferred.find((each) => each.slice(0, 2).toLowerCase() === language) ?? regionOf[language]
  const making = made.get(tag) ?? load[language]().then((messages) => translator(tag, messages))
  made.set(tag, making)
  making.catch(() => made.delete(tag)) // the next one asks again
  return making
}

/** The first of the reader's languages that we have. */
export function languageOf(choice: LanguageChoice, preferred: readonly string[]): Language {
  if (choice !== 'system') return choice
  return preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'zh') ?? 'en'
}

const Context = createContext<Translate | undefined>(undefined)
export const TranslateProvider = Context.Provider

export function useT(): Translate {
  const t = useContext(Context)
  if (t === undefined) throw new Error('a text outside of the app')
  return t
}
