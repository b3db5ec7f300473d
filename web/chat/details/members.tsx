import { Ellipsis, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { mayPunish, rolesFor } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Member, Room } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { MenuButton } from '../../ui/menu-button.tsx'
import type { MenuItem } from '../../ui/menu.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { useMe, useModel, useOnline, useRouter, useSource } from '../context.ts'
import { useBlocked } from '../use-blocked.ts'
import { useDeed } from '../use-deed.ts'
import { ConfirmBlock } from './block.tsx'
import type { PageProps } from './details-view.tsx'
import { PunishDialog, type Punishment } from './punish-dialog.tsx'
import { ListSkeleton } from './list-skeleton.tsx'

export function Members({ model, room }: PageProps) {
  const { members, moreMembers } = useSource(model.details)
  const [query, setQuery] = useState('')
  const [isAsked, setAsked] = useState(false) // the server, since not all of them are here
  const [punishment, setPunishment] = useState<{ kind: Measure; member: Member }>()
  const t = useT()
  useEffect(() => model.deeds.findMembers(''), [model])
  const search = (text: string): void => {
    setQuery(text)
    if (!moreMembers && !isAsked) return
    setAsked(true)
    model.deeds.findMembers(text.trim())
  }
  if (members === undefined) return <ListSkeleton />
  const word = query.trim().toLowerCase()
  const shown = isAsked ? members : members.filter(({ person }) => person.name.toLowerCase().includes(word))
  return (
    <div className="p-4">
      <Field label={t('members.search')} type="search" value={query} onChange={(event) => search(event.target.value)} />
      {shown.length === 0 && <StateView icon={<Search />} title={t('members.none')} />}
      <ul className="mt-3">
        {shown.map((member) => (
          <MemberRow
            key={member.person.id}
            member={member}
            room={room}
            model={model}
            punish={(kind) => setPunishment({ kind, member })}
          />
        ))}
      </ul>
      {moreMembers && (
        <Button kind="quiet" wide onClick={() => model.deeds.moreMembers()}>
          {t('members.more')}
        </Button>
      )}
      {punishment?.kind === 'block' && (
        <ConfirmBlock person={punishment.member.person} onClose={() => setPunishment(undefined)} />
      )}
      {punishment !== undefined && punishment.kind !== 'block' && (
        <PunishDialog
          kind={punishment.kind}
          person={punishment.member.person}
          model={model}
          onClose={() => setPunishment(undefined)}
        />
      )}
    </div>
  )
}

/** What a moderator does to a member, and what anybody does for oneself. */
type Measure = Punishment | 'block'

interface RowProps {
  readonly member: Member
  readonly room: Room
  readonly model: RoomModel
  readonly punish: (kind: Measure) => void
}

function MemberRow({ member, room, model, punish }: RowProps) {
  const { person, role, mutedUntil } = member
  const me = useMe()
  const online = useOnline(person.id)
  const items = useMemberMenu(member, room, model, punish)
  const t = useT()
  return (
    <li className="flex items-center gap-3 rounded-medium py-1.5">
      <Avatar id={person.id} name={person.name} picture={person.avatar} online={online} />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <bdi className="truncate font-semibold">{person.name}</bdi>
          {person.id === me.id && <span className="text-small text-soft">({t('you')})</span>}
        </span>
        <span className="block truncate text-small text-soft">
          {[
            role !== 'member' && t(`role.${role}`),
            person.kind === 'guest' && t('people.guest'),
            person.kind === 'bot' && t('people.bot'),
            mutedUntil !== undefined && t('members.muted'),
          ]
            .filter(Boolean)
            .join(' · ') || t('role.member')}
        </span>
      </span>
      {items.length > 0 && (
        <MenuButton label={t('members.menu', { name: person.name })} icon={<Ellipsis aria-hidden />} items={items} />
      )}
    </li>
  )
}

function useMemberMenu(member: Member, room: Room, model: RoomModel, punish: RowProps['punish']): MenuItem[] {
  const { deeds } = useModel()
  const isBlocked = useBlocked(member.person.id)
  const me = useMe()
  const deed = useDeed()
  const router = useRouter()
  const t = useT()
  const { person, mutedUntil } = member
  const items: MenuItem[] = []
  if (person.id !== me.id)
    items.push({ label: t('members.write'), run: () => router.go({ view: 'room', at: { person: person.id } }) })
  for (const role of rolesFor(room, member, me.id))
    items.push({
      label: t('members.make', { role: t(`role.${role}`) }),
      apart: items.length === 1,
      run: () => void deed(model.deeds.setRole(person.id, role)),
    })
  if (mayPunish(room, member, me.id))
    items.push(
      mutedUntil === undefined
        ? { label: t('members.mute'), apart: true, run: () => punish('mute') }
        : { label: t('members.unmute'), apart: true, run: () => void deed(model.deeds.unmute(person.id)) },
      { label: t('members.kick'), danger: true, run: () => punish('kick') },
      { label: t('members.ban'), danger: true, run: () => punish('ban') },
    )
  if (person.id !== me.id)
    items.push(
      isBlocked
        ? { label: t('privacy.unblock'), apart: true, run: () => void deed(deeds.unblock(person.id)) }
        : { label: t('privacy.block'), apart: true, danger: true, run: () => punish('block') },
    )
  return items
}
