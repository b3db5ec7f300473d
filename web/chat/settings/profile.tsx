import { useState, type SyntheticEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { PictureChoice } from '../../ui/picture-choice.tsx'
import { say } from '../../ui/toast.ts'
import { useMe, useModel, useSource } from '../context.ts'
import { problemText, useDeed, useForm } from '../use-deed.ts'

export function Profile() {
  const { account } = useModel()
  const { hasPassword } = useSource(account)
  return (
    <div className="grid gap-8">
      <Face />
      <Name />
      {hasPassword ? <ChangePassword /> : <Claim />}
    </div>
  )
}

function Face() {
  const { deeds } = useModel()
  const me = useMe()
  const deed = useDeed()
  const t = useT()
  return (
    <div className="flex items-center gap-4">
      <Avatar id={me.id} name={me.name} picture={me.avatar} size="huge" />
      <PictureChoice
        label={t('profile.picture')}
        remove={t('profile.noPicture')}
        has={me.avatar !== undefined}
        onChange={(picture) => void deed(deeds.setAvatar(picture))}
      />
    </div>
  )
}

function Name() {
  const { deeds } = useModel()
  const me = useMe()
  const [name, setName] = useState(me.name)
  const { busy, problem, submit } = useForm()
  const t = useT()
  const save = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault()
    if (await submit(() => deeds.rename(name))) say(t('saved'))
  }
  return (
    <form className="grid gap-3" onSubmit={(event) => void save(event)}>
      <Field
        label={t('welcome.name')}
        value={name}
        maxLength={64}
        problem={problem && problemText(t, problem)}
        onChange={(event) => setName(event.target.value)}
      />
      <div>
        <Button type="submit" busy={busy} disabled={name.trim() === '' || name === me.name}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}

/** A guest's name becomes an account. */
function Claim() {
  const { deeds } = useModel()
  const [password, setPassword] = useState('')
  const { busy, problem, submit } = useForm()
  const t = useT()
  const claim = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault()
    if (await submit(() => deeds.claim(password))) say(t('claim.done'))
  }
  return (
    <form className="grid gap-3 rounded-large bg-pine-wash p-4" onSubmit={(event) => void claim(event)}>
      <h2 className="font-semibold text-pine-ink">{t('claim.title')}</h2>
      <p className="text-small text-soft">{t('claim.why')}</p>
      <Field
        label={t('welcome.password')}
        type="password"
        autoComplete="new-password"
        value={password}
        hint={t('claim.hint')}
        problem={problem && problemText(t, problem)}
        onChange={(event) => setPassword(event.target.value)}
      />
      <div>
        <Button kind="primary" type="submit" busy={busy} disabled={password === ''}>
          {t('claim.action')}
        </Button>
      </div>
    </form>
  )
}

function ChangePassword() {
  const { deeds } = useModel()
  const [old, setOld] = useState('')
  const [password, setPassword] = useState('')
  const { busy, problem, submit } = useForm()
  const t = useT()
  const change = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault()
    if (!(await submit(() => deeds.changePassword(old, password)))) return
    say(t('saved'))
    setOld('')
    setPassword('')
  }
  return (
    <form className="grid gap-3" onSubmit={(event) => void change(event)}>
      <h2 className="font-semibold">{t('profile.password')}</h2>
      <Field
        label={t('profile.oldPassword')}
        type="password"
        autoComplete="current-password"
        value={old}
        problem={problem && problemText(t, problem)}
        onChange={(event) => setOld(event.target.value)}
      />
      <Field
        label={t('profile.newPassword')}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <div>
        <Button type="submit" busy={busy} disabled={old === '' || password === ''}>
          {t('profile.changePassword')}
        </Button>
      </div>
    </form>
  )
}
