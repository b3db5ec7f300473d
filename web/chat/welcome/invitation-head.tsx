import { useT } from '../../i18n/use-translate.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { useModel, useSource } from '../context.ts'
import { plain } from '../markdown/parse.ts'
import { problemText } from '../use-deed.ts'

/** What an invitation leads to. */
export function InvitationHead({ token }: { token: string }) {
  const invitation = useSource(useModel().invitation(token))
  const t = useT()
  switch (invitation.state) {
    case 'loading':
      return (
        <p role="status" className="text-large text-soft">
          {t('invitation.loading')}
        </p>
      )
    case 'over':
      return (
        <p role="alert" className="text-large text-pretty">
          {t('invitation.over')}
        </p>
      )
    case 'failed':
      return (
        <p role="alert" className="text-large text-pretty">
          {problemText(t, invitation.problem)}
        </p>
      )
    case 'open': {
      const room = (
        <strong key="room">
          <bdi>{invitation.room.name}</bdi>
        </strong>
      )
      return (
        <div className="flex items-center gap-4">
          <Avatar
            id={invitation.room.hue}
            name={invitation.room.name}
            picture={invitation.room.avatar}
            size="large"
            square
          />
          <p className="min-w-0 text-large text-pretty wrap-anywhere">
            {invitation.by === undefined
              ? t.parts('invitation.textFrom', { room })
              : t.parts('invitation.text', { by: <bdi key="by">{invitation.by}</bdi>, room })}
            {invitation.room.description !== '' && (
              <bdi className="mt-1 line-clamp-3 block text-body text-soft">{plain(invitation.room.description)}</bdi>
            )}
            <span className="block text-small text-soft">{t('room.members', { count: invitation.room.members })}</span>
          </p>
        </div>
      )
    }
  }
}
