/** The translator of the language that is chosen, for components. */
import { createContext, useContext } from 'react'
import { en } from './messages/en.ts'
import { zh } from './messages/zh.ts'
import { translator, type Translate } from './translate.ts'

export type Language = 'en' | 'zh'
export type LanguageChoice = 'system' | Language

const translators = new Map<string, Translate>()

/** The reader's region decides how times and numbers look: there is one English here, and many clocks. */
export function translatorOf(language: Language, preferred: readonly string[] = []): Translate {
  const fallback = language === 'zh' ? 'zh-CN' : 'en'
  const tag = preferred.find((each) => each.slice(0, 2).toLowerCase() === language) ?? fallback
  const made = translators.get(tag) ?? translator(tag, language === 'zh' ? zh : en)
  translators.set(tag, made)
  return made
}

/** The first of the reader's languages that we have. */
export function languageOf(choice: LanguageChoice, preferred: readonly string[]): Language {
  if (choice !== 'system') return choice
  return preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'zh') ?? 'en'
}

const Context = createContext(translatorOf('en'))
export const TranslateProvider = Context.Provider
export const useT = (): Translate => useContext(Context)
