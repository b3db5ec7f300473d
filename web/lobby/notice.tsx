import { memo } from 'react'
import { useWords } from '../i18n/language.ts'
import type { Words } from '../i18n/en.ts'
import type { Notice as NoticeEntry } from '../lib/timeline.ts'

export const Notice = memo(function Notice({ notice }: { notice: NoticeEntry }) {
  const words = useWords()
  return (
    <li className="notice">
      <Said notice={notice} words={words} />
    </li>
  )
})

function Said({ notice, words }: { notice: NoticeEntry; words: Words }) {
  const who = <bdi>{notice.name === '' ? words.anonymous : notice.name}</bdi>
  switch (notice.what) {
    case 'joined':
      return words.joined(who)
    case 'left':
      return words.left(who)
    case 'gap':
      return words.gap
    case 'begun-again':
      return words.begunAgain
    default:
      return notice.what satisfies never
  }
}
