/** All emoji with their names in the reader's language, as the picker wants them. Fetched when it is opened. */
import type { EmojiData } from 'frimousse'

const newest = 15 // of Unicode Emoji: what is newer is an empty box on systems of a few years
const components = 2 // the group of skin tones and hair, which are no emoji by themselves

export async function emojiData(language: 'en' | 'zh'): Promise<EmojiData> {
  const [{ default: all }, { default: messages }] =
    language === 'zh'
      ? await Promise.all([import('emojibase-data/zh/data.json'), import('emojibase-data/zh/messages.json')])
      : await Promise.all([import('emojibase-data/en/data.json'), import('emojibase-data/en/messages.json')])
  const emojis = all
    .filter(({ group, version }) => group !== undefined && group !== components && version <= newest)
    .map(({ emoji, group, label, version, tags }) => ({
      emoji,
      category: group ?? 0,
      label,
      version,
      tags: tags ?? [],
    }))
  const categories = messages.groups
    .filter(({ order }) => order !== components)
    .map(({ order, message }) => ({ index: order, label: message }))
  const tones = new Map(messages.skinTones.map(({ key, message }) => [key as string, message]))
  const tone = (key: string): string => tones.get(key) ?? key
  return {
    locale: language,
    emojis,
    categories,
    skinTones: {
      light: tone('light'),
      'medium-light': tone('medium-light'),
      medium: tone('medium'),
      'medium-dark': tone('medium-dark'),
      dark: tone('dark'),
    },
  }
}
