import { useT } from '../../i18n/use-translate.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { useApp, usePreferences } from '../context.ts'

export function Appearance() {
  const { preferences } = useApp()
  const { theme, language, enterSends } = usePreferences()
  const t = useT()
  return (
    <div className="grid gap-4">
      <ChoiceGroup
        label={t('appearance.theme')}
        value={theme}
        choices={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`appearance.${value}`) }))}
        onChange={(value) => preferences.set({ theme: value })}
      />
      <ChoiceGroup
        label={t('appearance.language')}
        value={language}
        choices={[
          { value: 'system', label: t('appearance.systemLanguage') },
          { value: 'en', label: 'English' },
          { value: 'zh', label: '简体中文' },
        ]}
        onChange={(value) => preferences.set({ language: value })}
      />
      <SwitchRow
        label={t('appearance.enterSends')}
        hint={t('appearance.enterSendsHint')}
        checked={enterSends}
        onChange={(value) => preferences.set({ enterSends: value })}
      />
    </div>
  )
}
