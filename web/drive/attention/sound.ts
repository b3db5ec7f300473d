/** Two short notes, made here: no file to load, and no louder than a cup that is put down. */
const notes = [
  { frequency: 660, at: 0 },
  { frequency: 880, at: 0.09 },
] as const
const loudness = 0.08
const length = 0.22 // seconds

let context: AudioContext | undefined

export function chime(): void {
  if (!('AudioContext' in globalThis)) return
  context ??= new AudioContext()
  // A page that nobody has touched yet may not make a sound: then it is silent.
  if (context.state === 'suspended') void context.resume().catch(() => undefined)
  for (const { frequency, at } of notes) ring(context, frequency, context.currentTime + at)
}

function ring(audio: AudioContext, frequency: number, at: number): void {
  const [tone, volume] = [audio.createOscillator(), audio.createGain()]
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(loudness, at + 0.01)
  volume.gain.exponentialRampToValueAtTime(0.0001, at + length)
  tone.connect(volume).connect(audio.destination)
  tone.start(at)
  tone.stop(at + length)
}
