import { AlertCircle, Check, CheckCheck, Clock } from 'lucide-react'
import { clock, fullTime } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import type { Message } from '../../lib/views.ts'
import { classes } from '../../ui/classes.ts'
import type { Delivery } from './delivery.ts'

interface Props {
  readonly message: Pick<Message, 'time' | 'edited'>
  readonly delivery: Delivery | undefined
  readonly onPicture?: boolean
}

/** When, whether it was changed, and how far it has come: small, behind the last word. */
export function MessageTime({ message: { time, edited }, delivery, onPicture = false }: Props) {
  const t = useT()
  return (
    <span
      className={classes(
        'float-end ms-3 mt-1.5 -mb-0.5 inline-flex items-center gap-1 text-tiny whitespace-nowrap tabular-nums select-none',
        onPicture ? 'text-white' : 'text-soft',
      )}
    >
      {edited !== undefined && (
        <span data-tip={t('message.editedAt', { time: fullTime(t.lang, edited) })}>{t('message.edited')}</span>
      )}
      <time dateTime={new Date(time).toISOString()} data-tip={fullTime(t.lang, time)}>
        {clock(t.lang, time)}
      </time>
      {delivery !== undefined && <Mark delivery={delivery} />}
    </span>
  )
}

function Mark({ delivery }: { delivery: Delivery }) {
  const t = useT()
  const Icon = icons[delivery]
  return (
    <span
      role="img"
      aria-label={t(`delivery.${delivery}`)}
      data-tip={t(`delivery.${delivery}`)}
      className={classes(
        '[&>svg]:size-3.5',
        delivery === 'read' && 'text-pine-ink',
        delivery === 'failed' && 'text-seal-ink',
      )}
    >
      <Icon aria-hidden />
    </span>
  )
}

const icons = {
  waiting: Clock,
  sending: Clock,
  failed: AlertCircle,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
} as const
