import { expect, test } from 'bun:test'
import { Installation } from './installation.ts'

const chromium = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36'
const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1'
const iPad = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15'

function windowOf(userAgent: string, { maxTouchPoints = 0, standalone = false } = {}) {
  const target = new EventTarget()
  return {
    navigator: { userAgent, maxTouchPoints, standalone },
    matchMedia: () => ({ matches: false }) as unknown as MediaQueryList,
    addEventListener: (name: string, hear: (event: Event) => void) => target.addEventListener(name, hear),
    send: (event: Event) => target.dispatchEvent(event),
  }
}

const open = (window: ReturnType<typeof windowOf>) => new Installation(window as never)

test('where the browser offers it there is a button, once', async () => {
  const window = windowOf(chromium)
  const installation = open(window)
  expect(installation.way.value).toBe('none')
  let asked = 0
  const event = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
    prompt: async () => void asked++,
    userChoice: Promise.resolve({ outcome: 'accepted' }),
  })
  window.send(event)
  expect([event.defaultPrevented, installation.way.value]).toEqual([true, 'button'])
  expect([await installation.install(), await installation.install(), asked]).toEqual([true, false, 1])
  expect(installation.way.value).toBe('none')
})

test('on iPhones and iPads there are words, until it is installed', () => {
  expect(open(windowOf(iPhone, { maxTouchPoints: 5 })).way.value).toBe('words')
  expect(open(windowOf(iPad, { maxTouchPoints: 5 })).way.value).toBe('words')
  expect(open(windowOf(iPad)).way.value).toBe('none') // a Mac
  expect(open(windowOf(iPhone, { maxTouchPoints: 5, standalone: true })).way.value).toBe('none')
})
