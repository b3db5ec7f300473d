import { language, useWords } from '../i18n/language.ts'

export function LanguageSwitch() {
  const { other, lang } = useWords()
  return (
    <button type="button" className="quiet" lang={lang === 'en' ? 'zh-Hans' : 'en'} onClick={change}>
      {other}
    </button>
  )
}

function change(): void {
  language.switch()
}
