/** In the light that somebody prefers: the page, and what the browser draws around it (HTML Standard, `theme-color`). */
export type Theme = 'system' | 'light' | 'dark'

export function showLight(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const { light = 'light' } = meta.dataset
    meta.media = theme === 'system' ? `(prefers-color-scheme: ${light})` : light === theme ? 'all' : 'not all'
  }
}
