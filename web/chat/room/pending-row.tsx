import { memo } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { PendingMessage, RoomModel } from '../../lib/room-model.ts'
import type { GroupPlace } from '../../lib/rows.ts'
import { classes } from '../../ui/classes.ts'
import { Markdown } from '../markdown/markdown.tsx'
import { problemText } from '../use-deed.ts'
import { DraftFiles } from './draft-files.tsx'
import { MessageTime } from './message-time.tsx'
import { type QuoteRoom, QuoteView } from './quote-view.tsx'

interface Props {
  readonly rowKey: string
  readonly pending: PendingMessage
  readonly place: GroupPlace
  readonly active: boolean
  readonly model: RoomModel
  readonly room: QuoteRoom
}

/** One's own message that the log does not have yet. */
export const PendingRow = memo(function PendingRow({ rowKey, pending, place, active, model, room }: Props) {
  const t = useT()
  const { id, text, reply, files, state, problem } = pending
  const time = <MessageTime message={pending} delivery={state} />
  return (
    <li
      id={`own-${id}`}
      data-row={rowKey}
      data-stop={rowKey}
      aria-label={t('you')}
      aria-labelledby={`own-${id} own-${id}-says`}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- one row is reached by Tab, the others by the arrows
      tabIndex={active ? 0 : -1}
      className={classes('flex flex-none flex-col items-end rounded-large ps-10', place.first ? 'mt-2' : 'mt-0.5')}
    >
      <div
        id={`own-${id}-says`}
        className={classes(
          'max-w-full min-w-0 rounded-bubble bg-mine px-3 py-1.5',
          !place.first && 'rounded-se-small',
          !place.last && 'rounded-ee-small',
        )}
      >
        {reply !== undefined && <QuoteView quote={reply} room={room} />}
        {files.length > 0 && <DraftFiles files={files} retry={() => model.pending.retry(id)} />}
        {text === '' ? <span className="block">{time}</span> : <Markdown text={text} end={time} />}
      </div>
      {state === 'failed' && (
        <p role="alert" className="flex flex-wrap justify-end gap-x-3 px-2 py-1 text-small text-seal-ink">
          {problem === undefined ? t('pending.failed') : problemText(t, problem)}
          <button type="button" className="font-semibold underline" onClick={() => model.pending.retry(id)}>
            {t('retry')}
          </button>
          <button type="button" className="font-semibold underline" onClick={() => model.pending.discard(id)}>
            {t('discard')}
          </button>
        </p>
      )}
    </li>
  )
}, looksTheSame)

function looksTheSame(before: Props, after: Props): boolean {
  const isSamePlace = before.place.first === after.place.first && before.place.last === after.place.last
  return (
    isSamePlace &&
    before.pending === after.pending &&
    before.active === after.active &&
    before.model === after.model &&
    before.rowKey === after.rowKey
  )
}
