import { useCallback } from 'react'
import { useWords } from '../i18n/language.ts'
import type { Pending } from '../lib/outbox.ts'
import { Linked } from './linked.tsx'

interface Props {
  item: Pending
  retry: (id: string) => void
  discard: (id: string) => void
}

export function PendingMessage({ item, retry, discard }: Props) {
  const words = useWords()
  const again = useCallback(() => retry(item.id), [item.id, retry])
  const drop = useCallback(() => discard(item.id), [item.id, discard])
  return (
    <li className="message mine pending" data-state={item.state}>
      <div className="bubble">
        <p dir="auto">
          <span className="said">
            <Linked text={item.text} />
          </span>
          {item.state === 'failed' ? (
            <small className="refused">
              {words.failed}{' '}
              <button type="button" className="link" onClick={again}>
                {words.retry}
              </button>{' '}
              <button type="button" className="link" onClick={drop}>
                {words.discard}
              </button>
            </small>
          ) : (
            <small>{item.state === 'waiting' ? words.waiting : words.sending}</small>
          )}
        </p>
      </div>
    </li>
  )
}
